"""RFC 7592 section 2.2: a client comes to client_secret_jwt, and goes from it."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_key import ASSERTION_TYPE
from tests.support.client_secret import registered_assertion
from tests.support.http import Caller
from tests.support.refusal import assert_json_error
from tests.support.registration import WEB, Registrar, app_of, path_of
from tests.support.tenant import Tenant, hash_of
from tests.support.traceability import spec
from tests.support.wire import nothing_written

METHOD = "client_secret_jwt"
REFRESH = {"grant_type": "refresh_token", "refresh_token": "none"}
BY_KEY = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example.org/jwks"}


def replaced(registrar: Registrar, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What is known of the client after a replacement: a secret it is not told again stays."""
    document = {**WEB, "client_id": made["client_id"], **changes}
    answer = registrar.send("PUT", path_of(made), document, token=made["registration_access_token"])
    assert answer.status == 200, (answer.status, answer.body)
    told: dict[str, Any] = answer.json
    return told


def authenticates(caller: Caller, found: dict[str, Any], *, secret: str = "", alg: str = "HS256") -> bool:
    assertion = registered_assertion(found, caller.issuer, secret=secret, alg=alg)
    by_hmac = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    answer = caller.post("/token", {**REFRESH, **by_hmac})
    assert answer.error in {"invalid_grant", "invalid_client"}
    return answer.error == "invalid_grant"


def kept(tenant: Tenant, found: dict[str, Any]) -> dict[str, Any]:
    return tenant.table("Clients").find(id=f"client#{found['client_id']}")


@spec("RFC7592-2.2")
@pytest.mark.parametrize("before", [{}, BY_KEY], ids=["a secret", "a key"])
def test_who_comes_to_it_is_told_a_new_secret_once(
    registrar: Registrar, caller: Caller, before: dict[str, Any]
) -> None:
    made = registrar.registered(**before)
    come = replaced(
        registrar, made, token_endpoint_auth_method=METHOD, token_endpoint_auth_signing_alg="HS512"
    )
    assert come["client_secret"] != made.get("client_secret")
    assert come["client_secret_expires_at"] == 0
    assert authenticates(caller, come, alg="HS512")
    if "client_secret" in made:
        assert not authenticates(caller, come, secret=made["client_secret"], alg="HS512")
        assert app_of(made, caller).token(REFRESH).error == "invalid_client"
    read = registrar.send("GET", path_of(come), token=come["registration_access_token"]).json
    assert "client_secret" not in read
    assert read["token_endpoint_auth_signing_alg"] == "HS512"


@spec("RFC7592-2.2")
def test_the_secret_stays_while_the_method_does(registrar: Registrar, caller: Caller, tenant: Tenant) -> None:
    made = registrar.registered(token_endpoint_auth_method=METHOD)
    before = kept(tenant, made)
    again = replaced(
        registrar,
        made,
        token_endpoint_auth_method=METHOD,
        client_name="Renamed",
        client_secret=made["client_secret"],
    )
    assert "client_secret" not in again
    for name in ("client_secret_hashes", "client_secret_ciphertexts"):
        assert kept(tenant, made)[name] == before[name]
    assert authenticates(caller, made)


@spec("RFC7592-2.2")
def test_who_goes_to_another_method_of_secrets_keeps_it_and_it_is_encrypted_no_more(
    registrar: Registrar, caller: Caller, tenant: Tenant
) -> None:
    made = registrar.registered(token_endpoint_auth_method=METHOD)
    gone = replaced(registrar, made, token_endpoint_auth_method="client_secret_basic")
    assert "client_secret" not in gone
    item = kept(tenant, made)
    assert item["client_secret_hashes"] == [hash_of(made["client_secret"])]
    assert not item.get("client_secret_ciphertexts")
    assert app_of({**made, **gone}, caller).token(REFRESH).error == "invalid_grant"
    assert not authenticates(caller, made)


@spec("RFC7592-2.2")
def test_a_client_replaces_its_secret_by_going_and_coming_back(
    registrar: Registrar, caller: Caller, tenant: Tenant
) -> None:
    hs512 = {"token_endpoint_auth_method": METHOD, "token_endpoint_auth_signing_alg": "HS512"}
    made = registrar.registered(**hs512)
    assert authenticates(caller, made, alg="HS512")
    by_key = replaced(registrar, made, **BY_KEY)
    assert "client_secret" not in by_key
    gone = kept(tenant, made)
    assert not gone.get("client_secret_hashes")
    assert not gone.get("client_secret_ciphertexts")
    back = replaced(registrar, by_key, **hs512)
    assert back["client_secret"] != made["client_secret"]
    assert authenticates(caller, back, alg="HS512")
    assert not authenticates(caller, back, secret=made["client_secret"], alg="HS512")


@spec("RFC7592-2.2")
@pytest.mark.parametrize("alg", ["ES256", "none", "HS1"])
def test_an_algorithm_that_is_no_hmac_is_refused_and_changes_nothing(
    registrar: Registrar, stack: LocalStack, alg: str
) -> None:
    made = registrar.registered()
    document = {**WEB, "client_id": made["client_id"], "token_endpoint_auth_method": METHOD}
    document["token_endpoint_auth_signing_alg"] = alg
    token = made["registration_access_token"]
    with nothing_written(stack):
        answer = registrar.send("PUT", path_of(made), document, token=token)
    assert_json_error(answer, "invalid_client_metadata")
    assert registrar.send("GET", path_of(made), token=token).status == 200
