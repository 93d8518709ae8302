"""The security event of a request, out of what its log line says of it."""

from collections.abc import Mapping

from chalicelib.protocol.security_event import UNKNOWN, Actor, EventType, SecurityEvent
from chalicelib.protocol.supported import PASSWORD

# Of a token request: that a code or a refresh token was used that somebody had used before.
REUSE = frozenset({"code_replayed", "device_code_replayed", "refresh_token_reused"})
# Of a sign-in: that a login name and a password were sent which did not let anybody in.
REFUSED_LOGINS = frozenset({"account_disabled", "login_throttled", "login_unknown", "password_wrong"})
# Of a user code: that it was typed, by somebody signed in, and no device shows it.
REFUSED_USER_CODES = frozenset({"user_code_throttled", "user_code_unknown"})
# Of any request of a client: that so many before it from there did not prove who they are that it is to wait.
# What follows at once is the same flood, and told by its log lines alone.
THROTTLED_CLIENT = "client_auth_throttled"
# Of a registration: that it was not let in, or said to be of a publisher it is not of. What else is wrong
# with a document is between the client and its makers.
REFUSED_REGISTRATIONS = frozenset(
    {
        "registration_quota",
        "registration_throttled",
        "registration_token_refused",
        "statement_signature",
    }
)
# Of either endpoint that issues tokens: that the tenant's own policy refused them.
POLICY_VETO = "policy_veto"
# What a device is told that is to go on asking (RFC 8628 section 3.5).
POLLING = frozenset({"authorization_pending", "slow_down"})
# What was done, by the endpoint and the outcome of its log line.
_DONE: Mapping[tuple[str, object], EventType] = {
    ("client_configuration", "changed"): "client_changed",
    ("client_configuration", "deleted"): "client_deleted",
    ("end_session", "signed_out"): "logout",
    ("end_session", "signed_out_everywhere"): "logout",
    ("login", "signed_in"): "login_succeeded",
    ("registration", "registered"): "client_created",
    ("revocation", "revoked_access_token"): "token_revoked",
    ("revocation", "revoked_refresh_token"): "token_revoked",
}
# What leaves from the authorization endpoint and is no code.
_IN_FRONT = frozenset({"token", "id_token"})
_SERVER_FAULT = 500


def request_event(
    endpoint: str, facts: Mapping[str, object], *, request_id: str, source_ip: str, issuer: str, now: int
) -> SecurityEvent | None:
    """The event, None where the request was none. A request is one event at most, so its id is the event's.

    `facts` are the log line's: status, outcome, error, reason, client_id, sub, grant_id, as far as known. A
    fault of ours is no event, nor is a request that did not get as far as naming a client.
    """
    kind = _type(endpoint, facts)
    if kind is None:
        return None
    client_id, sub, grant_id, reason, policy_reason = (
        _text(facts, name) for name in ("client_id", "sub", "grant_id", "reason", "policy_reason")
    )
    return SecurityEvent(
        type=kind,
        id=request_id,
        time=now,
        issuer=issuer,
        actor=_actor(endpoint, kind, facts, client_id=client_id, sub=sub),
        client_id=client_id,
        sub=sub,
        grant_id=grant_id,
        reason=reason,
        policy_reason=policy_reason,
        source_ip=source_ip or None,
    )


def _type(endpoint: str, facts: Mapping[str, object]) -> EventType | None:
    outcome, reason = facts.get("outcome"), facts.get("reason")
    if reason == THROTTLED_CLIENT:
        return "client_authentication_refused"
    if reason == POLICY_VETO:
        return "token_refused"
    match endpoint:
        case "token" | "authorization" if endpoint == "token" or outcome in _IN_FRONT:
            return _type_of_token_request(facts)
        case "login" if reason in REFUSED_LOGINS:
            return "login_failed"
        case "device" if reason in REFUSED_USER_CODES:
            return "user_code_refused"
        case "consent" | "device" if outcome == "allow":
            return "consent_given"
        case "consent" | "device" if reason == "consent_refused" or outcome == "deny":
            return "consent_refused"
        case "registration" if reason in REFUSED_REGISTRATIONS:
            return "registration_refused"
        case _:
            return _DONE.get((endpoint, outcome))


def _type_of_token_request(facts: Mapping[str, object]) -> EventType | None:
    if facts.get("outcome") in {"issued", *_IN_FRONT}:
        return "token_refreshed" if facts.get("grant_type") == "refresh_token" else "token_issued"
    status = facts.get("status")
    if not isinstance(status, int) or status >= _SERVER_FAULT:
        return None
    reason = facts.get("reason")
    if reason in REUSE:
        return "reuse_detected"
    if reason in REFUSED_LOGINS and facts.get("grant_type") == PASSWORD:
        return "login_failed"
    if facts.get("error") in POLLING:
        return None
    return "token_refused" if "client_id" in facts or facts.get("error") == "invalid_client" else None


def _actor(
    endpoint: str, kind: EventType, facts: Mapping[str, object], *, client_id: str | None, sub: str | None
) -> Actor:
    """Who proved, or as a public client said, who they are."""
    if kind == "client_authentication_refused":
        return UNKNOWN
    if endpoint == "client_configuration":
        return Actor("client", client_id) if client_id else UNKNOWN
    if endpoint in {"token", "revocation"}:
        named = client_id if facts.get("error") != "invalid_client" else None
        return Actor("client", named) if named else UNKNOWN
    return Actor("person", sub) if sub and kind != "login_failed" else UNKNOWN


def _text(facts: Mapping[str, object], name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) and value else None
