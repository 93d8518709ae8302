"""Calls of a CloudWatch Logs subscription, as AWS makes them of log lines."""

import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any


def call_with(lines: Sequence[str], kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """The event a function is called with for these lines."""
    batch = {
        "messageType": kind,
        "owner": "000000000000",
        "logGroup": "/keyturn/keyturn-local/token",
        "logStream": "2026/11/20/[$LATEST]0123456789abcdef",
        "subscriptionFilters": ["TokenAuditSubscription"],
        "logEvents": [
            {"id": str(number), "timestamp": 1_800_000_000_000, "message": line}
            for number, line in enumerate(lines)
        ],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()}}
