"""Cross-origin requests of single-page apps: answered here, since the API leaves them to us.

Every origin may ask: these endpoints look at no cookie, so a page learns nothing it could not have
from a server of its own.
"""

from chalicelib.gateway.response import Response

# Lets any web page read a response.
ANY_ORIGIN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "WWW-Authenticate, Retry-After",
}


def preflight(methods: tuple[str, ...]) -> Response:
    """The answer to an OPTIONS request; the browser may keep it for two hours."""
    return Response(
        status=204,
        headers={
            "access-control-allow-methods": ", ".join(methods),
            "access-control-allow-headers": "Authorization, *",
            "access-control-max-age": "7200",
        },
        log={"outcome": "preflight"},
    )
