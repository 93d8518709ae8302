"""Answers of the authorization family: back to the client, or on to the next page."""

from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.gateway.response import Response, redirect
from chalicelib.protocol.errors import OAuthError
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.response_modes import fragment, query

_LOCATIONS = {"query": query.location, "fragment": fragment.location}


def redirect_answer(target: RedirectTarget, members: Mapping[str, str], *, log: dict[str, str]) -> Response:
    """The authorization response (RFC 6749 sections 4.1.2 and 4.2.2)."""
    return redirect(_LOCATIONS[target.mode](target, members), log=log)


def redirect_error(target: RedirectTarget, error: OAuthError) -> Response:
    """The authorization error response (RFC 6749 sections 4.1.2.1 and 4.2.2.1)."""
    members = {"error": error.code, "error_description": error.description}
    fields = {**error.facts, "outcome": "refused", "error": error.code, "reason": error.reason}
    return redirect(_LOCATIONS[target.mode](target, members), log=fields)


def redirect_on(
    path: str, interaction_id: str, *, cookies: tuple[str, ...] = (), outcome: str | None = None
) -> Response:
    """On to /login, /consent, /authorize/resume or /device with the interaction. `outcome` is for the log:
    where none is given, the page that comes next.
    """
    location = f"{path}?{urlencode({'interaction': interaction_id})}"
    return redirect(location, cookies=cookies, log={"outcome": outcome or path.rpartition("/")[2]})
