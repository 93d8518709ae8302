"""Client credentials: RFC 6749 section 4.4. The client acts for itself; there is no person and no grant."""

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued, RandomText
from chalicelib.protocol.errors import UnauthorizedClient
from chalicelib.protocol.issuing import issue_tokens
from chalicelib.protocol.jws import Signer
from chalicelib.protocol.resource import ResourceServers, find_resource_servers
from chalicelib.protocol.scope import client_scope
from chalicelib.protocol.settings import Settings


def issue_for_client(
    request: AccessTokenRequest,
    *,
    settings: Settings,
    resource_servers: ResourceServers,
    signer: Signer,
    random: RandomText,
) -> Issued:
    """An access token whose `sub` is the client (RFC 9068 section 2.2), without a refresh token
    (RFC 6749 section 4.4.3). Raises UnauthorizedClient, InvalidTarget, InvalidScope.
    """
    client = request.client
    # RFC 6749 section 4.4: only confidential clients.
    if client.public:
        raise UnauthorizedClient("A public client has no credentials.", reason="client_public")
    servers = find_resource_servers(
        request.resources, client=client, resource_servers=resource_servers, audience=settings.audience
    )
    scope = client_scope(request.scope, client=client, servers=servers)
    return Issued(
        issue_tokens(
            client=client,
            sub=client.client_id,
            scope=scope,
            servers=servers,
            settings=settings,
            signer=signer,
            random=random,
            now=request.now,
        )
    )
