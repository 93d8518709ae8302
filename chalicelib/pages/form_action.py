"""Where a form's answer may lead: the form-action directive (CSP Level 3 section 6.4.1)."""

import re
from urllib.parse import urlsplit

# The scheme of RFC 3986 section 3.1, which is CSP's scheme-part too: nothing in it can end a directive.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
# What runs or shows the URL itself; no client's redirect_uri has such a scheme.
_UNSAFE = frozenset({"javascript", "data", "blob", "filesystem", "vbscript", "file", "about"})

HERE = "form-action 'self'"


def form_action(redirect_uri: str | None) -> str:
    """The directive for a form whose POST ends at `redirect_uri`, at this server for None.

    Nothing for a client on the web or on loopback. Chromium and Safari apply form-action to every
    redirect that follows a POST, the client's own too: from https://app.example/... to app://...,
    from http://127.0.0.1:1234/ to the website of the program that listens there. No list of sources
    can name those, and one with `https:` in it would stop no one.
    """
    if redirect_uri is None:
        return HERE
    try:
        scheme = urlsplit(redirect_uri).scheme
    except ValueError:
        return HERE
    if scheme in {"http", "https"}:
        return ""
    if not _SCHEME.fullmatch(scheme) or scheme in _UNSAFE:
        return HERE
    return f"{HERE} {scheme}:"
