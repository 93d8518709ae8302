"""What an authorization request is answered with, and how: RFC 6749 section 3.1.1, OAuth 2.0 Multiple
Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode.

A response_type is a set of words; a word more is a member more of the response (protocol/supported.py has
those that are served).
"""

from urllib.parse import urlsplit

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequest, UnauthorizedClient, UnsupportedResponseType
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.redirect_uri import RedirectTarget, ResponseMode
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import IMPLICIT, UNSIGNED

# RFC 7591 section 2.1, OpenID Connect Dynamic Client Registration section 2. `none` is of no grant.
_GRANT_TYPE_OF = {"code": "authorization_code", "token": IMPLICIT, "id_token": IMPLICIT}
# What must not come into logs and histories, so that no query ever holds it.
_IN_NO_QUERY = frozenset({"token", "id_token"})
# What a browser changes in a form's value: of each of them, alone, it makes both.
_CHANGED_BY_FORMS = frozenset("\r\n")


def grant_types_of(response_type: str) -> frozenset[str]:
    """The grant types a client is registered with that may ask for it."""
    return frozenset(_GRANT_TYPE_OF[word] for word in response_type.split(" ") if word in _GRANT_TYPE_OF)


def in_order(response_type: str) -> str:
    """The same response type as protocol/supported.py has it: the order of its words says nothing (Multiple
    Response Type Encoding Practices section 5).
    """
    return " ".join(sorted(response_type.split(" ")))


def check_response_type(parameters: Parameters, client: Client, settings: Settings) -> frozenset[str]:
    """RFC 6749 section 3.1.1: its words, in any order. Raises UnsupportedResponseType, UnauthorizedClient."""
    response_type = in_order(parameters.require("response_type"))
    if response_type not in settings.response_types:
        raise UnsupportedResponseType(
            "The response_type is not supported.", reason="response_type_not_supported"
        )
    registered = {in_order(known) for known in client.response_types}
    if response_type not in registered or not grant_types_of(response_type) <= set(client.grant_types):
        raise UnauthorizedClient(
            "The client may not use this response_type.", reason="response_type_not_allowed"
        )
    words = frozenset(response_type.split(" "))
    # OpenID Connect Core section 2: one that is not signed is for the token endpoint, whose TLS is its proof.
    if "id_token" in words and client.id_token_signed_response_alg == UNSIGNED:
        raise UnauthorizedClient(
            "The client takes ID tokens without a signature, from the token endpoint alone.",
            reason="response_type_not_allowed",
        )
    return words


def response_mode(parameters: Parameters, redirect_uri: str) -> ResponseMode:
    """How anything is answered, an error too, served or not: as the response_mode says, where that can be,
    and otherwise as is usual for the response_type (Multiple Response Type Encoding Practices section 5).
    """
    asked = parameters.all("response_mode")
    # An app by a scheme of its own is started with an address: there is nothing to send a form to.
    if asked == ("form_post",) and urlsplit(redirect_uri).scheme in {"https", "http"}:
        return "form_post"
    return "fragment" if asked == ("fragment",) or _in_no_query(parameters) else "query"


def check_response_mode(parameters: Parameters, target: RedirectTarget) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices sections 2.1 and 3: what is asked is what can be.
    Raises InvalidRequest.
    """
    if parameters.get("response_mode") not in {None, target.mode}:
        raise InvalidRequest("The response_mode is not supported.", reason="response_mode_not_supported")
    if not goes_back_whole(parameters.get("state"), target.mode):
        raise InvalidRequest("This state can't be sent back by a form.", reason="state_malformed")


def goes_back_whole(state: str | None, mode: ResponseMode) -> bool:
    """Whether the client gets its state byte for byte."""
    return state is None or mode != "form_post" or not _CHANGED_BY_FORMS & set(state)


def _in_no_query(parameters: Parameters) -> bool:
    return bool(_IN_NO_QUERY & set(" ".join(parameters.all("response_type")).split(" ")))
