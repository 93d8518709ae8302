"""Client metadata documents as they are kept: draft-ietf-oauth-client-id-metadata-document-02 section 5.2.

Who may cause a fetch, and how often: a document that was had before may be fetched again by whoever uses its
client, each at intervals; one nobody has seen yet only where an authorization begins, and so many a minute
from one network and at one host. So nobody can have this server send many requests to anywhere.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.accounts.attempts import network_of
from chalicelib.protocol.resource_server_metadata import MAX_TOKEN_LIFETIME
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record, field

# Seconds: what a document says of its own age counts between these; without a word, the second. A client that
# has keys at a jwks_uri is as young as these are.
MIN_AGE = 300
DEFAULT_AGE = 3_600
MAX_AGE = 86_400
DEFAULT_KEYS_AGE = 600
# Seconds after its end in which a document is used where tokens are asked for, should its host be in trouble.
MAX_STALE = 86_400
# Seconds from one fetch of a document to the next, however the first one ended.
PAUSE = 10
# How old a document is before a client that doesn't match it has it fetched anew: it may have other keys now.
REFETCH_AFTER = 60
# Fetches a minute: of documents nobody has seen yet, by network and by host, and of others, by host.
NEW_BY_NETWORK = 20
NEW_BY_HOST = 60
KNOWN_BY_HOST = 300
# Who may begin to wait for what another one fetches, in a minute: from one network, and for one host.
MAX_WAITING = 60
MINUTE = 60


class KeptDocument(Record, kw_only=True):
    """A document that was read at its client_id, and held. `document` has the members this server uses, and
    `jwks` in place of a jwks_uri. Times are seconds since the epoch: it is used as it is until `fresh_until`,
    and for tokens that were issued before until `kept_until`.
    """

    client_id: str
    document: Mapping[str, Any] = field(hash=False)
    fetched_at: int
    fresh_until: int
    kept_until: int

    def is_fresh(self, *, now: int) -> bool:
        """Whether it needs no fetch."""
        return now < self.fresh_until

    def is_refetchable(self, *, now: int) -> bool:
        """Whether it may be fetched because a client does not match it."""
        return now >= self.fetched_at + REFETCH_AFTER

    def is_usable(self, *, now: int) -> bool:
        """Whether it may be used for new tokens although it can't be fetched."""
        return now < self.fresh_until + MAX_STALE


class Turn(Record, kw_only=True):
    """Who fetches a document: `mine`, or somebody else since `began_at`, who `ended_at` (0: not yet). `kept`
    is what is kept of it.
    """

    mine: bool
    kept: KeptDocument | None
    began_at: int
    ended_at: int


class Documents(Protocol):
    """Where documents are kept, and whose turn it is to fetch one."""

    def turn(self, client_id: str, *, known: bool, attempt: str, now: int) -> Turn:
        """One conditional write: takes the turn where nobody had it within PAUSE; with `known` only for a
        document that is kept. `attempt` names this one, whose answer may be lost.
        """

    def look(self, client_id: str, *, now: int) -> Turn:
        """How it stands, without taking a turn."""

    def keep(self, document: KeptDocument, *, now: int) -> None:
        """Writes a document, which ends the turn."""

    def end(self, client_id: str, *, now: int) -> None:
        """Ends a turn that brought nothing."""

    def give_back(self, client_id: str) -> None:
        """The turn was not used: the next may take it at once."""

    def count(self, key: str, *, limit: int, now: int) -> bool:
        """One conditional write: counts where fewer than `limit` were counted in this minute."""


def fresh_until(*, now: int, max_age: int | None, keys: bool, keys_max_age: int | None) -> int:
    """Until when a document is used as it is that was fetched now, `keys` with it; ages in seconds, None
    where nothing was said.
    """
    age = DEFAULT_AGE if max_age is None else max_age
    if keys:
        age = min(age, DEFAULT_KEYS_AGE if keys_max_age is None else keys_max_age)
    return now + min(max(age, MIN_AGE), MAX_AGE)


def kept_until(*, fresh_until: int, settings: Settings) -> int:
    """A document outlives all that was issued while it could be used."""
    return fresh_until + MAX_STALE + settings.refresh_token_idle_lifetime + MAX_TOKEN_LIFETIME


def network_key(source_ip: str) -> str:
    """What fetches of unseen documents from one network count under."""
    return "network " + hashlib.sha256(network_of(source_ip).encode()).hexdigest()
