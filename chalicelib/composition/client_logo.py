"""The logos of clients, which this server fetches for the pages: whoever looks at a page is not seen by the
client, nor does its host learn who signs in when.
"""

import time
from collections import OrderedDict
from urllib.parse import urlsplit

from chalicelib.accounts.attempts import Attempts, logo_host_key
from chalicelib.composition.look import said_by
from chalicelib.composition.open_interaction import OpenInteraction
from chalicelib.gateway.environment import settings
from chalicelib.gateway.response import Response
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import NotServed

# What a browser draws. An SVG is drawn without its scripts, as an image and, by the policy below, alone.
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})
HEADERS = {
    # As long as the sign-in it is shown for may take.
    "cache-control": "private, max-age=1800",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}
# In this instance's memory: seconds, and how many.
KEPT_SECONDS, FAILED_SECONDS, MAX_KEPT = 600, 60, 20

_kept: OrderedDict[str, tuple[float, Fetched | None]] = OrderedDict()


def logo_answer(opened: OpenInteraction, *, attempts: Attempts, now: int) -> Response:
    """The logo of the client that waits. Raises NotServed where it has none or it can't be had."""
    client = opened.request.client if opened.request else None
    url = client and (said_by(client, "logo_uri", opened.look) or client.logo_uri)
    image = _image(client, url, attempts=attempts, now=now) if client and url else None
    if image is None:
        raise NotServed("There is no logo.", reason="logo_unavailable")
    headers = {**HEADERS, "content-type": str(image.media_type)}
    return Response(headers=headers, content=image.body, log={"outcome": "logo"})


def _image(client: Client, url: str, *, attempts: Attempts, now: int) -> Fetched | None:
    until, image = _kept.get(url, (0.0, None))
    if until <= time.monotonic():
        image = _fetch(client, url, attempts=attempts, now=now)
        _kept[url] = (time.monotonic() + (KEPT_SECONDS if image else FAILED_SECONDS), image)
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return image


def _fetch(client: Client, url: str, *, attempts: Attempts, now: int) -> Fetched | None:
    # The host may be anybody's, and as slow as they like: few functions wait for it at a time.
    counted = logo_host_key(urlsplit(url).hostname or "") if client.unverified else None
    if counted and attempts.begin(counted, now=now):
        return None
    # Imported where it is first needed: it is slow to start, and few clients have a logo.
    from chalicelib.outbound.fetch import fetch  # noqa: PLC0415

    try:
        accept = ", ".join(sorted(MEDIA_TYPES))
        image = fetch(url, allowed_origins=settings().fetch_allowed_origins, accept=accept)
    except FetchError:
        return None
    if counted:
        attempts.take_back(counted)
    return image if image.media_type in MEDIA_TYPES else None
