"""A resource server's side of OAuth, for APIs that accept the access tokens of a Keyturn tenant.

`ResourceServer.authorize` is the whole of it; the other modules are its parts and, for API Gateway, what
puts it before a Lambda function. Needs PyJWT with cryptography, and nothing else.
"""

from keyturn_resource_server.access_token import AccessToken, AccessTokens, InvalidTokenError, JwtAccessTokens
from keyturn_resource_server.api_gateway import authorizer, metadata_handler, protected
from keyturn_resource_server.challenge import RefusedError
from keyturn_resource_server.dpop import InvalidProofError, ProofVerifier
from keyturn_resource_server.introspection import IntrospectedAccessTokens, JwtOrOpaqueAccessTokens
from keyturn_resource_server.issuer import Issuer, IssuerUnavailableError
from keyturn_resource_server.metadata import ProtectedResource, well_known_path
from keyturn_resource_server.replays import MemoryReplays, Replays
from keyturn_resource_server.resource_server import Request, ResourceServer
from keyturn_resource_server.step_up import SignIn

__all__ = [
    "AccessToken",
    "AccessTokens",
    "IntrospectedAccessTokens",
    "InvalidProofError",
    "InvalidTokenError",
    "Issuer",
    "IssuerUnavailableError",
    "JwtAccessTokens",
    "JwtOrOpaqueAccessTokens",
    "MemoryReplays",
    "ProofVerifier",
    "ProtectedResource",
    "RefusedError",
    "Replays",
    "Request",
    "ResourceServer",
    "SignIn",
    "authorizer",
    "metadata_handler",
    "protected",
    "well_known_path",
]
