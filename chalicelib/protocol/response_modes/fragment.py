"""`fragment`: the parameters of an authorization response in the redirect_uri's fragment.

OAuth 2.0 Multiple Response Type Encoding Practices section 2.1; RFC 6749 sections 4.2.2 and 4.2.2.1. A
browser keeps it to itself: no server gets it.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from chalicelib.protocol.redirect_uri import RedirectTarget


def location(target: RedirectTarget, parameters: Mapping[str, str]) -> str:
    """The URI to redirect to. No redirect_uri that is registered has a fragment of its own."""
    return f"{target.redirect_uri}#{urlencode(target.members(parameters), quote_via=quote)}"
