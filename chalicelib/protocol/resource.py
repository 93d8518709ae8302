"""Resource servers and resource indicators: RFC 8707."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidTarget
from chalicelib.record import Record, field

MAX_RESOURCES = 10


class ResourceServer(Record, kw_only=True):
    """One resource server: `resource` is its identifier (an absolute URI, the `aud` of its tokens),
    `scopes` maps each scope value it understands to the words a person reads at consent.

    `exchange_clients` are the clients that may call it on behalf of people, by exchanging tokens for others;
    `exchange_scopes` says of a scope value of its own which values a token must have (one of them) that is
    exchanged for it. A value without an entry is given for itself.

    Clients nobody of the tenant has looked at get tokens for it where it is `open_to_unverified_clients`.

    `access_token_format` is `jwt` (RFC 9068) or `opaque` (opaque_token.py). `authorization_details_types` are
    the types of RFC 9396 that it understands, each with a JSON Schema: kept for it, not served yet.
    """

    resource: str
    resource_name: str
    scopes: Mapping[str, str] = field(default_factory=dict, hash=False)
    access_token_lifetime: int | None = None
    access_token_signing_alg: str = "ES256"
    access_token_format: str = "jwt"
    authorization_details_types: Mapping[str, Any] = field(default_factory=dict, hash=False)
    exchange_clients: tuple[str, ...] = ()
    exchange_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    open_to_unverified_clients: bool = False


class ResourceServers(Protocol):
    """Where resource servers are found. A record may be up to 60 seconds old."""

    def get(self, resource: str) -> ResourceServer | None: ...


def find_resource_servers(
    resources: tuple[str, ...],
    *,
    client: Client,
    resource_servers: ResourceServers,
    audience: str,
    issuer: str,
) -> tuple[ResourceServer, ...]:
    """The resource servers a request names, in its order (RFC 8707 section 2); where it names none,
    the tenant's `audience`, which needs no record. Raises InvalidTarget for a malformed, unknown or
    forbidden one.

    A request of an unverified client that names none is for the `issuer` alone, which is to say for
    nothing but who the person is, where the tenant's audience is not open to such clients; its grant
    names the issuer then.
    """
    if len(resources) > MAX_RESOURCES:
        raise InvalidTarget("Too many resource parameters.", reason="resource_too_many")
    return tuple(
        _find(
            resource,
            named=bool(resources),
            client=client,
            resource_servers=resource_servers,
            audience=audience,
            issuer=issuer,
        )
        for resource in dict.fromkeys(resources or (audience,))
    )


def _find(
    resource: str,
    *,
    named: bool,
    client: Client,
    resource_servers: ResourceServers,
    audience: str,
    issuer: str,
) -> ResourceServer:
    check_resource_syntax(resource)
    if client.unverified and resource == issuer != audience:
        return _without_scopes(issuer)
    server = resource_servers.get(resource)
    if server is None:
        if resource != audience:
            raise InvalidTarget("The resource is not known to this server.", reason="resource_unknown")
        # An audience nobody registered has no scopes, so there is nothing to keep a client from.
        return _without_scopes(audience)
    if client.unverified and not server.open_to_unverified_clients and (not named or resource == issuer):
        return _without_scopes(issuer)
    if not _may_ask(client, server):
        raise InvalidTarget("The client may not ask for this resource.", reason="resource_not_allowed")
    return server


def _without_scopes(resource: str) -> ResourceServer:
    return ResourceServer(resource=resource, resource_name="")


def _may_ask(client: Client, server: ResourceServer) -> bool:
    if client.unverified and not server.open_to_unverified_clients:
        return False
    return client.allowed_resources is None or server.resource in client.allowed_resources


def narrowed_resources(requested: tuple[str, ...], *, granted: tuple[str, ...]) -> tuple[str, ...]:
    """The resources of one access token of a grant: those asked, or all that were granted
    (RFC 8707 section 2.2). Raises InvalidTarget where another is asked.
    """
    for resource in requested:
        check_resource_syntax(resource)
        if resource not in granted:
            raise InvalidTarget("The resource was not granted.", reason="resource_not_granted")
    return requested or granted


def scopes_of_resources(resources: Iterable[str], resource_servers: ResourceServers) -> set[str]:
    """Every scope value these resources understand, as far as there are records of them."""
    found = map(resource_servers.get, resources)
    return {scope for server in found if server is not None for scope in server.scopes}


def check_resource_syntax(resource: str) -> None:
    """RFC 8707 section 2: an absolute URI without a fragment. Raises InvalidTarget."""
    try:
        parts = urlsplit(resource)
    except ValueError:
        raise InvalidTarget("The resource is not a URI.", reason="resource_malformed") from None
    if not parts.scheme or not (parts.netloc or parts.path) or "#" in resource or not resource.isprintable():
        raise InvalidTarget(
            "The resource must be an absolute URI without a fragment.", reason="resource_malformed"
        )
