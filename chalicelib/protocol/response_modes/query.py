"""`query`: the parameters of an authorization response in the redirect_uri's query.

OAuth 2.0 Multiple Response Type Encoding Practices section 2.1; RFC 6749 sections 4.1.2 and 4.1.2.1.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from chalicelib.protocol.redirect_uri import RedirectTarget


def location(target: RedirectTarget, parameters: Mapping[str, str]) -> str:
    """The URI to redirect to. A query that is registered stays."""
    separator = "&" if "?" in target.redirect_uri else "?"
    return target.redirect_uri + separator + urlencode(target.members(parameters), quote_via=quote)
