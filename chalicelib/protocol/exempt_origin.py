"""Origins a tenant lets be fetched without the rules of a fetch: for apps on a developer's own machine, for
tests and for conformance runs. As deployed there are none.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

# Whose ports may all be meant, as an app's changes from start to start: no other host is one's own.
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
_ANY_PORT = ":*"
_SCHEMES = ("http", "https")
LOOPBACK_ORIGINS = tuple(f"{scheme}://{host}{_ANY_PORT}" for scheme in _SCHEMES for host in _LOOPBACK)


def is_exempt(url: str, exempt: Collection[str]) -> bool:
    """Whether the URL's origin is one of these: `scheme://host:port`, or `scheme://host:*` of loopback."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin in exempt or re.sub(r":\d+$", "", origin) + _ANY_PORT in exempt


def check_exempt_origin(origin: str) -> None:
    """Raises ValueError for what is no origin: scheme, host, port and nothing else."""
    parts = urlsplit(origin.removesuffix(_ANY_PORT))
    if parts.scheme not in _SCHEMES or origin.removesuffix(_ANY_PORT) != f"{parts.scheme}://{parts.netloc}":
        raise ValueError("FETCH_ALLOWED_ORIGINS has origins: scheme, host and port alone.")
    if origin.endswith(_ANY_PORT) and parts.netloc not in _LOOPBACK:
        raise ValueError("FETCH_ALLOWED_ORIGINS may have any port of a loopback host alone.")
