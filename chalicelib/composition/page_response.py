"""Pages as answers, and errors as pages: for endpoints a person looks at."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.gateway.environment import settings
from chalicelib.gateway.errors import retry_after
from chalicelib.gateway.response import Response
from chalicelib.pages.error import error_page
from chalicelib.pages.page import Link, Page
from chalicelib.protocol.errors import OAuthError
from chalicelib.protocol.interaction import InteractionEnded

_TITLES = {
    "client_unknown": "We don't know this app",
    "client_metadata_invalid": "We can't tell what this app is",
    "client_metadata_limited": "Too many new apps just now",
    "client_metadata_unavailable": "We can't tell what this app is",
    "redirect_uri_missing": "This app can't be returned to",
    "redirect_uri_unregistered": "This app can't be returned to",
    "interaction_unknown": "This sign-in is no longer here",
    "interaction_other_browser": "This sign-in belongs to another browser",
    "interaction_expired": "This sign-in has expired",
    "interaction_completed": "You are already done here",
    "csrf": "This form is out of date",
    "fault": "Something went wrong here",
    "aws_throttled": "We are busy just now",
    "aws_timeout": "We are busy just now",
}

_ADVICE = {
    "client_unknown": "Nothing was shared. Go back to the app and tell its makers.",
    "client_metadata_invalid": "Nothing was shared. Go back to the app and tell its makers.",
    "client_metadata_limited": "Nothing is lost. Reload this page in a minute.",
    "client_metadata_unavailable": "Its makers' site did not answer. Reload this page in a moment.",
    "redirect_uri_missing": "Nothing was shared. Go back to the app and tell its makers.",
    "redirect_uri_unregistered": "Nothing was shared. Go back to the app and tell its makers.",
    "interaction_unknown": "Go back to the app and sign in from there.",
    "interaction_other_browser": "Go back to the app and sign in from there, in this browser.",
    "interaction_expired": "Start again; it takes a moment.",
    "interaction_completed": "Go back to the app. If it still asks you to sign in, start again from there.",
    "csrf": "Go back, reload the page, and send it again.",
    "fault": "Try again in a moment. If it goes on, tell the people who run this service.",
    "aws_throttled": "Nothing is lost. Reload this page in a moment.",
    "aws_timeout": "Nothing is lost. Reload this page in a moment.",
}

# Of any other request, which an app made wrong.
_OTHERWISE = "Go back to the app and tell its makers."


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


def page_error(error: OAuthError, request_id: str) -> Response:
    """The error as a page: what happened, what to do, and where to go on where that is known."""
    way_on = _restart_link(error) if isinstance(error, InteractionEnded) else None
    advice = _ADVICE.get(error.reason, _OTHERWISE)
    page = error_page(
        tenant_name=settings().tenant_name,
        title=_TITLES.get(error.reason, "This request can't go on"),
        message=" ".join(filter(None, (error.description, _detail(error), advice))),
        code=error.code,
        request_id=request_id,
        status=error.status,
        way_on=way_on,
    )
    return page_response(page, headers=retry_after(error))


def offered_answer(
    error: OAuthError, *, location: str, fields: Mapping[str, str] | None, host: str, request_id: str
) -> Response:
    """The error as a page that offers to go to `location`, which is at `host`, with these fields where it is
    a form: nothing else says that the app there is not somebody who only wants to be linked to from here
    (RFC 9700 section 4.11.2).
    """
    page = error_page(
        tenant_name=settings().tenant_name,
        title="This request can't go on",
        message=f"{error.description} The app that asked is at {host}, and nobody here has checked who made "
        "it. Go back to it only if that is where you came from.",
        code=error.code,
        request_id=request_id,
        status=error.status,
        way_on=Link(f"Go back to {host}", location, fields),
    )
    return page_response(page, log=log_of_refusal(error))


def log_of_refusal(error: OAuthError) -> dict[str, str]:
    """What the log line says of an error that is told to a client through a browser."""
    return {**error.facts, "outcome": "refused", "error": error.code, "reason": error.reason}


def _detail(error: OAuthError) -> str | None:
    """What the makers of an app can do something about, who see nothing but this page."""
    told = error.facts.get("client_metadata_error") if error.reason == "client_metadata_invalid" else None
    return told and f"({told})"


def _restart_link(ended: InteractionEnded) -> Link:
    """The same authorization request again, or the same user code."""
    pairs = [(name, value) for name, values in ended.parameters.items() for value in values]
    path = "/device" if ended.kind == "device" else "/authorize"
    return Link("Start again", f"{path}?{urlencode(pairs)}")
