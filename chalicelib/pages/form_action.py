"""Where a form's answer may lead: CSP Level 3 section 6.4.1 (form-action)."""

import re
from urllib.parse import urlsplit

# The scheme of RFC 3986 section 3.1, which is CSP's scheme-part too: nothing in it can end a directive.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_LOOPBACK_SOURCES = "http://localhost:* http://127.0.0.1:*"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# Schemes that run or show what is in the URL itself; no client's redirect_uri has one.
_UNSAFE = frozenset({"javascript", "data", "blob", "filesystem", "vbscript", "file", "about"})


def form_action(redirect_uri: str | None) -> str:
    """The sources for a form whose POST ends at `redirect_uri`, this server alone for None.

    Chromium applies form-action to every redirect that follows the POST.
    """
    if redirect_uri is None:
        return "'self'"
    parts = urlsplit(redirect_uri)
    if not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _UNSAFE:
        return "'self'"
    if parts.scheme == "https":
        return "'self' https:"
    if parts.scheme != "http":
        return f"'self' {parts.scheme}:"
    if parts.hostname not in LOOPBACK_HOSTS:
        return "'self'"
    return f"'self' {_LOOPBACK_SOURCES}"
