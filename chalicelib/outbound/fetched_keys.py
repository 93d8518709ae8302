"""Public keys of others, clients and trusted issuers: as registered, or at their jwks_uri."""

import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, Protocol, TypeVar

from chalicelib.outbound.fetched import Fetched, FetchError

# Seconds: what a jwks_uri says of its own age counts between these; without a word, the second.
MIN_AGE = 60
DEFAULT_AGE = 600
MAX_AGE = 86_400
# An unknown kid makes one more fetch at once, as keys may change right after they were read, and a failed one
# another, but not one a request: nobody can make us hammer a host, nor wait for it at every request.
REFETCH_AFTER = 30
MAX_KEPT = 200


def fetch_keys(url: str, *, allowed_origins: tuple[str, ...]) -> Fetched:
    """The document at a jwks_uri. Raises FetchError."""
    # Imported where it is first needed: it is slow to start, and few clients have a jwks_uri.
    from chalicelib.outbound.fetch import fetch  # noqa: PLC0415

    return fetch(url, allowed_origins=allowed_origins)


class KeySource(Protocol):
    """Whose keys they are."""

    @property
    def jwks(self) -> dict[str, Any] | None: ...

    @property
    def jwks_uri(self) -> str | None: ...


Source = TypeVar("Source", bound=KeySource)


class FetchedKeys(Generic[Source]):
    """Reads a jwks_uri when it is first needed and keeps it as HTTP says, in this instance's memory.

    `unavailable` makes what is raised where the keys can't be had: of whose they are, and why not. They are
    fetched within `counted`, which may refuse by what it raises.
    """

    def __init__(
        self,
        *,
        unavailable: Callable[[Source, str], Exception],
        counted: Callable[[Source], AbstractContextManager[object]] = nullcontext,
        allowed_origins: tuple[str, ...] = (),
        fetch: Callable[..., Fetched] = fetch_keys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._unavailable = unavailable
        self._counted = counted
        self._allowed_origins = allowed_origins
        self._fetch = fetch
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float, Sequence[Any]]] = OrderedDict()
        self._failed: OrderedDict[str, float] = OrderedDict()
        self._refetched: OrderedDict[str, float] = OrderedDict()

    def jwks(self, source: Source) -> Sequence[Any]:
        """Raises what `unavailable` makes."""
        if source.jwks_uri is None:
            return _keys(source.jwks)
        kept = self._kept.get(source.jwks_uri)
        if kept and self._clock() < kept[1]:
            return kept[2]
        if self._just_now(self._failed, source.jwks_uri):
            raise self._unavailable(source, "failed just now")
        return self._read(source.jwks_uri, source)

    def refetched_jwks(self, source: Source) -> Sequence[Any]:
        """Raises what `unavailable` makes."""
        if source.jwks_uri is None:
            return ()
        if self._just_now(self._refetched, source.jwks_uri) or self._just_now(self._failed, source.jwks_uri):
            return ()
        self._note(self._refetched, source.jwks_uri)
        return self._read(source.jwks_uri, source)

    def _just_now(self, noted: Mapping[str, float], jwks_uri: str) -> bool:
        return self._clock() - noted.get(jwks_uri, -math.inf) < REFETCH_AFTER

    def _note(self, noted: OrderedDict[str, float], jwks_uri: str) -> None:
        noted[jwks_uri] = self._clock()
        while len(noted) > MAX_KEPT:
            noted.popitem(last=False)

    def _read(self, jwks_uri: str, source: Source) -> Sequence[Any]:
        try:
            with self._counted(source):
                fetched = self._fetch(jwks_uri, allowed_origins=self._allowed_origins)
                keys = _keys(json.loads(fetched.body))
        except (FetchError, ValueError, RecursionError) as error:
            self._note(self._failed, jwks_uri)
            why = str(error) if isinstance(error, FetchError) else "not a JWK Set"
            raise self._unavailable(source, why) from None
        now = self._clock()
        age = DEFAULT_AGE if fetched.max_age is None else fetched.max_age
        self._kept[jwks_uri] = (now, now + min(max(age, MIN_AGE), MAX_AGE), keys)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return keys


def _keys(jwks: Any) -> Sequence[Any]:
    """RFC 7517 section 5: the `keys` of a JWK Set. Raises ValueError where there are none."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list | tuple):
        raise ValueError("not a JWK Set")  # noqa: TRY004 - a document's fault, like bad JSON
    return keys
