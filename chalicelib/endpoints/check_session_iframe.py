"""Check session iframe: OpenID Connect Session Management section 3.2, there only where it is switched on.

A page of one script, which looks at a cookie in the browser: nothing is asked of this server.
"""

from functools import cache

from chalicelib.gateway.cookies import SESSION_STATE, full_name
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.pages.check_session import HEADERS, check_session_page


@cache
def page() -> Response:
    """The answer, made once."""
    cookie = full_name(SESSION_STATE, settings=settings())
    return Response(headers=HEADERS, body=check_session_page(cookie=cookie), log={"outcome": "page"})


@endpoint("check_session_iframe", methods=("GET", "HEAD"), prepare=page)
def handler(request: Request) -> Response:
    """GET /check_session_iframe."""
    del request
    return page()
