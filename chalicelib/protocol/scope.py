"""Scope: RFC 6749 section 3.3 and OpenID Connect Core section 5.4."""

import re
from collections.abc import Iterable

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidScope
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.supported import OPENID_SCOPES

MAX_SCOPE_TOKENS = 100

_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E ]*")


def parse_scope(text: str | None) -> tuple[str, ...] | None:
    """The scope tokens in their order, each once; None where the parameter is absent.

    Raises InvalidScope for characters outside RFC 6749 section 3.3 and for too many.
    """
    if text is None:
        return None
    if not _SCOPE.fullmatch(text):
        raise InvalidScope("The scope holds characters it may not.", reason="scope_malformed")
    tokens = tuple(dict.fromkeys(token for token in text.split(" ") if token))
    if len(tokens) > MAX_SCOPE_TOKENS:
        raise InvalidScope("The scope is too long.", reason="scope_malformed")
    return tokens or None


def authorized_scope(
    requested: tuple[str, ...] | None,
    *,
    client: Client,
    servers: Iterable[ResourceServer],
    refreshable: bool = True,
) -> tuple[str, ...]:
    """The scope an authorization request may ask a person for.

    Unknown values are ignored in an OpenID request (OpenID Connect Core section 3.1.2.1) and refused
    in any other. Without a scope, the client's own for these resources. offline_access falls away
    for a client that has no refresh tokens, and for a request that is not `refreshable` (OpenID Connect Core
    section 11). Raises InvalidScope.
    """
    servers = tuple(servers)
    known = scope_of(servers)
    registered = registered_scope(client, servers)
    if requested is None:
        requested = tuple(token for token in registered if token in known and token not in OPENID_SCOPES)
    understood = tuple(token for token in requested if token in known or token in OPENID_SCOPES)
    if "openid" not in requested and len(understood) < len(requested):
        raise InvalidScope("A scope value is not known for this resource.", reason="scope_unknown")
    if not set(understood) <= set(registered):
        raise InvalidScope("The client may not ask for this scope.", reason="scope_not_allowed")
    if not refreshable or "refresh_token" not in client.grant_types:
        understood = tuple(token for token in understood if token != "offline_access")  # noqa: S105
    if not understood:
        raise InvalidScope("The request asks for no scope.", reason="scope_empty")
    return understood


def client_scope(
    requested: tuple[str, ...] | None, *, client: Client, servers: Iterable[ResourceServer]
) -> tuple[str, ...]:
    """The scope a client gets for itself; OpenID scopes need a person. Raises InvalidScope."""
    servers = tuple(servers)
    known = scope_of(servers)
    registered = registered_scope(client, servers)
    if requested is None:
        return tuple(token for token in registered if token in known)
    if not set(requested) <= known:
        raise InvalidScope("A scope value is not known for this resource.", reason="scope_unknown")
    if not set(requested) <= set(registered):
        raise InvalidScope("The client may not ask for this scope.", reason="scope_not_allowed")
    return requested


def registered_scope(client: Client, servers: Iterable[ResourceServer]) -> tuple[str, ...]:
    """What the client may ask for. One nobody has looked at need not have said so when it was registered
    (RFC 7591 section 2): then all that these resource servers have, which are open to it, and of a person
    what they are asked for.
    """
    if not client.unverified or client.scope:
        return client.scope
    return (*OPENID_SCOPES, *(name for server in servers for name in server.scopes))


def narrowed_scope(
    requested: tuple[str, ...] | None, *, granted: tuple[str, ...], servers: Iterable[ResourceServer]
) -> tuple[str, ...]:
    """The scope of one access token of a grant: what is asked of what was granted, as far as these
    resource servers understand it (RFC 6749 section 6, RFC 8707 section 2.2). Raises InvalidScope
    where more is asked than was granted, and where nothing of what is asked would be left.
    """
    if requested is not None and not set(requested) <= set(granted):
        raise InvalidScope("The scope is wider than granted.", reason="scope_wider")
    understood = scope_of(servers) | set(OPENID_SCOPES)
    narrowed = tuple(token for token in (requested or granted) if token in understood)
    if requested is not None and not narrowed:
        raise InvalidScope("A scope value is not known for this resource.", reason="scope_unknown")
    return narrowed


def scope_of(servers: Iterable[ResourceServer]) -> set[str]:
    """Every scope value these resource servers understand."""
    return {token for server in servers for token in server.scopes}
