"""OpenID Connect Core section 3.3.2.11: ID tokens beside a code, in the forms that clients register."""

import jwt
import pytest

from tests.support.client_app import verified
from tests.support.client_secret import ciphertext
from tests.support.encryption_key import decrypted, encryption_key, public_jwk
from tests.support.half_hash import half_hash
from tests.support.http import Caller
from tests.support.response_types import every_type, members
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit


@spec("OIDC-Core-3.3.2.11")
@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "code id_token token"])
def test_an_hmac_by_the_clients_secret(caller: Caller, tenant: Tenant, response_type: str) -> None:
    client_id = tenant.client().client_id
    client = every_type(
        tenant,
        client_id=client_id,
        client_secret_ciphertexts=(ciphertext(client_id, SECRET),),
        id_token_signed_response_alg="HS256",
    )
    given = members(visit(caller, tenant, client), response_type)
    claims = jwt.decode(given["id_token"], SECRET, algorithms=["HS256"], audience=client_id)
    beside = {"c_hash": "code", "at_hash": "access_token"}
    hashes = {name: half_hash(given[member], "HS256") for name, member in beside.items() if member in given}
    assert {name: claims[name] for name in beside if name in claims} == hashes


@spec("OIDC-Core-3.3.2.11")
@pytest.mark.parametrize("mode", ["fragment", "form_post"])
def test_encrypted_to_the_clients_key(caller: Caller, tenant: Tenant, mode: str) -> None:
    """What passes through the browser is then for the app alone."""
    key = encryption_key()
    client = every_type(
        tenant,
        jwks={"keys": [public_jwk(key)]},
        id_token_encrypted_response_alg="ECDH-ES",
        id_token_encrypted_response_enc="A256GCM",
    )
    here = visit(caller, tenant, client)
    given = members(here, "code id_token token", mode=mode)
    _, content = decrypted(given["id_token"], key)
    claims = verified(content.decode(), caller, audience=client.client_id)
    assert claims["c_hash"] == half_hash(given["code"], "RS256")
    assert claims["at_hash"] == half_hash(given["access_token"], "RS256")
