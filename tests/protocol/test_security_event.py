"""Security events and their one form as JSON."""

import json
from typing import get_args

import pytest

from chalicelib.protocol.security_event import (
    UNKNOWN,
    Actor,
    ActorKind,
    EventType,
    SecurityEvent,
    event_entry,
)
from chalicelib.record import members_of
from tests.support.security_events import assert_valid, schema

ISSUER = "https://login.example.com"


def event(actor: Actor = UNKNOWN, **members: str) -> SecurityEvent:
    return SecurityEvent(
        type="login_failed",
        id="a-request",
        time=1_800_000_000,
        issuer=ISSUER,
        actor=actor,
        **members,  # type: ignore[arg-type]
    )


def test_the_schema_names_the_types_and_kinds_of_the_code() -> None:
    members = schema()["properties"]
    assert members["type"]["enum"] == sorted(get_args(EventType))
    assert members["actor"]["properties"]["kind"]["enum"] == list(get_args(ActorKind))
    assert set(members) == set(members_of(SecurityEvent))


def test_an_event_holds_what_is_known_and_nothing_empty() -> None:
    known = event(Actor("person", "a-sub"), sub="a-sub", reason="password_wrong").to_json()
    assert known == {
        "type": "login_failed",
        "id": "a-request",
        "time": 1_800_000_000,
        "issuer": ISSUER,
        "actor": {"kind": "person", "id": "a-sub"},
        "sub": "a-sub",
        "reason": "password_wrong",
    }
    assert_valid(known)
    assert event(source_ip="").to_json().keys() == {"type", "id", "time", "issuer", "actor"}


@pytest.mark.parametrize("kind", get_args(ActorKind))
def test_every_actor_but_an_unknown_one_is_named(kind: ActorKind) -> None:
    named, unnamed = event(Actor(kind, "somebody")).to_json(), event(Actor(kind)).to_json()
    right, wrong = (unnamed, named) if kind == "unknown" else (named, unnamed)
    assert_valid(right)
    with pytest.raises(AssertionError):
        assert_valid(wrong)


def test_what_changed_is_named_by_its_members() -> None:
    changed = SecurityEvent(
        type="client_changed",
        id="one",
        time=1,
        issuer=ISSUER,
        actor=Actor("operator", "arn:aws:iam::111122223333:user/ada"),
        client_id="app",
        members=("redirect_uris", "scope"),
    ).to_json()
    assert changed["members"] == ["redirect_uris", "scope"]
    assert_valid(changed)


def test_an_entry_for_the_bus_carries_the_event_as_its_detail() -> None:
    told = event(client_id="ключ").to_json()
    entry = event_entry(told, bus="acme")
    assert json.loads(entry.pop("Detail")) == told
    assert entry == {
        "EventBusName": "acme",
        "Source": "keyturn",
        "DetailType": "login_failed",
        "Time": 1_800_000_000,
    }
