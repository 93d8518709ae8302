"""RFC 7591 section 2, client_secret_jwt: a client registers itself, and proves by an HMAC that it knows the
secret it was told.
"""

from typing import Any

import pytest

from tests.support.client_key import ASSERTION_TYPE
from tests.support.client_secret import registered_assertion
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error
from tests.support.registration import WEB, Registrar, app_of
from tests.support.tenant import Tenant, hash_of
from tests.support.traceability import spec
from tests.support.visit import Visit

METHOD = "client_secret_jwt"


def refreshes(caller: Caller, found: dict[str, Any], **how: Any) -> Answer:
    """A request of the client with a refresh token there is not: invalid_grant, once it is known who asks."""
    assertion = registered_assertion(found, caller.issuer, **how)
    return caller.post(
        "/token",
        {
            "grant_type": "refresh_token",
            "refresh_token": "none",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        },
    )


@spec("RFC7591-2")
def test_a_client_of_an_hmac_signs_a_person_in(registrar: Registrar, caller: Caller, here: Visit) -> None:
    found = registrar.registered(token_endpoint_auth_method=METHOD, token_endpoint_auth_signing_alg="HS512")
    app = app_of(found, caller)
    here.browser.open("/authorize", app.request(scope=WEB["scope"]))
    code = here.browser.consent().query["code"]
    by_assertion = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "code_verifier": app.code_verifier,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": registered_assertion(found, caller.issuer, alg="HS512"),
    }
    answer = caller.post("/token", by_assertion)
    assert answer.status == 200, answer.body
    assert {"access_token", "id_token", "refresh_token"} <= set(answer.json)


@spec("RFC7591-2")
@pytest.mark.parametrize("alg", [None, "HS256", "HS384", "HS512"])
def test_the_algorithm_is_kept_and_no_other_is_taken(
    registrar: Registrar, caller: Caller, alg: str | None
) -> None:
    found = registrar.registered(token_endpoint_auth_method=METHOD, token_endpoint_auth_signing_alg=alg)
    assert found["token_endpoint_auth_method"] == METHOD
    assert found.get("token_endpoint_auth_signing_alg") == alg
    for used in ("HS256", "HS384", "HS512"):
        answer = refreshes(caller, found, alg=used)
        if used == (alg or "HS256"):
            assert_json_error(answer, "invalid_grant")
        else:
            assert_json_error(answer, "invalid_client", status=401)


@spec("RFC7591-3.2.1")
def test_the_secret_is_told_once_and_kept_encrypted_for_this_client(
    registrar: Registrar, caller: Caller, tenant: Tenant
) -> None:
    found = registrar.registered(token_endpoint_auth_method=METHOD)
    secret = found["client_secret"]
    assert len(secret) >= 64, "as long as the hash of HS512 (RFC 7518 section 3.2)"
    item = tenant.table("Clients").find(id=f"client#{found['client_id']}")
    assert item["client_secret_hashes"] == [hash_of(secret)]
    assert len(item["client_secret_ciphertexts"]) == 1
    assert secret not in str(item)
    # Into another client's record it opens nothing: it is bound to its client_id.
    other = registrar.registered(token_endpoint_auth_method=METHOD)
    record = tenant.table("Clients").find(id=f"client#{other['client_id']}")
    tenant.table("Clients").change(
        record, client_secret_ciphertexts=item["client_secret_ciphertexts"], purge_at=None
    )
    assert_json_error(refreshes(caller, other, secret=secret), "invalid_client", status=401)


@spec("RFC7591-2")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_the_secret_itself_is_not_taken(registrar: Registrar, caller: Caller, method: str) -> None:
    found = registrar.registered(token_endpoint_auth_method=METHOD)
    app = app_of({**found, "token_endpoint_auth_method": method}, caller)
    assert_json_error(
        app.token({"grant_type": "refresh_token", "refresh_token": "none"}), "invalid_client", status=401
    )


@spec("RFC7591-2")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_of_any_other_client_nothing_but_the_hash_is_kept(
    registrar: Registrar, caller: Caller, tenant: Tenant, method: str
) -> None:
    found = registrar.registered(token_endpoint_auth_method=method)
    item = tenant.table("Clients").find(id=f"client#{found['client_id']}")
    assert not item.get("client_secret_ciphertexts")
    assert_json_error(refreshes(caller, found), "invalid_client", status=401)
