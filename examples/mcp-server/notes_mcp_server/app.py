"""The notes behind access tokens of one issuer, over streamable HTTP."""

from urllib.parse import urlsplit

from mcp.server.transport_security import TransportSecuritySettings

from keyturn_resource_server import Issuer, JwtAccessTokens, ProtectedResource, ResourceServer
from notes_mcp_server.notes import READ, SCOPES_OF_TOOL, notes_server
from notes_mcp_server.protection import ProtectedApplication


def create_app(issuer: str, resource: str) -> ProtectedApplication:
    """The ASGI application. `resource` is its canonical URI: the URL clients are given, the identifier it is
    registered with at the issuer, and the `aud` of its tokens.
    """
    parts = urlsplit(resource)
    # No sessions, as every request carries its token: any instance may answer any of them.
    application = notes_server().streamable_http_app(
        streamable_http_path=parts.path or "/",
        json_response=True,
        stateless_http=True,
        # Against DNS rebinding: this host alone, and no pages of browsers but its own.
        transport_security=TransportSecuritySettings(
            allowed_hosts=[parts.netloc], allowed_origins=[f"{parts.scheme}://{parts.netloc}"]
        ),
    )
    server = ResourceServer(
        ProtectedResource(
            resource=resource,
            authorization_servers=(issuer,),
            # What everybody needs; more is asked for by the tool that needs it.
            scopes_supported=(READ,),
            resource_name="Notes for assistants",
        ),
        JwtAccessTokens(Issuer(issuer), resource),
    )
    return ProtectedApplication(application, server, base=(READ,), scopes_of_tool=SCOPES_OF_TOOL)
