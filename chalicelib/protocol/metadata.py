"""What this server says of itself: RFC 8414 section 2, OpenID Connect Discovery section 3."""

from typing import Any

from chalicelib.protocol import supported
from chalicelib.protocol.settings import Settings


def metadata(settings: Settings) -> dict[str, Any]:
    """The document, the same at every well-known path. Every member is true of this server."""
    issuer = settings.issuer
    assertion_algorithms = [*supported.ASSERTION_ALGORITHMS, *supported.SECRET_ALGORITHMS]
    client_algorithms = [*settings.signing_algorithms, supported.HMAC, supported.UNSIGNED]
    by_themselves = {"registration_endpoint": f"{issuer}/register"}
    in_the_browser = {"check_session_iframe": f"{issuer}/check_session_iframe"}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "revocation_endpoint": f"{issuer}/revoke",
        "introspection_endpoint": f"{issuer}/introspect",
        "userinfo_endpoint": f"{issuer}/userinfo",
        **(by_themselves if settings.dynamic_registration != "off" else {}),
        "end_session_endpoint": f"{issuer}/end_session",
        **(in_the_browser if settings.session_management else {}),
        "jwks_uri": f"{issuer}/jwks",
        "scopes_supported": list(supported.OPENID_SCOPES),
        "response_types_supported": list(settings.response_types),
        "response_modes_supported": list(supported.RESPONSE_MODES),
        "grant_types_supported": [*supported.GRANT_TYPES, *settings.migration_grant_types],
        "code_challenge_methods_supported": list(supported.CODE_CHALLENGE_METHODS),
        "token_endpoint_auth_methods_supported": list(supported.CLIENT_AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "revocation_endpoint_auth_methods_supported": list(supported.CLIENT_AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "introspection_endpoint_auth_methods_supported": list(supported.CONFIDENTIAL_AUTH_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": assertion_algorithms,
        "introspection_signing_alg_values_supported": list(settings.signing_algorithms),
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": settings.client_id_metadata_documents,
        "identity_chaining_requested_token_types_supported": [supported.ID_JAG],
        "authorization_grant_profiles_supported": [supported.ID_JAG_PROFILE],
        "subject_types_supported": list(supported.SUBJECT_TYPES),
        "id_token_signing_alg_values_supported": client_algorithms,
        "id_token_encryption_alg_values_supported": list(supported.ENCRYPTION_ALGORITHMS),
        "id_token_encryption_enc_values_supported": list(supported.CONTENT_ENCRYPTIONS),
        "userinfo_signing_alg_values_supported": client_algorithms,
        "userinfo_encryption_alg_values_supported": list(supported.ENCRYPTION_ALGORITHMS),
        "userinfo_encryption_enc_values_supported": list(supported.CONTENT_ENCRYPTIONS),
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub",
            *(name for names in supported.CLAIMS_OF_SCOPE.values() for name in names),
            *supported.AUTHENTICATION_CLAIMS,
        ],
        "acr_values_supported": list(supported.ACR_VALUES),
        "prompt_values_supported": sorted(supported.PROMPTS),
        "display_values_supported": list(supported.DISPLAYS),
        "ui_locales_supported": list(supported.UI_LOCALES),
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(supported.REQUEST_OBJECT_ALGORITHMS),
        **(_ENCRYPTED_REQUESTS if settings.request_object_encryption else {}),
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
    }


_ENCRYPTED_REQUESTS = {
    "request_object_encryption_alg_values_supported": list(supported.REQUEST_OBJECT_ENCRYPTIONS),
    "request_object_encryption_enc_values_supported": list(supported.CONTENT_ENCRYPTIONS),
}
