"""Key rotation: signing keys are announced, sign and are retired, on a schedule or because somebody says so.

AWS calls it several times a day. An operator invokes it as well (`make keys`, `make rotate-keys`), so that
making and ending keys is this one function's alone.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.key_administration import KeyAdministration
from chalicelib.aws.key_set import KeySetStore
from chalicelib.composition.key_ring import first_keys
from chalicelib.composition.rotation import Ports, Rotation, UnknownKeyError
from chalicelib.composition.rotation_schedule import rotation_schedule
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.log import log_request
from chalicelib.gateway.security_events import log_event
from chalicelib.protocol.key_schedule import KeySet, Schedule
from chalicelib.protocol.security_event import Actor, EventType, SecurityEvent
from chalicelib.protocol.signing_keys import (
    ALGS,
    KeyType,
    SigningKey,
    phase,
    unpublished_at,
)

# advance: do what is due. list: change nothing. rotate: successors now, announced like any other.
# revoke: take keys out and sign with fresh ones, at once.
COMMANDS = ("advance", "list", "rotate", "revoke")


def respond(event: Mapping[str, Any], ports: Ports, *, now: int) -> dict[str, Any]:
    """The keys as they are afterwards, or an `error` that says what is wrong with the command.

    Raises TemporarilyUnavailable, KeyUnusable, Overtaken: what was begun, the next run finishes.
    """
    command = event.get("command", "advance")
    types: list[KeyType] = [kty for kty in ALGS if kty in event.get("kty", list(ALGS))]
    rotation = Rotation(ports, now=now)
    match command:
        case "list":
            return _report(rotation.read(), ports.schedule, now=now)
        case "advance":
            pass
        case "rotate":
            if not set(types) & set(ports.schedule.types):
                return {"error": "This tenant has no such keys: EdDsaKey is off."}
            rotation.rotate(types)
        case "revoke":
            try:
                rotation.revoke(types, event.get("keys", []))
            except UnknownKeyError as unknown:
                return {"error": f"There is no key {unknown}."}
        case _:
            return {"error": f"There is no command {command}. There are {', '.join(COMMANDS)}."}
    return _report(rotation.advance(), ports.schedule, now=now)


def _report(key_set: KeySet, schedule: Schedule, *, now: int) -> dict[str, Any]:
    """The keys, their times in seconds since the epoch, and what is still to be done."""
    keys = key_set.keys
    return {
        "now": now,
        "keys": [
            {
                "kid": key.kid,
                "kty": key.kty,
                "algs": list(ALGS[key.kty]),
                "phase": phase(key, keys, now=now, retention=schedule.retention),
                "sign_from": key.sign_from,
                "published_until": unpublished_at(key, keys, retention=schedule.retention),
                "key_id": key.key_id,
            }
            for key in keys
        ],
        "making": [intent.kty for intent in key_set.intents],
        "ending": list(key_set.discarded),
    }


def key_event(what: EventType, key: SigningKey, *, request_id: str, actor: Actor, now: int) -> SecurityEvent:
    """What the audit trail is told. Lambda calls again under the same request id where a run failed, which
    goes on with what is left: so an event's id names the event, and not its place in the run.
    """
    return SecurityEvent(
        type=what,
        id=f"{request_id}.{what}.{key.key_id.rpartition('/')[2]}",
        time=now,
        issuer=settings().issuer,
        actor=actor,
        kid=key.kid,
    )


@cache
def stores() -> tuple[KeySetStore, KeyAdministration]:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    administration = KeyAdministration(stack=required("STACK_NAME"), like=required("SIGNING_KEY_ES256"))
    return KeySetStore(required("CLIENTS_TABLE")), administration


def handler(event: Any, context: Any) -> dict[str, Any]:
    """An event of the schedule, or an operator's command."""
    started, now = time.perf_counter(), int(time.time())
    request_id = str(getattr(context, "aws_request_id", ""))
    operator = event.get("operator")
    actor = Actor("operator", operator) if operator else Actor("schedule", "key_rotation")
    noted: list[str] = []

    def note(what: EventType, key: SigningKey) -> None:
        noted.append(f"{what} {key.kid or key.key_id}")
        log_event(key_event(what, key, request_id=request_id, actor=actor, now=now))

    store, administration = stores()
    ports = Ports(
        store=store,
        administration=administration,
        first=first_keys(),
        schedule=rotation_schedule(),
        random=random_text,
        sleep=time.sleep,
        note=note,
    )
    outcome = "failed"
    try:
        answer = respond(event, ports, now=now)
        outcome = "refused" if "error" in answer else "done"
        return answer
    finally:
        log_request(
            {
                "operation": "key_rotation",
                "request_id": request_id,
                "command": event.get("command", "advance"),
                "outcome": outcome,
                "changes": noted,
                "ms": round((time.perf_counter() - started) * 1000, 2),
            }
        )
