"""OpenID Connect Core section 10.2.1: the keys encrypted to, at a client's jwks_uri and over time."""

import json
from typing import Any

import pytest

from chalicelib.composition.client_keys import unavailable_encryption_keys
from chalicelib.composition.encryption import JweEncryption
from chalicelib.outbound.fetched import Fetched
from chalicelib.outbound.fetched_keys import REFETCH_AFTER, FetchedKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequest, TemporarilyUnavailable
from chalicelib.protocol.recipient import ContentEncryption
from chalicelib.protocol.sealing import Sealing
from tests.support.encryption_key import decrypted, encryption_key, public_jwk
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

HOW = ContentEncryption("ECDH-ES", "A128CBC-HS256")
OLD, NEW = encryption_key("P-256", "old"), encryption_key("P-256", "new")


def client_at(tenant: Tenant, jwks_uri: str, **changes: Any) -> Client:
    return tenant.public_client(
        **changes,
        jwks_uri=jwks_uri,
        id_token_encrypted_response_alg=HOW.alg,
        id_token_encrypted_response_enc=HOW.enc,
        userinfo_encrypted_response_alg=HOW.alg,
        userinfo_encrypted_response_enc=HOW.enc,
    )


@spec("OIDC-Core-10.2.1")
def test_keys_are_read_where_the_client_has_them_and_kept(
    caller: Caller, tenant: Tenant, origin: Origin
) -> None:
    url = origin.serve("/encryption-keys", json.dumps({"keys": [public_jwk(OLD)]}))
    known = visit(caller, tenant, client_at(tenant, url))
    for _ in range(2):
        tokens = known.app.redeem(known.code()).json
        assert decrypted(tokens["id_token"], OLD)[0]["kid"] == "old"
    assert origin.asked("/encryption-keys") == 1
    answer = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert json.loads(decrypted(answer.body, OLD)[1])["sub"] == known.person.sub


@spec("OIDC-Core-10.2.1")
@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error"])
def test_where_they_cannot_be_had_nothing_is_sent_and_the_code_is_good_later(
    caller: Caller, tenant: Tenant, origin: Origin, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    path = f"/encryption-keys-{status[:3]}"
    known = visit(caller, tenant, client_at(tenant, origin.serve(path, "{}", status=status)))
    code = known.code()
    answer = known.app.redeem(code)
    assert (answer.status, answer.error) == (503, "temporarily_unavailable")
    line = last_log(capsys, code)
    assert (line["reason"], status[:3] in line["jwks_uri_error"]) == ("jwks_uri_unavailable", True)
    assert known.grant(code)["state"] == "approved"


@spec("OIDC-Core-10.2.1")
def test_what_is_fetched_for_a_client_that_registered_itself_is_counted(
    caller: Caller, tenant: Tenant, origin: Origin
) -> None:
    url = origin.serve("/keys-of-a-stranger", json.dumps({"keys": [public_jwk(OLD)]}))
    known = visit(caller, tenant, client_at(tenant, url, registration="dynamic"))
    tokens = known.app.redeem(known.code(scope="openid")).json
    assert decrypted(tokens["id_token"], OLD)[0]["kid"] == "old"
    answer = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert decrypted(answer.body, OLD)[0]["kid"] == "old"


class Served:
    """What stands at a jwks_uri, without a network; `clock` is what FetchedKeys goes by."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.clock, self.asked = 0.0, 0

    def fetch(self, url: str, **_: Any) -> Fetched:
        del url
        self.asked += 1
        return Fetched(json.dumps({"keys": self.keys}).encode(), None, "application/json")

    def sealing(self) -> Sealing:
        keys = FetchedKeys[Client](
            unavailable=unavailable_encryption_keys, fetch=self.fetch, clock=lambda: self.clock
        )
        return Sealing(signer=Nobody(), secrets=Nobody, keys=keys, encryption=JweEncryption())


class Nobody:
    """Signs nothing, and knows no secret."""

    def sign(self, tokens: Any) -> list[str]:
        assert not tokens
        return []

    def decrypt(self, client_id: str, ciphertext: str) -> str | None:
        del client_id, ciphertext
        raise AssertionError


AT = Client(
    client_id="app",
    client_name="App",
    token_endpoint_auth_method="none",
    jwks_uri="https://client.example/jwks",
)


@spec("OIDC-Core-10.2.1")
def test_keys_that_have_become_unfit_are_read_again_once() -> None:
    served = Served(public_jwk(OLD, use="sig"))
    sealing = served.sealing()
    for _ in range(3):
        with pytest.raises(InvalidRequest):
            sealing.encryption_key(AT, HOW)
    # Read, and read again as none was fit; not once a request.
    assert served.asked == 2
    served.keys = [public_jwk(NEW)]
    served.clock += REFETCH_AFTER
    assert sealing.encryption_key(AT, HOW).header["kid"] == "new"
    assert served.asked == 3


@spec("OIDC-Core-10.2.1")
def test_a_new_key_is_used_once_what_was_read_is_too_old() -> None:
    served = Served(public_jwk(OLD))
    sealing = served.sealing()
    assert sealing.encryption_key(AT, HOW).header["kid"] == "old"
    served.keys = [public_jwk(NEW)]
    served.clock += 86_400
    assert sealing.encryption_key(AT, HOW).header["kid"] == "new"


def test_what_is_told_of_keys_that_cannot_be_had_says_nothing_of_where_they_are() -> None:
    error = unavailable_encryption_keys(AT, "the answer is 404")
    assert isinstance(error, TemporarilyUnavailable)
    assert "client.example" not in error.description
