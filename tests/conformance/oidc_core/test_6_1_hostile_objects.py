"""OpenID Connect Core section 6.1: request objects that attack. Each is refused, and nothing is written."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_key import client_key
from tests.support.client_secret import hmac_assertion, hmac_client
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.request_object import (
    encoded,
    hand_signed,
    members,
    outside,
    send,
    signed,
    signing_client,
    unsigned,
)
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
OWN, STRANGER = client_key("ES256", "own"), client_key("ES256", "stranger")


@pytest.fixture
def own(caller: Caller, tenant: Tenant) -> Visit:
    """An app with a key of its own, registered for no algorithm in particular."""
    return visit(caller, tenant, signing_client(tenant, OWN))


HOSTILE_HEADERS: dict[str, dict[str, Any]] = {
    "another type": {"typ": "dpop+jwt"},
    "a logout token's type": {"typ": "logout+jwt"},
    "a number for a type": {"typ": 7},
    "an extension": {"crit": ["b64"], "b64": False},
    "an unknown kid": {"kid": "unknown"},
    "a number for a kid": {"kid": 7},
}


@spec("RFC8725-3.10")
@pytest.mark.parametrize("hostile", HOSTILE_HEADERS)
def test_a_header_that_says_something_else_is_refused(
    stack: LocalStack, own: Visit, capsys: Log, hostile: str
) -> None:
    request = hand_signed(own, OWN, HOSTILE_HEADERS[hostile])
    with nothing_written(stack):
        answer = send(own, request)
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] in {"request_object_type", "request_object_signature"}


@spec("RFC8725-3.10")
@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_comes_with_the_object_is_not_looked_at(
    stack: LocalStack, own: Visit, capsys: Log, member: str
) -> None:
    value = {"jwk": STRANGER.jwk(), "x5c": ["MIIB"]}.get(member, "https://evil.example/keys")
    with nothing_written(stack):
        answer = send(own, signed(own, STRANGER, header={member: value, "kid": OWN.kid}))
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_signature"


@spec("RFC8725-2.1")
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_public_key_is_no_secret(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log, alg: str
) -> None:
    key = client_key(alg, "one")
    client = hmac_client(tenant, jwks={"keys": [key.jwk()]})
    known = visit(caller, tenant, client)
    request = hmac_assertion(members(known.app), key.pem(), kid="one")
    with nothing_written(stack):
        answer = send(known, request)
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_signature"


@spec("OIDC-Core-6.1")
@spec("RFC9101-10.2")
def test_another_clients_object_is_refused(
    stack: LocalStack, caller: Caller, tenant: Tenant, own: Visit, capsys: Log
) -> None:
    other = visit(caller, tenant, signing_client(tenant, STRANGER))
    attempts = {
        "its own object": (signed(other, STRANGER), "request_object_signature"),
        "one in this client's name": (
            signed(own, STRANGER, header={"kid": OWN.kid}),
            "request_object_signature",
        ),
        "one that names no key": (signed(own, STRANGER, header={"kid": None}), "request_object_signature"),
        "one that names its own key": (signed(own, STRANGER), "request_object_signature"),
        "this client's, for another": (
            signed(own, OWN, client_id=other.app.client.client_id),
            "request_object_mismatch",
        ),
    }
    for what, (request, reason) in attempts.items():
        with nothing_written(stack):
            answer = send(own, request)
        assert_refused(answer, own.app, "invalid_request_object", state=None)
        assert last_log(capsys, request)["reason"] == reason, what


@spec("RFC9101-10.8")
def test_what_a_client_authenticates_with_is_no_request(stack: LocalStack, own: Visit, capsys: Log) -> None:
    with nothing_written(stack):
        answer = send(own, signed(own, OWN, sub=own.app.client.client_id))
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_is_assertion"


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("part", [0, 1, 2])
def test_an_object_that_was_changed_on_the_way_is_refused(stack: LocalStack, own: Visit, part: int) -> None:
    parts = signed(own, OWN).split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    for request in (".".join(parts), ".".join([*parts[:2], ""])):
        with nothing_written(stack):
            answer = send(own, request)
        assert_refused(answer, own.app, "invalid_request_object", state=None)


@spec("OIDC-Core-6.1")
def test_an_unsigned_object_has_no_signature_and_is_called_none(
    stack: LocalStack, known: Visit, capsys: Log
) -> None:
    good = unsigned(members(known.app))
    wrong = {
        "a signature": good + "AAAA",
        "None": unsigned(members(known.app), alg="None"),
        "NONE": unsigned(members(known.app), alg="NONE"),
        "no alg": unsigned(members(known.app), alg=None),
        "a list": unsigned(members(known.app), alg=["none"]),
        "an extension": unsigned(members(known.app), crit=["exp"]),
        "two parts": good[:-1],
        "four parts": good + ".",
    }
    for what, request in wrong.items():
        with nothing_written(stack):
            answer = send(known, request)
        assert_refused(answer, known.app, "invalid_request_object", state=None)
        assert last_log(capsys)["reason"] in {"request_object_malformed", "request_object_signature"}, what


BODIES: dict[str, str | bytes] = {
    "no JSON": "state",
    "a list": "[]",
    "a text": '"state"',
    "a member twice": '{"state":"one","state":"two"}',
    "a member twice deep inside": '{"claims":{"userinfo":{"a":null,"a":null}}}',
    "not a number": '{"max_age":NaN}',
    "an infinite number": '{"exp":1e999}',
    "half a character": '{"state":"\\ud800"}',
    "not UTF-8": b'{"state":"\xff"}',
    "deep": '{"claims":' * 50 + "{}" + "}" * 50,
    "very deep": '{"a":' + "[" * 1_500 + "]" * 1_500 + "}",
    "nothing": b"",
    "another object in it": "eyJhbGciOiJub25lIn0.e30.",
}


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("body", BODIES)
def test_a_body_two_readers_could_take_for_two_things_is_refused(
    stack: LocalStack, known: Visit, capsys: Log, body: str
) -> None:
    with nothing_written(stack):
        answer = send(known, unsigned(BODIES[body]))
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_malformed"


@spec("OIDC-Core-6.1")
def test_a_member_of_the_header_stands_there_once(stack: LocalStack, known: Visit, capsys: Log) -> None:
    twice = ".".join((encoded('{"alg":"ES256","alg":"none"}'), encoded("{}"), ""))
    with nothing_written(stack):
        answer = send(known, twice)
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_malformed"


@spec("OIDC-Core-6.1")
def test_a_huge_object_is_refused(stack: LocalStack, known: Visit, capsys: Log) -> None:
    request = unsigned(members(known.app, unknown="x" * 20_000))
    with nothing_written(stack):
        answer = known.browser.submit("/authorize", outside(known.app, request))
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_malformed"
