"""Redirection endpoints: RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1.3."""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from chalicelib.protocol.client import Client
from chalicelib.record import Record

_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::([0-9]{1,5}))?([/?].*)?")
MAX_PORT = 65_535

ResponseMode = Literal["query", "fragment", "form_post"]


class RedirectTarget(Record):
    """Where an answer may be sent: made only after the client and its redirect_uri were checked. Only
    code that holds one can redirect. `state` goes back byte for byte, `mode` is how.
    """

    redirect_uri: str
    state: str | None
    issuer: str
    mode: ResponseMode = "query"

    def members(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The parameters of a response, success and error alike, with state and iss (RFC 9207)."""
        state = {} if self.state is None else {"state": self.state}
        return {**parameters, **state, "iss": self.issuer}


def is_registered(redirect_uri: str, client: Client) -> bool:
    """Whether it equals a registered URI to the character; of a native client's loopback URI the port
    may differ (RFC 8252 section 7.3).
    """
    if redirect_uri in client.redirect_uris:
        return True
    if client.application_type != "native":
        return False
    asked = _portless(redirect_uri)
    return asked is not None and any(_portless(known) == asked for known in client.redirect_uris)


def is_loopback(redirect_uri: str) -> bool:
    """Whether it leads to an app on the person's own device over HTTP."""
    return _LOOPBACK.fullmatch(redirect_uri) is not None


def without_port(redirect_uri: str) -> str:
    """A loopback URI as it equals all that differ by their port; any other as it is."""
    portless = _portless(redirect_uri)
    return redirect_uri if portless is None else "".join(portless)


def redirect_host(redirect_uri: str) -> str | None:
    """The host a person is returned to, None where it is an app on their own device."""
    if is_loopback(redirect_uri):
        return None
    return urlsplit(redirect_uri).hostname


def why_not_registrable(redirect_uri: str) -> str | None:
    """Why a URI can't be registered, as a sentence; None where it can (RFC 9700 section 4.1.3,
    RFC 8252 sections 7.1 to 7.3).
    """
    if not redirect_uri.isascii() or not redirect_uri.isprintable() or " " in redirect_uri:
        return "A redirect_uri is ASCII without white space."
    try:
        parts = urlsplit(redirect_uri)
        hostname = parts.hostname
    except ValueError:
        return "The redirect_uri is not a URI."
    if "#" in redirect_uri:
        return "A redirect_uri has no fragment."
    if "@" in parts.netloc or "\\" in redirect_uri:
        return "A redirect_uri has no user name and no backslash."
    if "*" in (hostname or ""):
        return "A redirect_uri is compared to the character: its host has no wildcard."
    if parts.scheme == "https":
        return None if hostname else "The redirect_uri has no host."
    if parts.scheme == "http":
        return None if is_loopback(redirect_uri) else "http is only for loopback addresses."
    if not parts.scheme:
        return "A redirect_uri is absolute: it has a scheme, as in https://app.example.com/callback."
    if "." not in parts.scheme:
        return "A private-use scheme contains a dot, like com.example.app."
    return None


def _portless(redirect_uri: str) -> tuple[str, str] | None:
    match = _LOOPBACK.fullmatch(redirect_uri)
    if match is None or int(match[2] or 0) > MAX_PORT:
        return None
    return match[1], match[3] or ""
