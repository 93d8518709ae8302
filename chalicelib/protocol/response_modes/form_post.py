"""`form_post`: the parameters of an authorization response in the body of a POST that the browser makes.

OAuth 2.0 Form Post Response Mode section 2. Neither an address bar nor a history ever holds them.
"""

from collections.abc import Mapping

from chalicelib.protocol.redirect_uri import RedirectTarget


def fields(target: RedirectTarget, parameters: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form that is sent to the redirect_uri, whose own query, if any, stays in it."""
    return target.members(parameters)
