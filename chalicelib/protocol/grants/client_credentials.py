"""Client credentials: RFC 6749 section 4.4. The client acts for itself; there is no person and no grant."""

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.errors import UnauthorizedClient
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.scope import client_scope


def issue_for_client(request: AccessTokenRequest, *, issuer: TokenIssuer) -> Issued:
    """An access token whose `sub` is the client (RFC 9068 section 2.2), without a refresh token
    (RFC 6749 section 4.4.3). Raises UnauthorizedClient, InvalidTarget, InvalidScope.
    """
    client = request.client
    # RFC 6749 section 4.4: only confidential clients.
    if client.public:
        raise UnauthorizedClient("A public client has no credentials.", reason="client_public")
    servers = issuer.find_servers(request.resources, client=client)
    scope = client_scope(request.scope, client=client, servers=servers)
    return Issued(
        issuer.issue(
            grant_type=request.grant_type,
            client=client,
            sub=client.client_id,
            scope=scope,
            servers=servers,
            now=request.now,
        )
    )
