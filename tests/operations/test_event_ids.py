"""An event's id is that of its copies and of no other event, also where Lambda runs a function again."""

import json
from itertools import product
from typing import Any

from chalicelib.administration.declaration import DeclarationEvent, Made
from chalicelib.gateway.cloudformation import failed
from chalicelib.operations.custom_resources import _events
from chalicelib.operations.key_rotation import key_event
from chalicelib.protocol.security_event import Actor, EventType
from chalicelib.protocol.signing_keys import SigningKey
from infra.local.stack import LocalStack
from tests.support.security_events import assert_valid

KEYS = tuple(SigningKey(key_id=f"arn:aws:kms:us-east-1:1:key/{one}", kty="EC") for one in "ab")
WHATS: tuple[EventType, ...] = ("key_announced", "key_signing", "key_revoked")


def told(what: EventType, key: SigningKey, request_id: str = "run") -> dict[str, Any]:
    return key_event(what, key, request_id=request_id, actor=Actor("schedule", "a"), now=1).to_json()


def test_a_run_that_goes_on_where_another_broke_off_tells_other_events(stack: LocalStack) -> None:
    del stack
    events = [told(what, key) for what, key in product(WHATS, KEYS)]
    for event in events:
        assert_valid(event)
    ids = {event["id"] for event in events}
    assert len(ids) == len(events)
    assert told(WHATS[0], KEYS[0])["id"] in ids
    assert told(WHATS[0], KEYS[0], "another run")["id"] not in ids


def declared(**members: Any) -> DeclarationEvent:
    whole: dict[str, Any] = {
        "request_type": "Create",
        "request_id": "run",
        "stack_id": "arn:aws:cloudformation:us-east-1:1:stack/a/b",
        "logical_resource_id": "Client",
        "resource_type": "Custom::KeyturnClient",
        "physical_resource_id": None,
        **members,
    }
    return DeclarationEvent(**whole)


def test_a_declaration_served_again_tells_other_events_of_what_changed_meanwhile(stack: LocalStack) -> None:
    del stack
    first, second = (
        _events(declared(), Made(events=((kind, ()),)), "a", 1)[0].id
        for kind in ("client_created", "client_changed")
    )
    assert first != second


def test_an_answer_that_can_not_be_shortened_ends_all_the_same() -> None:
    event = declared(logical_resource_id="a" * 5000)
    assert json.loads(failed(event, name=None, reason="why"))["Status"] == "FAILED"
