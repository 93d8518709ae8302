"""Who is told of a logout, and when again: OpenID Connect Back-Channel Logout sections 2.3 and 2.5."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeGuard

from chalicelib.protocol.client import Client
from chalicelib.record import Record, replace

# Seconds after each failed try until the next one; after the last of them nobody is told any more.
RETRY_AFTER = (30, 120, 600, 3_600, 21_600)


class LogoutNotices(Protocol):
    """Has clients told of a logout, later and apart from the request that it is of."""

    def enqueue(self, *sessions: tuple[str, str | None]) -> None:
        """The clients that took part in these sessions are told, each session named by its sub and sid: with
        None in place of the sid, those of all sessions of that person. One call, whatever the clients' hosts
        do; what it took is told or ends among the dead letters. Raises TemporarilyUnavailable.
        """


class Participation(Record):
    """That a client got tokens, or a code for them, in a session."""

    client_id: str
    sub: str
    sid: str
    since: int


class LogoutNotice(Record, kw_only=True):
    """What one client is to be told: that the session of `sid` ended, or with None every one of `sub`.
    `logged_out_at` is in seconds since the epoch, `attempt` counts from 1.
    """

    client_id: str
    sub: str
    sid: str | None
    logged_out_at: int
    attempt: int = 1

    def to_json(self) -> dict[str, Any]:
        """As it waits for its next try."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> "LogoutNotice":
        """What to_json made. Raises KeyError."""
        return cls(
            client_id=members["client_id"],
            sub=members["sub"],
            sid=members.get("sid"),
            logged_out_at=members["logged_out_at"],
            attempt=members["attempt"],
        )


def notices_of(
    participations: Iterable[Participation],
    clients: Mapping[str, Client | None],
    *,
    whole_person: bool,
    now: int,
) -> tuple[LogoutNotice, ...]:
    """One for each client with a backchannel_logout_uri and each session it took part in. Where the whole
    person is signed out a token without a sid does (section 2.4), unless the client asked for one.
    """
    found: dict[tuple[str, str, str | None], None] = {}
    for one in participations:
        client = clients.get(one.client_id)
        if not hears(client, since=one.since):
            continue
        with_sid = not whole_person or client.backchannel_logout_session_required
        found[one.client_id, one.sub, one.sid if with_sid else None] = None
    return tuple(
        LogoutNotice(client_id=client_id, sub=sub, sid=sid, logged_out_at=now)
        for client_id, sub, sid in found
    )


def hears(client: Client | None, *, since: int) -> TypeGuard[Client]:
    """Whether it is told, and is who was there then: of a client that was deleted since, another may have the
    name.
    """
    return (
        client is not None and client.backchannel_logout_uri is not None and client.was_registered(at=since)
    )


def next_try(notice: LogoutNotice) -> tuple[LogoutNotice, int] | None:
    """The notice of the next try and in how many seconds it is due; None where this was the last."""
    if notice.attempt > len(RETRY_AFTER):
        return None
    return replace(notice, attempt=notice.attempt + 1), RETRY_AFTER[notice.attempt - 1]
