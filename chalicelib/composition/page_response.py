"""Pages as answers, and errors as pages: for endpoints a person looks at."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.composition.look import look_of
from chalicelib.gateway.environment import settings
from chalicelib.gateway.errors import retry_after
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.pages.error import error_page
from chalicelib.pages.look import Look, Text
from chalicelib.pages.page import Link, Page
from chalicelib.protocol.errors import OAuthError
from chalicelib.protocol.interaction import InteractionEnded

TITLES = {
    "client_unknown": Text("We don't know this app"),
    "client_metadata_invalid": Text("We can't tell what this app is"),
    "client_metadata_limited": Text("Too many new apps just now"),
    "client_metadata_unavailable": Text("We can't tell what this app is"),
    "redirect_uri_missing": Text("This app can't be returned to"),
    "redirect_uri_unregistered": Text("This app can't be returned to"),
    "interaction_unknown": Text("This sign-in is no longer here"),
    "interaction_other_browser": Text("This sign-in belongs to another browser"),
    "interaction_expired": Text("This sign-in has expired"),
    "interaction_completed": Text("You are already done here"),
    "csrf": Text("This form is out of date"),
    "fault": Text("Something went wrong here"),
    "aws_throttled": Text("We are busy just now"),
    "aws_timeout": Text("We are busy just now"),
}

_NOT_SHARED = Text("Nothing was shared. Go back to the app and tell its makers.")
_NOT_LOST = Text("Nothing is lost. Reload this page in a moment.")
_ADVICE = {
    "client_unknown": _NOT_SHARED,
    "client_metadata_invalid": _NOT_SHARED,
    "client_metadata_limited": Text("Nothing is lost. Reload this page in a minute."),
    "client_metadata_unavailable": Text("Its makers' site did not answer. Reload this page in a moment."),
    "redirect_uri_missing": _NOT_SHARED,
    "redirect_uri_unregistered": _NOT_SHARED,
    "interaction_unknown": Text("Go back to the app and sign in from there."),
    "interaction_other_browser": Text("Go back to the app and sign in from there, in this browser."),
    "interaction_expired": Text("Start again; it takes a moment."),
    "interaction_completed": Text(
        "Go back to the app. If it still asks you to sign in, start again from there."
    ),
    "csrf": Text("Go back, reload the page, and send it again."),
    "fault": Text("Try again in a moment. If it goes on, tell the people who run this service."),
    "aws_throttled": _NOT_LOST,
    "aws_timeout": _NOT_LOST,
}

# Of any other request, which an app made wrong.
_OTHERWISE = Text("Go back to the app and tell its makers.")
_STOPPED = Text("This request can't go on")
_OFFERED = Text(
    "The app that asked is at {host}, and nobody here has checked who made it. Go back to it only if that is "
    "where you came from."
)


def page_response(
    page: Page,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: tuple[str, ...] = (),
    log: Mapping[str, str] | None = None,
) -> Response:
    """The page as a response, with its own headers and status unless another is given."""
    return Response(
        status=status or page.status,
        headers={**page.headers, **(headers or {})},
        cookies=cookies,
        body=page.html,
        log=log or {},
    )


def page_error(error: OAuthError, request: Request | None) -> Response:
    """The error as a page: what happened, what to do, and where to go on where that is known."""
    look = look_of(request)
    page = error_page(
        look=look,
        tenant_name=settings().tenant_name,
        title=TITLES.get(error.reason, _STOPPED),
        message=[*_said(error, look), _ADVICE.get(error.reason, _OTHERWISE), *_detail(error)],
        code=error.code,
        request_id=request.request_id if request else "",
        status=error.status,
        way_on=_restart_link(error, look) if isinstance(error, InteractionEnded) else None,
    )
    return page_response(page, headers=retry_after(error))


def offered_answer(
    error: OAuthError, request: Request, *, location: str, fields: Mapping[str, str] | None, host: str
) -> Response:
    """The error as a page that offers to go to `location`, which is at `host`, with these fields where it is
    a form: nothing else says that the app there is not somebody who only wants to be linked to from here
    (RFC 9700 section 4.11.2).
    """
    look = look_of(request)
    page = error_page(
        look=look,
        tenant_name=settings().tenant_name,
        title=_STOPPED,
        message=[*_said(error, look), Text(_OFFERED.english, {"host": host})],
        code=error.code,
        request_id=request.request_id,
        status=error.status,
        way_on=Link(look.say("Go back to {host}", host=host), location, fields),
    )
    return page_response(page, log=log_of_refusal(error))


def log_of_refusal(error: OAuthError) -> dict[str, str]:
    """What the log line says of an error that is told to a client through a browser."""
    return {**error.facts, "outcome": "refused", "error": error.code, "reason": error.reason}


def _said(error: OAuthError, look: Look) -> list[Text | str]:
    """What happened, in the person's language where it is they who can do something about it; what only the
    makers of an app can is told them in English, and what is a fault of ours the title says.
    """
    if look.knows(error.description):
        return [Text(error.description)]
    return [] if error.reason in TITLES else [error.description]


def _detail(error: OAuthError) -> list[str]:
    """What the makers of an app can do something about, who see nothing but this page."""
    told = error.facts.get("client_metadata_error") if error.reason == "client_metadata_invalid" else None
    return [f"({told})"] if told else []


def _restart_link(ended: InteractionEnded, look: Look) -> Link:
    """The app's own beginning (OpenID Connect Core section 4): what it sent here is done with, and another
    answer to that it would refuse. Else the same authorization request again, or the same user code.
    """
    if ended.initiate_login_uri is not None:
        separator = "&" if "?" in ended.initiate_login_uri else "?"
        begin = f"{ended.initiate_login_uri}{separator}{urlencode({'iss': settings().issuer})}"
        return Link(look.say("Start again"), begin)
    pairs = [(name, value) for name, values in ended.parameters.items() for value in values]
    path = "/device" if ended.kind == "device" else "/authorize"
    return Link(look.say("Start again"), f"{path}?{urlencode(pairs)}")
