"""What is true of every log line: the fields it may have, metrics CloudWatch takes, events of the schema."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib.gateway.log import METRICS
from tests.support.security_events import assert_valid

# docs/operate.md explains each.
ALWAYS = {"endpoint", "request_id", "method", "status", "stack", "result", "_aws"}
SOMETIMES = {
    "outcome",
    "client_id",
    "grant_id",
    "sub",
    "grant_type",
    "error",
    "reason",
    "jwks_uri_error",
    "sector_error",
    "request_uri_error",
    "logout_error",
    "client_metadata_error",
    "member",
    "fault",
    "at",
    "aws_errors",
    "lambda_calls",
    "policy_hook",
    "policy_reason",
    "audit",
    "warning",
}
RESULTS = {"answered", "refused", "unavailable", "fault"}

_NAME = {"type": "string", "minLength": 1, "maxLength": 1024}
# CloudWatch User Guide, "Embedded metric format specification": what it says must hold, and no member more.
EMBEDDED_METRICS = {
    "type": "object",
    "required": ["Timestamp", "CloudWatchMetrics"],
    "additionalProperties": False,
    "properties": {
        "Timestamp": {"type": "integer", "minimum": 1_000_000_000_000, "maximum": 9_999_999_999_999},
        "CloudWatchMetrics": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["Namespace", "Dimensions", "Metrics"],
                "additionalProperties": False,
                "properties": {
                    "Namespace": _NAME,
                    "Dimensions": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "array",
                            "maxItems": 30,
                            "uniqueItems": True,
                            "items": {"type": "string", "minLength": 1, "maxLength": 250},
                        },
                    },
                    "Metrics": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {
                            "type": "object",
                            "required": ["Name"],
                            "additionalProperties": False,
                            "properties": {
                                "Name": _NAME,
                                "Unit": {"enum": ["Milliseconds", "Count"]},
                                "StorageResolution": {"enum": [1, 60]},
                            },
                        },
                    },
                },
            },
        },
    },
}


def assert_line(text: str) -> dict[str, Any]:
    """The line, read, once all this holds of it."""
    line: dict[str, Any] = json.loads(text)
    metrics = assert_metrics(line)
    assert ALWAYS <= set(line) <= ALWAYS | SOMETIMES | metrics
    assert line["result"] in RESULTS
    pending = line.get("error") == "authorization_pending"
    assert (line["result"] == "answered") is (pending or (line["status"] < 400 and "error" not in line))
    if "audit" in line:
        assert_valid(line["audit"])
        assert line["audit"]["id"] == line["request_id"]
        for name in ("client_id", "sub", "grant_id", "reason", "policy_reason"):
            assert line["audit"].get(name) == line.get(name)
    kind = line.get("audit", {}).get("type")
    assert ("refused_logins" in line) is (kind == "login_failed")
    throttled = line.get("reason") in {"client_auth_flood", "client_auth_throttled"}
    assert ("refused_clients" in line) is (throttled or line.get("error") == "invalid_client")
    assert ("reuse_detections" in line) is (kind == "reuse_detected")
    assert ("registrations" in line) is (kind == "client_created")
    assert ("policy_vetoes" in line) is ("policy_reason" in line)
    assert ("policy_hook_failures" in line) is ("policy_hook" in line)
    return line


def assert_metrics(line: dict[str, Any]) -> set[str]:
    """The metrics of a line: in the format, each with its value and dimensions beside it."""
    faults = [fault.message for fault in Draft202012Validator(EMBEDDED_METRICS).iter_errors(line["_aws"])]
    assert not faults, (line, faults)
    told = {}
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            told[metric["Name"]] = metric["Unit"]
            assert type(line[metric["Name"]]) in {int, float}
        for name in (name for dimensions in directive["Dimensions"] for name in dimensions):
            assert isinstance(line[name], str)
            assert line[name]
    assert told.items() <= METRICS.items()
    assert {"requests", "ms", "dynamodb_calls", "kms_calls"} <= set(told)
    return set(told)
