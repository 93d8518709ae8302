"""Answers of the authorization family: back to the client, or on to the next page."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.composition.page_response import log_of_refusal, offered_answer
from chalicelib.gateway.response import Response, redirect
from chalicelib.pages.display_text import host_of
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import ConsentRequired, LoginRequired, OAuthError
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.response_modes import fragment, query

_LOCATIONS = {"query": query.location, "fragment": fragment.location}


def redirect_answer(target: RedirectTarget, members: Mapping[str, str], *, log: dict[str, str]) -> Response:
    """The authorization response (RFC 6749 sections 4.1.2 and 4.2.2)."""
    return redirect(_LOCATIONS[target.mode](target, members), log=log)


def redirect_error(target: RedirectTarget, error: OAuthError) -> Response:
    """The authorization error response (RFC 6749 sections 4.1.2.1 and 4.2.2.1)."""
    return redirect(_error_location(target, error), log=log_of_refusal(error))


def offer_error(target: RedirectTarget, error: OAuthError, *, client: Client, request_id: str) -> Response:
    """The same before anybody was asked anything. RFC 9700 section 4.11.2: nobody is sent on to a web site
    of a client that is not the tenant's own, until they say so. It leaves out silent authentication, and so
    does this for a client that registered itself: the tenant lets them, and sees who they are.
    """
    silent = isinstance(error, LoginRequired | ConsentRequired) and client.registration == "dynamic"
    host = host_of(target.redirect_uri) if client.unverified and not silent else None
    if host is None:
        return redirect_error(target, error)
    return offered_answer(error, location=_error_location(target, error), host=host, request_id=request_id)


def _error_location(target: RedirectTarget, error: OAuthError) -> str:
    members = {"error": error.code, "error_description": error.description}
    return _LOCATIONS[target.mode](target, members)


def redirect_on(
    path: str, interaction_id: str, *, cookies: tuple[str, ...] = (), outcome: str | None = None
) -> Response:
    """On to /login, /consent, /authorize/resume or /device with the interaction. `outcome` is for the log:
    where none is given, the page that comes next.
    """
    location = f"{path}?{urlencode({'interaction': interaction_id})}"
    return redirect(location, cookies=cookies, log={"outcome": outcome or path.rpartition("/")[2]})
