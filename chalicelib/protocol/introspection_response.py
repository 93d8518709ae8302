"""The introspection response: RFC 7662 section 2.2."""

from typing import Any

from chalicelib.protocol.access_token import AccessToken
from chalicelib.protocol.client import Client

INACTIVE: dict[str, Any] = {"active": False}

_MEMBERS = ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "auth_time", "acr", "amr", "act")


def is_meant_for(token: AccessToken, client: Client) -> bool:
    """Whether the client is a resource server this token is for; no other learns of it (section 4)."""
    return not set(token.audience).isdisjoint(client.resources)


def introspection_response(token: AccessToken) -> dict[str, Any]:
    """What an active access token says, as section 2.2 and RFC 9470 section 6.2 name it."""
    members = {name: token.claims[name] for name in _MEMBERS if name in token.claims}
    return {"active": True, "token_type": "Bearer", **members}
