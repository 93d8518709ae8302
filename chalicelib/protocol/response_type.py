"""What an authorization request is answered with, and how: RFC 6749 section 3.1.1, OAuth 2.0 Multiple
Response Type Encoding Practices.

A response_type is a set of words; a word more is a member more of the response (protocol/supported.py has
those that are served).
"""

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequest, UnauthorizedClient, UnsupportedResponseType
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.redirect_uri import ResponseMode
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import IMPLICIT

# RFC 7591 section 2.1.
_GRANT_TYPES_OF = {"code": "authorization_code", "token": IMPLICIT}
# What must not come into logs and histories, so that no query ever holds it.
_IN_FRAGMENT_ALONE = frozenset({"token", "id_token"})


def check_response_type(parameters: Parameters, client: Client, settings: Settings) -> frozenset[str]:
    """RFC 6749 section 3.1.1: its words, in any order. Raises UnsupportedResponseType, UnauthorizedClient."""
    words = parameters.require("response_type").split(" ")
    response_type = " ".join(sorted(words))
    if response_type not in settings.response_types:
        raise UnsupportedResponseType(
            "The response_type is not supported.", reason="response_type_not_supported"
        )
    needed = {_GRANT_TYPES_OF[word] for word in words}
    if response_type not in client.response_types or not needed <= set(client.grant_types):
        raise UnauthorizedClient(
            "The client may not use this response_type.", reason="response_type_not_allowed"
        )
    return frozenset(words)


def response_mode(parameters: Parameters, settings: Settings) -> ResponseMode:
    """How anything is answered, an error too, served or not: as the response_mode says, where that can be,
    and otherwise as is usual for the response_type (Multiple Response Type Encoding Practices section 5).
    """
    if in_fragment_alone(parameters):
        return "fragment"
    asked = parameters.all("response_mode")
    return "fragment" if asked == ("fragment",) and "fragment" in settings.response_modes else "query"


def in_fragment_alone(parameters: Parameters) -> bool:
    """Whether the response_type has a token leave with the response."""
    return bool(_IN_FRAGMENT_ALONE & set(" ".join(parameters.all("response_type")).split(" ")))


def check_response_mode(parameters: Parameters, settings: Settings) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices sections 2.1 and 3. Raises InvalidRequest."""
    asked = parameters.get("response_mode")
    if asked is None:
        return
    if asked not in settings.response_modes or (asked == "query" and in_fragment_alone(parameters)):
        raise InvalidRequest("The response_mode is not supported.", reason="response_mode_not_supported")
