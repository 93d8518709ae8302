"""By what a client authenticates, and which algorithms are used with it: RFC 7591 section 2, OpenID Connect
Dynamic Registration section 2.
"""

from typing import get_args

from chalicelib.protocol.client import AuthMethod, Client
from chalicelib.protocol.client_jwk import some_may_encrypt, some_may_verify
from chalicelib.protocol.client_rule import InvalidClientMetadata, is_web
from chalicelib.protocol.supported import (
    ASSERTION_ALGORITHMS,
    CONTENT_ENCRYPTIONS,
    ENCRYPTION_ALGORITHMS,
    ID_TOKEN_ALGORITHMS,
    REQUEST_OBJECT_ALGORITHMS,
    REQUEST_OBJECT_ENCRYPTIONS,
    SECRET_ALGORITHMS,
    SIGNING_ALGORITHMS,
    UNSIGNED,
    USERINFO_ALGORITHMS,
)

# The present one, and the one before it.
MAX_SECRETS = 2
SECRET_METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt")
_SIGNED = {
    "id_token_signed_response_alg": ID_TOKEN_ALGORITHMS,
    "introspection_signed_response_alg": SIGNING_ALGORITHMS,
    "userinfo_signed_response_alg": (None, *USERINFO_ALGORITHMS),
    "request_object_signing_alg": (None, *REQUEST_OBJECT_ALGORITHMS),
}
# Where a method has none, what is registered is of no use, and no harm.
_ASSERTION_ALGORITHMS = {"private_key_jwt": ASSERTION_ALGORITHMS, "client_secret_jwt": SECRET_ALGORITHMS}
# What this server encrypts to a client's own key; and to its own, which the client uses.
_ENCRYPTED_TO_CLIENT = ("id_token_encrypted_response", "userinfo_encrypted_response")
ENCRYPTED = (*_ENCRYPTED_TO_CLIENT, "request_object_encryption")


def check_credentials(client: Client) -> None:
    """Each method has what it needs, and jwks and jwks_uri exclude each other (RFC 7591 section 2)."""
    method = client.token_endpoint_auth_method
    if method not in get_args(AuthMethod):
        raise InvalidClientMetadata(
            f"token_endpoint_auth_method is one of {', '.join(get_args(AuthMethod))}."
        )
    if client.jwks is not None and client.jwks_uri is not None:
        raise InvalidClientMetadata("jwks and jwks_uri exclude each other: give one of both.")
    if client.jwks_uri is not None and not is_web(client.jwks_uri):
        raise InvalidClientMetadata("jwks_uri is an https URL.")
    check_secrets(client)
    if method == "private_key_jwt":
        alg = client.token_endpoint_auth_signing_alg
        algorithms = (alg,) if alg in ASSERTION_ALGORITHMS else ASSERTION_ALGORITHMS
        check_verification_keys(client, algorithms, why="token_endpoint_auth_method private_key_jwt")


def check_secrets(client: Client) -> None:
    """A secret where one is used, encrypted as well where an HMAC is made with it or verified."""
    has_secret = client.token_endpoint_auth_method in SECRET_METHODS
    if client.keeps_secrets and not has_secret:
        raise InvalidClientMetadata(
            f"HS256 takes the client's secret: token_endpoint_auth_method is one of "
            f"{', '.join(SECRET_METHODS)} with it."
        )
    if has_secret != bool(client.client_secret_hashes):
        raise InvalidClientMetadata("A client has a secret exactly where its method uses one.")
    if len(client.client_secret_ciphertexts) != len(client.client_secret_hashes) * client.keeps_secrets:
        raise InvalidClientMetadata("A client's secrets are encrypted exactly where an HMAC needs them.")
    if len(client.client_secret_hashes) > MAX_SECRETS:
        raise InvalidClientMetadata("A client has one secret, or two while one replaces the other.")


def check_algorithms(client: Client) -> None:
    """The algorithms this server signs and verifies with."""
    for name, known in _SIGNED.items():
        if getattr(client, name) not in known:
            raise InvalidClientMetadata(f"{name} is one of {', '.join(filter(None, known))}.")
    alg, method = client.token_endpoint_auth_signing_alg, client.token_endpoint_auth_method
    algorithms = _ASSERTION_ALGORITHMS.get(method, (*ASSERTION_ALGORITHMS, *SECRET_ALGORITHMS))
    if alg is not None and alg not in algorithms:
        raise InvalidClientMetadata(
            f"token_endpoint_auth_signing_alg is one of {', '.join(algorithms)} "
            f"with token_endpoint_auth_method {method}."
        )
    signing = client.request_object_signing_alg
    if signing in ASSERTION_ALGORITHMS:
        check_verification_keys(client, (signing,), why=f"request_object_signing_alg {signing}")
    through_browser = any("id_token" in one.split(" ") for one in client.response_types)
    if client.id_token_signed_response_alg == UNSIGNED and through_browser:
        raise InvalidClientMetadata(
            "id_token_signed_response_alg is none only where no response type has id_token: one that comes "
            "through the browser is signed."
        )


def check_encryption(client: Client) -> None:
    """An `_enc` exactly where there is an `_alg`, and a key of the client's for what is encrypted to it."""
    for name in ENCRYPTED:
        alg, enc = getattr(client, f"{name}_alg"), getattr(client, f"{name}_enc")
        if alg is None and enc is not None:
            raise InvalidClientMetadata(f"{name}_enc is for where {name}_alg is given too.")
        if alg is None:
            continue
        known = ENCRYPTION_ALGORITHMS if name in _ENCRYPTED_TO_CLIENT else REQUEST_OBJECT_ENCRYPTIONS
        if alg not in known:
            raise InvalidClientMetadata(f"{name}_alg is one of {', '.join(known)}.")
        if enc not in CONTENT_ENCRYPTIONS:
            raise InvalidClientMetadata(f"{name}_enc is one of {', '.join(CONTENT_ENCRYPTIONS)}.")
        if name not in _ENCRYPTED_TO_CLIENT or client.jwks_uri is not None:
            continue
        if client.jwks is None:
            raise InvalidClientMetadata(f"jwks or jwks_uri is needed for {name}_alg.")
        if not some_may_encrypt(client.jwks.get("keys", ()), alg):
            raise InvalidClientMetadata(f"jwks has no public key for encryption by {alg}: {name}_alg.")


def check_verification_keys(client: Client, algorithms: tuple[str, ...], *, why: str) -> None:
    """Keys of the client's for signatures by any of the algorithms; those at a jwks_uri are seen when they
    are fetched.
    """
    if client.jwks_uri is not None:
        return
    if client.jwks is None:
        raise InvalidClientMetadata(f"jwks or jwks_uri is needed for {why}.")
    if not some_may_verify(client.jwks.get("keys", ()), algorithms):
        raise InvalidClientMetadata(f"jwks has no public key for signatures by {' or '.join(algorithms)}.")
