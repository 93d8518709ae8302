"""A form that another site sent, as the GET it could have been.

With a POST from another site a browser sends no SameSite=Lax cookie; with the same request as a GET it
does. So such a POST is answered with that GET, and nothing is decided before the cookies are there.
"""

from urllib.parse import urlencode

from chalicelib.protocol.parameters import Parameters

# API Gateway bounds the request line and all headers together to 10,240 bytes.
MAX_LOCATION = 6_000


def as_get(path: str, parameters: Parameters, *, names: frozenset[str]) -> str | None:
    """The URL of the same request with the parameters of these names; None where it is too long for one."""
    pairs = [(name, value) for name, values in parameters.select(names).items() for value in values]
    location = f"{path}?{urlencode(pairs)}"
    return location if len(location) <= MAX_LOCATION else None
