"""RFC 8414 section 2, OpenID Connect Discovery section 3: the algorithms that are announced are those that a
client may register itself with, in each setting of a tenant.
"""

from typing import Any

import pytest

from tests.support.client_key import client_key
from tests.support.encryption_key import encryption_key, public_jwk
from tests.support.environment import changed_environment
from tests.support.registration import WEB, Registrar
from tests.support.traceability import spec

ALGS = ("RS256", "RS384", "ES256", "ES384", "PS256", "EdDSA", "Ed25519", "HS256", "HS512", "none")
KEY_CIPHERS = (
    "RSA-OAEP-256",
    "RSA-OAEP",
    "RSA1_5",
    "ECDH-ES",
    "ECDH-ES+A128KW",
    "ECDH-ES+A192KW",
    "ECDH-ES+A256KW",
    "A128KW",
    "dir",
)
CIPHERS = ("A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM")


def metadata(registrar: Registrar) -> dict[str, Any]:
    found: dict[str, Any] = registrar.caller.get("/.well-known/openid-configuration").json
    return found


@spec("RFC8414-2")
@spec("OIDC-Discovery-3")
@pytest.mark.parametrize("on", ["on", "off", ""])
def test_each_algorithm_that_is_announced_can_be_registered_and_no_other_can(
    registrar: Registrar, on: str
) -> None:
    members = ("id_token_signed_response_alg", "userinfo_signed_response_alg")
    with changed_environment(EDDSA_KEY=on):
        told = metadata(registrar)
        for member in members:
            taken = {alg for alg in ALGS if registrar.register(WEB, **{member: alg}).status == 201}
            announced = told[member.replace("signed_response_alg", "signing_alg_values_supported")]
            assert taken == set(announced)
            assert ("EdDSA" in announced) is (on == "on")


@spec("RFC8414-2")
@spec("OIDC-Discovery-3")
@pytest.mark.parametrize("on", ["on", "off", ""])
@pytest.mark.parametrize("what", ["id_token", "userinfo", "request_object"])
def test_each_cipher_that_is_announced_can_be_registered_and_no_other_can(
    registrar: Registrar, what: str, on: str
) -> None:
    """As with EdDSA: what a client was registered with and could never use would be a trap."""
    jwks = {"keys": [public_jwk(encryption_key(kind)) for kind in ("RSA", "P-256")]}
    member = f"{what}_encryption" if what == "request_object" else f"{what}_encrypted_response"
    with changed_environment(REQUEST_OBJECT_ENCRYPTION=on):
        told = metadata(registrar)
        for part, values in (("alg", KEY_CIPHERS), ("enc", CIPHERS)):
            usual: dict[str, Any] = {f"{member}_alg": "ECDH-ES", f"{member}_enc": "A256GCM"}
            taken = {
                value
                for value in values
                if registrar.register(WEB, jwks=jwks, **{**usual, f"{member}_{part}": value}).status == 201
            }
            assert taken == set(told.get(f"{what}_encryption_{part}_values_supported", ()))
            assert bool(taken) is (what != "request_object" or on == "on")


@spec("RFC8414-2")
@spec("OIDC-Discovery-3")
def test_each_algorithm_of_requests_that_is_announced_can_be_registered_and_no_other_can(
    registrar: Registrar,
) -> None:
    keys = {"keys": [client_key(alg, alg).jwk() for alg in ("RS256", "PS256", "ES256", "EdDSA")]}
    taken = {
        alg
        for alg in ALGS
        if registrar.register(WEB, jwks=keys, request_object_signing_alg=alg).status == 201
    }
    assert taken == set(metadata(registrar)["request_object_signing_alg_values_supported"])
