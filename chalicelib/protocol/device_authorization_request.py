"""The device authorization request: RFC 8628 section 3.1."""

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import UnauthorizedClient
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.resource import ResourceServer, ResourceServers, find_resource_servers
from chalicelib.protocol.scope import authorized_scope, parse_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import DEVICE_CODE
from chalicelib.record import Record


class DeviceAuthorizationRequest(Record, kw_only=True):
    """A request that holds: what a person will be asked to allow the device's client."""

    client: Client
    scope: tuple[str, ...]
    servers: tuple[ResourceServer, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        """The identifiers of the resource servers it asks tokens for."""
        return tuple(server.resource for server in self.servers)


def check_device_authorization_request(
    parameters: Parameters, *, client: Client, resource_servers: ResourceServers, settings: Settings
) -> DeviceAuthorizationRequest:
    """The same rules for scope and resource as at the authorization endpoint.

    Raises UnauthorizedClient, InvalidScope, InvalidTarget.
    """
    return check_device_request(
        parse_scope(parameters.get("scope")),
        parameters.all("resource"),
        client=client,
        resource_servers=resource_servers,
        settings=settings,
    )


def check_device_request(
    scope: tuple[str, ...] | None,
    resources: tuple[str, ...],
    *,
    client: Client,
    resource_servers: ResourceServers,
    settings: Settings,
) -> DeviceAuthorizationRequest:
    """The same of values: once more when a person decides, as the client may have changed since."""
    if DEVICE_CODE not in client.grant_types:
        raise UnauthorizedClient("The client may not use this grant_type.", reason="grant_type_not_allowed")
    servers = find_resource_servers(
        resources,
        client=client,
        resource_servers=resource_servers,
        audience=settings.audience,
        issuer=settings.issuer,
    )
    return DeviceAuthorizationRequest(
        client=client, scope=authorized_scope(scope, client=client, servers=servers), servers=servers
    )
