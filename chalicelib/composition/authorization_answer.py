"""Answers of the authorization family: back to the client, or on to the next page."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.composition.look import look_of
from chalicelib.composition.page_response import log_of_refusal, offered_answer, page_response
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, redirect
from chalicelib.pages.display_text import host_of
from chalicelib.pages.look import Look
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import OAuthError
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.response_modes import fragment, query

_LOCATIONS = {"query": query.location, "fragment": fragment.location}


def client_answer(
    target: RedirectTarget, members: Mapping[str, str], *, look: Look, log: dict[str, str]
) -> Response:
    """The authorization response (RFC 6749 sections 4.1.2 and 4.2.2), in the mode of its target."""
    location, fields = _way(target, members)
    if fields is None:
        return redirect(location, log=log)
    # Imported where it is first needed: few clients ask for it.
    from chalicelib.pages.form_post import form_post_page  # noqa: PLC0415

    page = form_post_page(look=look, tenant_name=settings().tenant_name, redirect_uri=location, fields=fields)
    return page_response(page, log=log)


def is_fault(error: OAuthError) -> bool:
    """A fault of ours is for the person, who can reload the page; any other error is for the client."""
    return error.status >= 500  # noqa: PLR2004


def client_error(target: RedirectTarget, error: OAuthError, *, look: Look) -> Response:
    """The authorization error response (RFC 6749 sections 4.1.2.1 and 4.2.2.1)."""
    return client_answer(target, _members(error), look=look, log=log_of_refusal(error))


def offer_error(request: Request, target: RedirectTarget, error: OAuthError, *, client: Client) -> Response:
    """The same before anybody was asked anything. RFC 9700 section 4.11.2: nobody is sent on to the web site
    of a client that anybody may publish, until they say so. One that registered itself is told at once
    (OpenID Connect Core section 3.1.2.6): the tenant lets them, and sees who they are.
    """
    host = host_of(target.redirect_uri) if client.registration == "metadata_document" else None
    if host is None:
        return client_error(target, error, look=look_of(request))
    location, fields = _way(target, _members(error))
    return offered_answer(error, request, location=location, fields=fields, host=host)


def _members(error: OAuthError) -> dict[str, str]:
    return {"error": error.code, "error_description": error.description}


def _way(target: RedirectTarget, members: Mapping[str, str]) -> tuple[str, dict[str, str] | None]:
    """Where to, and what is sent there by a form, None where it stands in the address."""
    if target.mode == "form_post":
        from chalicelib.protocol.response_modes import form_post  # noqa: PLC0415

        return target.redirect_uri, form_post.fields(target, members)
    return _LOCATIONS[target.mode](target, members), None


def redirect_on(
    path: str, interaction_id: str, *, cookies: tuple[str, ...] = (), outcome: str | None = None
) -> Response:
    """On to /login, /consent, /authorize/resume or /device with the interaction. `outcome` is for the log:
    where none is given, the page that comes next.
    """
    location = f"{path}?{urlencode({'interaction': interaction_id})}"
    return redirect(location, cookies=cookies, log={"outcome": outcome or path.rpartition("/")[2]})
