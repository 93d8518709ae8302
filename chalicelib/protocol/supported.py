"""The values this server serves, where a specification leaves a choice: what its rules go by and what it
tells of itself (RFC 8414 section 2). This imports nothing, so that telling takes no time.
"""

OPENID_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")
# OAuth 2.0 Multiple Response Type Encoding Practices, and the Form Post Response Mode; the words of a type in
# the order of the alphabet, which is that of the specifications too.
RESPONSE_TYPES = ("code", "none")
RESPONSE_MODES = ("query", "fragment", "form_post")
# With a token or an ID token in the response, where the tenant has the implicit grant on: implicit (RFC 6749
# section 4.2, OpenID Connect Core section 3.2) and hybrid (section 3.3).
IMPLICIT_RESPONSE_TYPES = (
    "token",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
)
# What a client may be registered with (OpenID Connect Dynamic Registration section 2).
REGISTRABLE_RESPONSE_TYPES = (*RESPONSE_TYPES, *IMPLICIT_RESPONSE_TYPES)
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
# How pages are shown (OpenID Connect Core section 3.1.2.1); the first where nothing known is asked for.
DISPLAYS = ("page", "popup", "touch")
# The languages of the pages (BCP 47).
UI_LOCALES = ("en", "fr", "de", "es", "ja", "ar")
CODE_CHALLENGE_METHODS = ("S256",)
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a grant type
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANT_TYPES = (
    "authorization_code",
    "client_credentials",
    "refresh_token",
    DEVICE_CODE,
    TOKEN_EXCHANGE,
    JWT_BEARER,
)
# What a client may register itself for, which are grants of people who are asked; and what else, where an
# operator's token says so.
DYNAMIC_GRANT_TYPES = ("authorization_code", "refresh_token", DEVICE_CODE)
# For migration only (RFC 9700 sections 2.1.2 and 2.4): each is off but where the tenant has it on.
PASSWORD = "password"  # noqa: S105 - a grant type
IMPLICIT = "implicit"
MIGRATION_GRANT_TYPES = (PASSWORD, IMPLICIT)
REGISTRABLE_GRANT_TYPES = (*DYNAMIC_GRANT_TYPES, "client_credentials", IMPLICIT)
# Only a client that authenticates may use these: it acts for others.
CONFIDENTIAL_GRANT_TYPES = ("client_credentials", TOKEN_EXCHANGE, JWT_BEARER, PASSWORD)
# RFC 8693 section 3, and the identity assertion authorization grant's own.
TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"  # noqa: S105 - the beginning of a name
ID_JAG = TOKEN_TYPE + "id-jag"
ID_JAG_PROFILE = "urn:ietf:params:oauth:grant-profile:id-jag"
CLIENT_AUTH_METHODS = (
    "none",
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
)
CONFIDENTIAL_AUTH_METHODS = CLIENT_AUTH_METHODS[1:]
# By the keys of others, and with the secrets of clients. RFC 9864: EdDSA is Ed25519 by an older name.
ASSERTION_ALGORITHMS = ("ES256", "PS256", "RS256", "Ed25519", "EdDSA")
SECRET_ALGORITHMS = ("HS256", "HS384", "HS512")
OPAQUE = "opaque"
ACCESS_TOKEN_FORMATS = ("jwt", OPAQUE)
# What the tenant's own keys sign with; EdDSA where it has a key for it.
EDDSA = "EdDSA"
SIGNING_ALGORITHMS = ("RS256", "ES256", "PS256", EDDSA)
SUBJECT_TYPES = ("public", "pairwise")
# What a client may be registered with (OpenID Connect Dynamic Registration section 2). `none` of an ID token
# is for those that come from the token endpoint; HS256 takes the client's secret.
UNSIGNED = "none"
HMAC = "HS256"
ID_TOKEN_ALGORITHMS = (*SIGNING_ALGORITHMS, HMAC, UNSIGNED)
USERINFO_ALGORITHMS = ID_TOKEN_ALGORITHMS
REQUEST_OBJECT_ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA", "HS256", UNSIGNED)
# RSA-OAEP is with SHA-1, whose weakness is in collisions, on which this does not rest: older clients have
# nothing else.
ENCRYPTION_ALGORITHMS = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW", "RSA-OAEP")
CONTENT_ENCRYPTIONS = ("A128CBC-HS256", "A256GCM", "A128GCM", "A256CBC-HS512")
# Of these, what requests may be encrypted by to keys of the tenant, which are in KMS.
REQUEST_OBJECT_ENCRYPTIONS = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
DEFAULT_CONTENT_ENCRYPTION = "A128CBC-HS256"

# How well a sign-in proves who somebody is, the weakest first (protocol/authentication_context.py).
ACR_PASSWORD = "urn:keyturn:acr:pwd"  # noqa: S105 - a name
ACR_VALUES = (ACR_PASSWORD,)
# What an ID token says beside who somebody is (OpenID Connect Core section 2), as far as it is worth asking.
AUTHENTICATION_CLAIMS = ("auth_time", "acr", "amr")

# OpenID Connect Core section 5.4.
CLAIMS_OF_SCOPE = {
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
