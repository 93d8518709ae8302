"""A security event: what the audit trail holds, and its one form as JSON (docs/security-event.schema.json).

Whoever makes one writes it as `audit` of a log line, from where it reaches the tenant's event bus; a command
line, which has no log there, puts its entry on the bus itself. Never a secret, token, code or password, nor
what a person typed.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.record import Record

EventType = Literal[
    "client_authentication_refused",
    "client_changed",
    "client_created",
    "client_deleted",
    "client_secret_changed",
    "consent_given",
    "consent_refused",
    "consent_withdrawn",
    "grant_revoked",
    "key_announced",
    "key_retired",
    "key_revoked",
    "key_signing",
    "login_failed",
    "login_succeeded",
    "logout",
    "logout_delivered",
    "logout_undelivered",
    "metadata_document_forgotten",
    "registration_refused",
    "registration_token_created",
    "registration_token_deleted",
    "resource_server_changed",
    "resource_server_created",
    "resource_server_deleted",
    "reuse_detected",
    "token_issued",
    "token_refreshed",
    "token_refused",
    "token_revoked",
    "trusted_issuer_changed",
    "trusted_issuer_created",
    "trusted_issuer_deleted",
    "user_changed",
    "user_code_refused",
    "user_created",
    "user_deleted",
    "user_disabled",
    "user_enabled",
    "user_password_changed",
]

# person: a sub; client: a client_id; operator: the ARN of who ran the command; stack: the ARN of the
# CloudFormation stack that asked; schedule: the function's name; unknown: nobody proved who they are.
ActorKind = Literal["person", "client", "operator", "stack", "schedule", "unknown"]

SOURCE = "keyturn"


class Actor(Record):
    """Who did it. `id` is None for an unknown one alone."""

    kind: ActorKind
    id: str | None = None


UNKNOWN = Actor("unknown")


class SecurityEvent(Record, kw_only=True):
    """One event. `time` is in seconds since the epoch.

    The trail is delivered at least once, so `id` is what makes a copy known as one: the same for every
    attempt to tell the same event (a request's id, or a function's request id and a running number).
    `members` names what changed in a record, never its values. `reason` is a slug of the closed list in
    reasons.py, or of the function that tells the event; `policy_reason` is that of the tenant's own policy.
    """

    type: EventType
    id: str
    time: int
    issuer: str
    actor: Actor
    client_id: str | None = None
    sub: str | None = None
    grant_id: str | None = None
    kid: str | None = None
    resource: str | None = None
    trusted_issuer: str | None = None
    members: tuple[str, ...] = ()
    reason: str | None = None
    policy_reason: str | None = None
    source_ip: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The members that have a value, as the schema names them."""
        actor = self.actor
        known: dict[str, Any] = {
            "type": self.type,
            "id": self.id,
            "time": self.time,
            "issuer": self.issuer,
            "actor": {"kind": actor.kind} if actor.id is None else {"kind": actor.kind, "id": actor.id},
        }
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value:
                known[name] = value
        if self.members:
            known["members"] = list(self.members)
        return known


_OPTIONAL = (
    "client_id",
    "sub",
    "grant_id",
    "kid",
    "resource",
    "trusted_issuer",
    "reason",
    "policy_reason",
    "source_ip",
)


def event_entry(event: Mapping[str, Any], *, bus: str) -> dict[str, Any]:
    """An entry of EventBridge's PutEvents for an event's JSON form; `bus` is the name or ARN of the bus.
    Its Time is in seconds since the epoch.
    """
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": event["type"],
        "Time": event["time"],
        "Detail": json.dumps(event, separators=(",", ":")),
    }
