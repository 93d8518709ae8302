"""RFC 7517: the published keys, public parts only, each saying what it is for."""

import base64
from typing import Any

import pytest

from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

# RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def answer(caller: Caller) -> Answer:
    return caller.get("/jwks")


@pytest.fixture
def keys(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json["keys"]
    return found


def size(text: str) -> int:
    """How many bytes a base64url text holds; without padding (RFC 7515 section 2)."""
    assert "=" not in text
    return len(base64.urlsafe_b64decode(text + "=="))


@spec("RFC7517-5")
def test_the_set_is_one_member_of_keys_to_be_kept_an_hour(answer: Answer) -> None:
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.cookies == ()
    assert set(answer.json) == {"keys"}


@spec("RFC7517-4")
def test_there_is_a_p256_key_for_es256_and_an_rsa_key_of_2048_bits(keys: list[dict[str, Any]]) -> None:
    (elliptic,) = [key for key in keys if (key["kty"], key["use"]) == ("EC", "sig")]
    assert set(elliptic) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (elliptic["crv"], elliptic["alg"]) == ("P-256", "ES256")
    assert (size(elliptic["x"]), size(elliptic["y"])) == (32, 32)
    (rsa,) = [key for key in keys if (key["kty"], key["use"]) == ("RSA", "sig")]
    # It signs RS256 and PS256, so it names neither (section 4.4: alg is optional).
    assert set(rsa) == {"kty", "n", "e", "kid", "use"}
    assert size(rsa["n"]) >= 256
    assert rsa["e"] == "AQAB"


@spec("RFC7517-4.2")
def test_every_key_says_what_it_is_for_and_those_for_signatures_come_first(
    keys: list[dict[str, Any]],
) -> None:
    """Those that clients encrypt to: tests/conformance/oidc_core/test_6_1_encrypted_request.py."""
    uses = [key["use"] for key in keys]
    assert uses == sorted(uses, reverse=True)
    assert set(uses) == {"sig", "enc"}


@spec("RFC7517-4.5")
def test_every_key_has_a_kid_of_its_own(keys: list[dict[str, Any]]) -> None:
    assert len({key["kid"] for key in keys}) == len(keys)


@spec("RFC7517-9.2")
def test_no_private_member_is_published(keys: list[dict[str, Any]]) -> None:
    assert not [name for key in keys for name in key if name in PRIVATE]


@spec("RFC7517-4.5")
def test_every_token_names_a_published_key_of_its_algorithm(
    caller: Caller, tenant: Tenant, keys: list[dict[str, Any]]
) -> None:
    kinds = {key["kid"]: key["kty"] for key in keys}
    for alg, kind in {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}.items():
        known = visit(caller, tenant, tenant.public_client(id_token_signed_response_alg=alg))
        tokens = known.app.redeem(known.code()).json
        assert kinds[unverified(tokens["id_token"])[0]["kid"]] == kind
        assert kinds[unverified(tokens["access_token"])[0]["kid"]] == "EC"
    service = ClientApp(tenant.client(), caller)
    token = service.token({"grant_type": "client_credentials"}).json["access_token"]
    assert unverified(token)[0]["kid"] in kinds


@spec("RFC7517-5")
def test_the_set_is_the_same_at_every_look(caller: Caller, answer: Answer) -> None:
    assert caller.get("/jwks", {"kid": "anything"}).json == answer.json


def test_head_get_and_preflight_are_served_and_no_other_method(caller: Caller) -> None:
    head = caller.send("HEAD", "/jwks")
    assert (head.status, head.headers["content-type"]) == (200, "application/jwk-set+json")
    preflight = caller.send("OPTIONS", "/jwks", headers={"origin": "https://app.example.com"})
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    refused = caller.post("/jwks")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    assert refused.headers["cache-control"] == "no-store"
