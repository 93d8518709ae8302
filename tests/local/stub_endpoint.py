"""A handler for the tests of the local stack: it tells what it was given."""

import json
import os
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event.get("rawPath") == "/broken":
        raise RuntimeError("broken")
    told = {
        "event": event,
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "remaining": context.get_remaining_time_in_millis(),
        "environment": {name: os.environ.get(name) for name in ("ISSUER", "PEOPLE_TABLE", "SIGNING_KEY")},
    }
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "cookies": ["a=1", "b=2"],
        "body": json.dumps(told),
    }
