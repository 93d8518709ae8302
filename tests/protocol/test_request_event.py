"""Which requests are security events, and who did it."""

from typing import Any

import pytest

from chalicelib.protocol.request_event import REFUSED_LOGINS, REFUSED_USER_CODES, REUSE, request_event
from chalicelib.protocol.security_event import SecurityEvent
from tests.support.security_events import assert_valid

TOKEN = {"client_id": "app", "grant_type": "authorization_code", "sub": "ada", "grant_id": "g", "status": 200}
THROTTLED = {"client_id": "app", "status": 429, "error": "slow_down", "reason": "client_auth_throttled"}
AUTHENTICATING = ("device_authorization", "introspection", "revocation", "token")
REFUSED = {"client_id": "app", "status": 400, "error": "invalid_grant", "reason": "code_unknown"}


def event(endpoint: str, facts: dict[str, Any], source_ip: str = "203.0.113.7") -> SecurityEvent | None:
    told = request_event(
        endpoint, facts, request_id="r", source_ip=source_ip, issuer="https://login.example.com", now=1
    )
    if told:
        assert_valid(told.to_json())
    return told


def kind(endpoint: str, facts: dict[str, Any]) -> str | None:
    told = event(endpoint, facts)
    return told.type if told else None


def test_an_event_says_who_what_and_from_where() -> None:
    told = event("token", {**TOKEN, "outcome": "issued"})
    assert told is not None
    assert told.to_json() == {
        "type": "token_issued",
        "id": "r",
        "time": 1,
        "issuer": "https://login.example.com",
        "actor": {"kind": "client", "id": "app"},
        "client_id": "app",
        "sub": "ada",
        "grant_id": "g",
        "source_ip": "203.0.113.7",
    }
    nowhere = event("token", {**TOKEN, "outcome": "issued"}, source_ip="")
    assert nowhere is not None
    assert nowhere.source_ip is None


@pytest.mark.parametrize(
    ("endpoint", "facts", "expected"),
    [
        ("token", {**TOKEN, "outcome": "issued", "grant_type": "refresh_token"}, "token_refreshed"),
        ("authorization", {"client_id": "app", "sub": "ada", "outcome": "token"}, "token_issued"),
        *(
            ("token", {**REFUSED, "grant_type": "password", "reason": reason}, "login_failed")
            for reason in sorted(REFUSED_LOGINS)
        ),
        ("token", REFUSED, "token_refused"),
        ("token", {**REFUSED, "error": "access_denied", "reason": "policy_veto"}, "token_refused"),
        ("authorization", {"sub": "ada", "status": 303, "reason": "policy_veto"}, "token_refused"),
        ("token", {"status": 401, "error": "invalid_client", "reason": "client_unknown"}, "token_refused"),
        ("revocation", {"client_id": "app", "outcome": "revoked_access_token"}, "token_revoked"),
        ("revocation", {"client_id": "app", "outcome": "revoked_refresh_token"}, "token_revoked"),
        ("login", {"client_id": "app", "sub": "ada", "outcome": "signed_in"}, "login_succeeded"),
        ("consent", {"client_id": "app", "sub": "ada", "outcome": "allow"}, "consent_given"),
        ("consent", {"client_id": "app", "sub": "ada", "reason": "consent_refused"}, "consent_refused"),
        ("device", {"client_id": "tv", "sub": "ada", "outcome": "allow"}, "consent_given"),
        ("device", {"client_id": "tv", "sub": "ada", "outcome": "deny"}, "consent_refused"),
        ("end_session", {"sub": "ada", "outcome": "signed_out"}, "logout"),
        *(("device", {"sub": "ada", "reason": r}, "user_code_refused") for r in sorted(REFUSED_USER_CODES)),
        *((one, THROTTLED, "client_authentication_refused") for one in AUTHENTICATING),
        *(("token", {**REFUSED, "reason": reason}, "reuse_detected") for reason in sorted(REUSE)),
        *(("login", {"outcome": "refused", "reason": r}, "login_failed") for r in sorted(REFUSED_LOGINS)),
    ],
)
def test_what_an_auditor_asks_for_is_an_event(endpoint: str, facts: dict[str, Any], expected: str) -> None:
    assert kind(endpoint, facts) == expected


@pytest.mark.parametrize(
    ("endpoint", "facts"),
    [
        ("token", {"status": 400, "error": "invalid_request", "reason": "parameter_missing"}),
        ("token", {**REFUSED, "status": 503, "reason": "aws_throttled"}),
        ("token", {**REFUSED, "status": 500, "reason": "fault"}),
        ("token", {"client_id": "app"}),
        ("token", {**REFUSED, "error": "authorization_pending"}),
        ("token", {**REFUSED, "error": "slow_down"}),
        *((one, {**THROTTLED, "reason": "client_auth_flood"}) for one in AUTHENTICATING),
        ("introspection", {"status": 401, "error": "invalid_client", "reason": "client_secret_wrong"}),
        ("revocation", {"client_id": "app", "outcome": "revoked_unknown"}),
        ("login", {"outcome": "asked"}),
        ("login", {"outcome": "refused", "reason": "login_incomplete"}),
        ("consent", {"outcome": "asked"}),
        ("device", {"outcome": "allowed"}),
        ("end_session", {"outcome": "stayed"}),
        ("authorization", {"outcome": "code"}),
        ("userinfo", {"outcome": "claims"}),
    ],
)
def test_any_other_request_is_none(endpoint: str, facts: dict[str, Any]) -> None:
    assert kind(endpoint, facts) is None


@pytest.mark.parametrize(
    ("endpoint", "facts", "actor"),
    [
        ("token", REFUSED, ("client", "app")),
        ("token", {**REFUSED, "error": "invalid_client", "reason": "client_secret_wrong"}, ("unknown", None)),
        *((one, THROTTLED, ("unknown", None)) for one in AUTHENTICATING),
        ("revocation", {"client_id": "app", "outcome": "revoked_access_token"}, ("client", "app")),
        ("device", {"sub": "ada", "reason": "user_code_unknown"}, ("person", "ada")),
        ("login", {"sub": "ada", "outcome": "signed_in"}, ("person", "ada")),
        ("login", {"sub": "ada", "reason": "password_wrong"}, ("unknown", None)),
        ("login", {"reason": "login_unknown"}, ("unknown", None)),
        ("consent", {"sub": "ada", "outcome": "allow"}, ("person", "ada")),
        ("end_session", {"sub": "ada", "outcome": "signed_out"}, ("person", "ada")),
    ],
)
def test_the_actor_is_who_proved_it(
    endpoint: str, facts: dict[str, Any], actor: tuple[str, str | None]
) -> None:
    told = event(endpoint, facts)
    assert told is not None
    assert (told.actor.kind, told.actor.id) == actor
