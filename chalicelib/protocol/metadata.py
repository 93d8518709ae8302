"""What this server says of itself: RFC 8414 section 2, OpenID Connect Discovery section 3."""

from typing import Any

from chalicelib.protocol import authorization_request
from chalicelib.protocol.claims import CLAIMS_OF_SCOPE
from chalicelib.protocol.client_authentication import private_key_jwt
from chalicelib.protocol.pkce import METHODS
from chalicelib.protocol.scope import OPENID_SCOPES
from chalicelib.protocol.settings import Settings

GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token")
CLIENT_AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")
CONFIDENTIAL_AUTH_METHODS = CLIENT_AUTH_METHODS[1:]
ID_TOKEN_ALGORITHMS = ("RS256", "ES256", "PS256")


def metadata(settings: Settings) -> dict[str, Any]:
    """The document, the same at every well-known path. Every member is true of this server."""
    issuer = settings.issuer
    assertion_algorithms = list(private_key_jwt.ALGORITHMS)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "revocation_endpoint": f"{issuer}/revoke",
        "introspection_endpoint": f"{issuer}/introspect",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "end_session_endpoint": f"{issuer}/end_session",
        "jwks_uri": f"{issuer}/jwks",
        "scopes_supported": list(OPENID_SCOPES),
        "response_types_supported": list(authorization_request.RESPONSE_TYPES),
        "response_modes_supported": list(authorization_request.RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": list(METHODS),
        "token_endpoint_auth_methods_supported": list(CLIENT_AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "revocation_endpoint_auth_methods_supported": list(CLIENT_AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_AUTH_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "authorization_response_iss_parameter_supported": True,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ID_TOKEN_ALGORITHMS),
        "claim_types_supported": ["normal"],
        "claims_supported": ["sub", *(name for names in CLAIMS_OF_SCOPE.values() for name in names)],
        "prompt_values_supported": sorted(authorization_request.PROMPTS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
