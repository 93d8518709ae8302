"""Request objects at a request_uri: read when they are asked for, kept as HTTP and the URI say."""

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager

from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequestUri
from chalicelib.protocol.request_uri import (
    check_content,
    check_request_uri,
    names_its_content,
    without_fragment,
)

# Seconds for which one is kept at most; without a word of HTTP, none is: the next request is another.
MAX_AGE = 3_600
MAX_KEPT = 100


class FetchedRequestObjects:
    """Implements the port ReferencedObjects, in this instance's memory. They are fetched within `counted`,
    which may refuse by what it raises.
    """

    def __init__(
        self,
        *,
        fetch: Callable[[str], Fetched],
        counted: Callable[[Client, str], AbstractContextManager[object]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._counted = counted
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def get(self, request_uri: str, *, client: Client) -> str:
        check_request_uri(request_uri, client)
        kept = self._kept.get(request_uri)
        if kept and self._clock() < kept[0]:
            return kept[1]
        try:
            with self._counted(client, request_uri):
                fetched = self._fetch(without_fragment(request_uri))
        except FetchError as error:
            facts = {"client_id": client.client_id, "request_uri_error": str(error)}
            raise InvalidRequestUri(
                "The request_uri could not be read.", reason="request_uri_unavailable", facts=facts
            ) from None
        check_content(request_uri, fetched.body)
        # What is no text is no request object either: whoever reads it says so.
        text = fetched.body.decode("ascii", "replace").strip()
        age = MAX_AGE if names_its_content(request_uri) else min(fetched.max_age or 0, MAX_AGE)
        self._kept[request_uri] = (self._clock() + age, text)
        self._kept.move_to_end(request_uri)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return text
