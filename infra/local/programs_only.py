"""The embedded services answer programs alone: not what a page in a browser on this machine can send.

They ask for no credentials, so that any page a developer opens could otherwise write records by a POST to
loopback, or read them under a name of its own that it has pointed there (DNS rebinding). AWS's own ask for
signatures; what tells a browser from AWS's clients is enough here.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from infra.local.http_request import HttpRequest
from infra.local.http_server import Application, HttpResponse

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# What a browser says of where a request comes from, and no page can leave out (Fetch, section 3.2; Fetch
# Metadata Request Headers).
_OF_BROWSERS = ("origin", "sec-fetch-mode", "sec-fetch-site")
# What a page may send to anybody without asking first (Fetch, section 2.2.2).
_OF_PAGES = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
_JSON = "application/x-amz-json-1."
_ANSWER = b"An embedded service of AWS, for programs on this machine and not for browsers.\n"


def programs_only(application: Application, *, json: bool = True) -> Application:
    """The application, but for requests of browsers, which are answered 403. With `json`, it is a service
    that speaks AWS JSON, and takes a body of no other type.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not _is_to_loopback(request) or _is_of_a_browser(request) or not _is_typed(request, json=json):
            return HttpResponse(HTTPStatus.FORBIDDEN, (("content-type", "text/plain"),), _ANSWER)
        return application(request)

    return answer


def _is_to_loopback(request: HttpRequest) -> bool:
    try:
        return urlsplit(f"//{request.header('host')}").hostname in _LOOPBACK
    except ValueError:
        return False


def _is_of_a_browser(request: HttpRequest) -> bool:
    return any(request.header(name) is not None for name in _OF_BROWSERS)


def _is_typed(request: HttpRequest, *, json: bool) -> bool:
    content_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return content_type.startswith(_JSON) if json else content_type not in _OF_PAGES
