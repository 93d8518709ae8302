"""Back-channel logout: clients are told at their own addresses that a session ended (OpenID Connect
Back-Channel Logout section 2.5).

Whatever ends a session leaves it with Lambda, whose own queue brings it here. A client that does not take its
logout token is told again later, with a fresh one, by a one-time schedule; what fails for good ends among the
dead letters. Each is told at least once: a logout that comes twice ends nothing twice.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol

from chalicelib.aws.at_once import at_once
from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.participations import ParticipationStore
from chalicelib.aws.schedules import Schedules
from chalicelib.composition.client_signer import ClientSigner
from chalicelib.composition.clients import known_clients
from chalicelib.composition.counted_host import counted_host
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.subjects import subjects
from chalicelib.deadline import deadline, seconds_left
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings, stack_name
from chalicelib.gateway.log import describe_fault, log_metrics, log_request
from chalicelib.gateway.security_events import log_event
from chalicelib.outbound.fetched import FetchError
from chalicelib.outbound.post import post_form
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.backchannel_logout import LogoutNotice, Participation, hears, next_try, notices_of
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import OAuthError
from chalicelib.protocol.jws import Signer
from chalicelib.protocol.logout_token import unsigned_logout_token
from chalicelib.protocol.security_event import Actor, EventType, SecurityEvent
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject import Subjects
from chalicelib.record import Record

JTI_BYTES = 16
# So many clients of a session are told side by side.
PARALLEL = 10
# Seconds a client takes at most, and its next try to be scheduled after that.
SECONDS_EACH = 14


class Participations(Protocol):
    """Where it is kept which clients took part in a session."""

    def of(self, *, sub: str, sid: str | None) -> Iterable[Participation]:
        """Out of an index some moments behind; with None in place of a sid, of all sessions of a person."""


class NextTries(Protocol):
    """What has this function called again."""

    def at(self, moment: int, event: Mapping[str, Any], *, name: str) -> None:
        """At a time in seconds since the epoch, or up to a minute later; of one name once. Raises
        TemporarilyUnavailable.
        """


class Ports(Record, kw_only=True):
    """What telling works with. `counted` may refuse a client's host by a FetchError."""

    settings: Settings
    clients: Clients
    participations: Participations
    signer: Signer
    subjects: Subjects
    post: Callable[..., None]
    counted: Callable[[Client], AbstractContextManager[object]]
    next_tries: NextTries
    random: RandomText
    clock: Callable[[], float]


class Undelivered(Exception):
    """A client did not take its last try: Lambda tries it twice more, and then leaves it a dead letter."""


def respond(event: Mapping[str, Any], ports: Ports) -> None:
    """Tells every client of a logout, or one for another time. Raises Undelivered, and
    TemporarilyUnavailable: then nothing is lost, as Lambda calls again with the same event.
    """
    if "notice" in event:
        tell([LogoutNotice.from_json(event["notice"])], ports)
        return
    told: set[LogoutNotice] = set()
    # Looked for twice, as the index is some moments behind: what shows up meanwhile is told as well.
    for _ in range(2):
        found = [notice for notice in find(event, ports) if notice not in told]
        tell(found, ports)
        told.update(found)


def find(event: Mapping[str, Any], ports: Ports) -> list[LogoutNotice]:
    """Who is to be told of a logout."""
    found: dict[LogoutNotice, None] = {}
    for session in event["sessions"]:
        sub, sid = session["sub"], session["sid"]
        took_part = list(ports.participations.of(sub=sub, sid=sid))
        clients = {one.client_id: ports.clients.get(one.client_id) for one in took_part}
        notices = notices_of(took_part, clients, whole_person=sid is None, now=event["logged_out_at"])
        found |= dict.fromkeys(notices)
    return list(found)


def tell(notices: list[LogoutNotice], ports: Ports) -> None:
    """Tells some at a time. Raises Undelivered where it was the last try of one."""
    undelivered = []
    while notices:
        some, notices = notices[:PARALLEL], notices[PARALLEL:]
        undelivered += [ended for ended in at_once(lambda notice: tell_one(notice, ports), some) if ended]
    if undelivered:
        raise Undelivered


def tell_one(notice: LogoutNotice, ports: Ports) -> bool:
    """Tells a client, or has it tried again later; whether this was the last try, and came to nothing."""
    started = time.perf_counter()
    fields: dict[str, object] = {}
    try:
        check_time()
        client = ports.clients.get(notice.client_id)
        if not hears(client, since=notice.logged_out_at):
            outcome = "gone"
        else:
            deliver(notice, client, ports)
            outcome = "delivered"
    except FetchError as error:
        outcome, fields["logout_error"] = "failed", str(error)
    except OAuthError as error:
        # The client's own keys or secret can't be had, or ours.
        outcome, fields["logout_error"] = "failed", error.reason
    except Exception as error:  # noqa: BLE001 - one client's trouble must not keep the others from being told
        outcome = "failed"
        fields |= describe_fault(error)
    following = next_try(notice) if outcome == "failed" else None
    if following is not None:
        after, seconds = following
        name = schedule_name(after)
        ports.next_tries.at(int(ports.clock()) + seconds, {"notice": after.to_json()}, name=name)
    ended = outcome == "failed" and following is None
    log(notice, "undelivered" if ended else outcome, fields, started=started, now=int(ports.clock()))
    return ended


def check_time() -> None:
    """Raises FetchError where this run has no time for another client."""
    left = seconds_left()
    if left is not None and left < SECONDS_EACH:
        raise FetchError("there is no time left in this run")


def deliver(notice: LogoutNotice, client: Client, ports: Ports) -> None:
    """Posts a fresh logout token to a client. Raises FetchError, OAuthError."""
    token = unsigned_logout_token(
        client=client,
        issuer=ports.settings.issuer,
        sub=ports.subjects.of(client, notice.sub),
        sid=notice.sid and ports.subjects.session_of(client, notice.sid),
        jti=ports.random(JTI_BYTES),
        now=int(ports.clock()),
    )
    (signed,) = ports.signer.sign([token])
    with ports.counted(client):
        ports.post(
            client.backchannel_logout_uri,
            {"logout_token": signed},
            allowed_origins=ports.settings.fetch_allowed_origins,
        )


def schedule_name(notice: LogoutNotice) -> str:
    """The same for the same try of the same notice, so that it is scheduled once."""
    members = (notice.client_id, notice.sub, notice.sid or "", notice.logged_out_at, notice.attempt)
    return hashlib.sha256("\0".join(map(str, members)).encode()).hexdigest()


_EVENTS: Mapping[str, EventType] = {"delivered": "logout_delivered", "undelivered": "logout_undelivered"}


def log(
    notice: LogoutNotice, outcome: str, fields: Mapping[str, object], *, started: float, now: int
) -> None:
    """A line for each try, and the security event where a client was told, or never will be."""
    line: dict[str, object] = {
        "operation": "backchannel_logout",
        "client_id": notice.client_id,
        "sub": notice.sub,
        "attempt": notice.attempt,
        "outcome": outcome,
        **fields,
        "ms": round((time.perf_counter() - started) * 1000, 2),
        "stack": stack_name(),
    }
    kind = _EVENTS.get(outcome)
    if kind is not None:
        log_event(
            SecurityEvent(
                type=kind,
                id=f"{schedule_name(notice)}.{kind}",
                time=now,
                issuer=settings().issuer,
                actor=Actor("schedule", "backchannel_logout"),
                client_id=notice.client_id,
                sub=notice.sub,
            )
        )
    if outcome == "gone":
        log_request(line)
    elif outcome == "delivered":
        log_metrics(line, {"logouts_delivered": 1})
    else:
        log_metrics(line, {"logout_failures": 1})


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    return Ports(
        settings=settings(),
        clients=known_clients(),
        subjects=subjects(),
        participations=ParticipationStore(required("GRANTS_TABLE")),
        signer=ClientSigner(key_ring()),
        post=post_form,
        counted=counted_host,
        next_tries=Schedules(
            group=required("LOGOUT_RETRIES"),
            function=required("LOGOUT_FUNCTION"),
            role=required("LOGOUT_RETRIES_ROLE"),
            dead_letters=required("LOGOUT_DEAD_LETTERS"),
        ),
        random=random_text,
        clock=time.time,
    )


def handler(event: Any, context: Any) -> None:
    """A logout, or the next try of a client: called by Lambda's queue and by a schedule."""
    with deadline(context.get_remaining_time_in_millis() / 1000):
        respond(event, ports())
