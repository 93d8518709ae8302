"""What a resource server may be registered with: RFC 8707, RFC 6749 section 3.3, RFC 9396 section 9.

Whoever writes its record checks it here first.
"""

import re

from chalicelib.protocol.authorization_details import check_authorization_details_types
from chalicelib.protocol.errors import InvalidTarget
from chalicelib.protocol.resource import ResourceServer, check_resource_syntax
from chalicelib.protocol.supported import ACCESS_TOKEN_FORMATS, OPENID_SCOPES, SIGNING_ALGORITHMS

# A grant's item stays for as long after its end: its last access token must still find it.
MAX_TOKEN_LIFETIME = 86_400

_SCOPE_VALUE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


def check_resource_server(server: ResourceServer) -> None:
    """What a resource server may be registered with. Raises ValueError, with a sentence for its operator."""
    try:
        check_resource_syntax(server.resource)
    except InvalidTarget as error:
        raise ValueError(f"resource: {error.description}") from None
    lifetime = server.access_token_lifetime
    if lifetime is not None and not 0 < lifetime <= MAX_TOKEN_LIFETIME:
        raise ValueError(f"access_token_lifetime is 1 to {MAX_TOKEN_LIFETIME} seconds.")
    if server.access_token_signing_alg not in SIGNING_ALGORITHMS:
        raise ValueError(f"access_token_signing_alg is one of {', '.join(SIGNING_ALGORITHMS)}.")
    if server.access_token_format not in ACCESS_TOKEN_FORMATS:
        raise ValueError(f"access_token_format is one of {', '.join(ACCESS_TOKEN_FORMATS)}.")
    check_authorization_details_types(server.authorization_details_types)
    if not server.resource_name.strip():
        raise ValueError("resource_name is needed, for people to know the resource server by.")
    _check_scopes(server)


def _check_scopes(server: ResourceServer) -> None:
    for scope, words in server.scopes.items():
        if not _SCOPE_VALUE.fullmatch(scope):
            raise ValueError(
                "scopes: a scope value is one word of printable ASCII, without quotes and backslashes."
            )
        if scope in OPENID_SCOPES:
            raise ValueError(f"scopes: {scope} is of OpenID Connect and belongs to no resource server.")
        if not words.strip():
            raise ValueError(f"scopes: {scope} needs words for people to read.")
    for scope, carriers in server.exchange_scopes.items():
        if scope not in server.scopes:
            raise ValueError(f"exchange_scopes: {scope} is none of its scopes.")
        if not carriers or not all(map(_SCOPE_VALUE.fullmatch, carriers)):
            raise ValueError(f"exchange_scopes: {scope} needs the scope values that carry it, each one word.")
