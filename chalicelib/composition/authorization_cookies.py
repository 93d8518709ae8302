"""Authorization requests that came without the browser's cookies: asked for again, as a GET."""

from chalicelib.composition.as_get import as_get
from chalicelib.composition.request_objects import OBJECT_PARAMETERS
from chalicelib.gateway.cookies import BROWSER, SESSION, read_cookie
from chalicelib.gateway.request import Request
from chalicelib.protocol.authorization_request import PARAMETERS
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.settings import Settings


def misses_cookies(request: Request, *, settings: Settings) -> bool:
    """Whether this is a POST from another site, with which the browser sent no SameSite=Lax cookie; the
    same request as a GET brings them.
    """
    return request.method == "POST" and not any(
        read_cookie(request, name, settings=settings) for name in (SESSION, BROWSER)
    )


def with_cookies(parameters: Parameters) -> str:
    """The same request as a GET. Raises InvalidRequest where it is too long for one: taken as it is, a
    browser would be given a new identity in place of the one it did not send.
    """
    location = as_get("/authorize", parameters, names=PARAMETERS | OBJECT_PARAMETERS)
    if location is None:
        raise InvalidRequest("The request is too long.", reason="query_too_large")
    return location
