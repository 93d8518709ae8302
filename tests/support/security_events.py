"""The published schema of security events, to hold events to."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "docs" / "security-event.schema.json"


@cache
def schema() -> Any:
    """The schema, itself checked."""
    read = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(read)
    return read


def assert_valid(event: Any) -> None:
    """The event, as JSON, is one of the schema's."""
    faults = [fault.message for fault in Draft202012Validator(schema()).iter_errors(event)]
    assert not faults, (event, faults)
