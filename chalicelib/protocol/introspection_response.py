"""The introspection response: RFC 7662 section 2.2, and as a signed JWT, RFC 9701 section 5."""

from typing import Any

from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.client import Client
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.resource import ResourceServers, scopes_of_resources
from chalicelib.protocol.unsigned_tokens import GRANTED_TO

INACTIVE: dict[str, Any] = {"active": False}
INTROSPECTION_JWT = "token-introspection+jwt"


def is_meant_for(token: AccessToken, client: Client) -> bool:
    """Whether the client is a resource server this token is for; no other learns of it (section 4)."""
    return not set(token.audience).isdisjoint(client.resources)


def introspection_response(
    token: AccessToken, *, client: Client, resource_servers: ResourceServers
) -> dict[str, Any]:
    """What an active access token says to this resource server: as RFC 7662 section 2.2, RFC 9470 section
    6.2, RFC 8693 section 7 and RFC 8705 section 3.2 name it, and what the tenant's policy added. Raises
    TemporarilyUnavailable.

    Of a token for others as well, who they are and what it gives there is not told (RFC 7662 section 5): the
    audience and scope are those of the one that asks.
    """
    members = {name: value for name, value in token.claims.items() if name != GRANTED_TO}
    own = tuple(resource for resource in token.audience if resource in client.resources)
    if len(own) < len(token.audience):
        known = scopes_of_resources(own, resource_servers)
        members["aud"] = own[0] if len(own) == 1 else list(own)
        members["scope"] = " ".join(value for value in token.scope if value in known)
    if not members.get("scope"):
        members.pop("scope", None)
    return {**members, "active": True, "token_type": "Bearer"}


def unsigned_introspection_response(
    told: dict[str, Any], *, client: Client, issuer: str, now: int
) -> UnsignedToken:
    """The same as a JWT for this resource server alone (RFC 9701 section 5), by the client_id it asks with.

    Its type is its own and neither `sub` nor `exp` stands beside token_introspection, so that nobody takes
    the answer for a token (section 8.1).
    """
    claims = {"iss": issuer, "aud": client.client_id, "iat": now, "token_introspection": told}
    return UnsignedToken(alg=client.introspection_signed_response_alg, typ=INTROSPECTION_JWT, claims=claims)
