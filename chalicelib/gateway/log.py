"""One JSON line a request, which is CloudWatch's metrics as well (embedded metric format).

No secret, token, code, password or assertion ever reaches it, nor what a person typed. docs/operate.md says
what is in it.
"""

import json
import sys
import time
import traceback
from collections.abc import Mapping
from functools import cache

NAMESPACE = "Keyturn"
# Every metric there is, with CloudWatch's unit. Each is a metric a stack, `requests` one a result as well:
# CloudWatch charges for each by the hour it has values in.
METRICS: Mapping[str, str] = {
    "requests": "Count",
    "ms": "Milliseconds",
    "dynamodb_calls": "Count",
    "dynamodb_throttles": "Count",
    "kms_calls": "Count",
    "kms_throttles": "Count",
    "refused_logins": "Count",
    "refused_clients": "Count",
    "reuse_detections": "Count",
    "registrations": "Count",
    "policy_hook_ms": "Milliseconds",
    "policy_hook_failures": "Count",
    "policy_vetoes": "Count",
    "logouts_delivered": "Count",
    "logout_failures": "Count",
}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {"requests": ("stack", "result")}
DEFAULT_DIMENSIONS = ("stack",)

_json = json.JSONEncoder(separators=(",", ":"))


def log_request(fields: Mapping[str, object]) -> None:
    """Writes a line."""
    sys.stdout.write(_json.encode(fields) + "\n")
    sys.stdout.flush()


def log_metrics(fields: Mapping[str, object], metrics: Mapping[str, float]) -> None:
    """Writes a line with metrics, which are named in METRICS; `fields` hold their dimensions."""
    # What CloudWatch is told of the metrics is the same text for the same metrics: it is not made anew.
    line = _json.encode({**fields, **metrics})
    told = _directives(tuple(metrics))
    sys.stdout.write(f'{line[:-1]},"_aws":{{"Timestamp":{int(time.time() * 1000)},{told}}}}}\n')
    sys.stdout.flush()


@cache
def _directives(names: tuple[str, ...]) -> str:
    """CloudWatch User Guide, "Embedded metric format specification": one directive a set of dimensions."""
    by_dimensions: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for name in names:
        dimensions = DIMENSIONS.get(name, DEFAULT_DIMENSIONS)
        by_dimensions.setdefault(dimensions, []).append({"Name": name, "Unit": METRICS[name]})
    directives = [
        {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
        for dimensions, metrics in by_dimensions.items()
    ]
    return f'"CloudWatchMetrics":{_json.encode(directives)}'


def describe_fault(error: BaseException) -> dict[str, object]:
    """Where a fault of ours happened: its type and the lines of code, the innermost first; never its text,
    which may hold what was sent.
    """
    frames = traceback.extract_tb(error.__traceback__)[:-9:-1]
    return {
        "fault": type(error).__name__,
        "at": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
