"""RFC 7591 sections 3.1 and 3.2.1: a client registers itself, and is told what it was registered with."""

import time
from typing import Any

import pytest

from tests.support.client_app import unverified
from tests.support.http import Caller
from tests.support.registration import NATIVE, WEB, Registrar, app_of
from tests.support.tenant import Tenant, hash_of
from tests.support.traceability import spec
from tests.support.visit import Visit


def kept(tenant: Tenant, client_id: str) -> dict[str, Any]:
    return tenant.table("Clients").find(id=f"client#{client_id}")


@spec("OIDC-Registration-3.2")
@spec("OIDC-Registration-4.1")
@spec("RFC7592-3")
@spec("RFC7591-3.2.1")
def test_a_confidential_client_is_told_its_secret_and_how_to_manage_its_record(
    registrar: Registrar, tenant: Tenant
) -> None:
    answer = registrar.register()
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    found = answer.json
    assert found["client_secret_expires_at"] == 0
    assert abs(found["client_id_issued_at"] - time.time()) < 60
    uri = f"{registrar.caller.issuer}/register/{found['client_id']}"
    assert found["registration_client_uri"] == uri
    item = kept(tenant, found["client_id"])
    assert item["client_secret_hashes"] == [hash_of(found["client_secret"])]
    assert item["registration_access_token_hashes"] == [hash_of(found["registration_access_token"])]
    for secret in (found["client_secret"], found["registration_access_token"]):
        assert secret not in str(item)


@spec("RFC7591-2.2")
@spec("RFC7591-3.2.1")
def test_all_registered_metadata_is_told_and_kept(registrar: Registrar, tenant: Tenant) -> None:
    asked = {
        **WEB,
        "client_name#fr": "Photos du port",
        "client_uri": "https://app.example.org",
        "logo_uri": "https://app.example.org/logo.png",
        "policy_uri": "https://app.example.org/policy",
        "policy_uri#pt-BR": "https://app.example.org/politica",
        "tos_uri": "https://app.example.org/tos",
        "contacts": ["ada@example.org"],
        "software_id": "4NRB1-0XZABZI9E6-5SM3R",
        "software_version": "2.1",
        "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "id_token_signed_response_alg": "ES256",
        "response_types": ["code"],
        "post_logout_redirect_uris": ["https://app.example.org/bye"],
    }
    found = registrar.registered(asked)
    assert {name: found.get(name) for name in asked} == {**asked, "scope": None}
    assert "client_secret" not in found
    item = kept(tenant, found["client_id"])
    assert item["localized"] == {
        "client_name#fr": "Photos du port",
        "policy_uri#pt-BR": "https://app.example.org/politica",
    }
    assert item["registration"] == "dynamic"


@spec("RFC7591-2")
def test_what_is_left_out_is_as_by_default(registrar: Registrar) -> None:
    found = registrar.registered({"redirect_uris": ["https://app.example.org/callback"]})
    assert found["token_endpoint_auth_method"] == "client_secret_basic"
    assert found["grant_types"] == ["authorization_code"]
    assert found["response_types"] == ["code"]
    assert found["application_type"] == "web"
    assert found["client_name"] == "app.example.org"
    assert "scope" not in found
    unnamed = registrar.registered({"redirect_uris": ["com.example.app:/callback"], "client_name": None})
    assert (unnamed["client_name"], unnamed["application_type"]) == ("Unnamed app", "native")


OURS: dict[str, Any] = {
    "resources": ["https://api.example.com/"],
    "allowed_resources": ["https://api.example.com/"],
    "impersonation": True,
    "exchange_audiences": ["https://api.example.com/"],
    "exchange_subject_audiences": ["https://api.example.com/"],
    "id_jag_audiences": {"https://chat.example": {"client_id": "a"}},
    "rotate_refresh_tokens": False,
    "registration": "operator",
    "client_id": "demo-spa",
    "client_id_issued_at": 1,
    "client_secret": "a" * 86,
    "client_secret_hashes": [hash_of("a" * 86)],
    "registration_access_token_hashes": [hash_of("a")],
    "expires_at": None,
    "localized": {"client_name#fr": "Localized"},
    "unknown_member": {"deep": [1, 2.5, None]},
    "redirect_uris#fr": ["https://evil.example/"],
}


@spec("RFC7591-2")
def test_members_that_are_unknown_or_an_operators_are_ignored(registrar: Registrar, tenant: Tenant) -> None:
    found = registrar.registered({**WEB, **OURS})
    expected = registrar.registered()
    told = {"client_id", "client_id_issued_at", "client_secret", "registration_access_token"}
    told.add("registration_client_uri")
    assert {k: v for k, v in found.items() if k not in told} == {
        k: v for k, v in expected.items() if k not in told
    }
    item = kept(tenant, found["client_id"])
    # What is as by default is not kept.
    operators = ("resources", "allowed_resources", "impersonation", "exchange_audiences", "id_jag_audiences")
    assert not {*operators, "localized"} & item.keys()
    assert item["expires_at"] > time.time()


@spec("RFC7591-3.2.1")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_registered_client_signs_a_person_in_and_refreshes(
    registrar: Registrar, caller: Caller, here: Visit, method: str
) -> None:
    found = registrar.registered(token_endpoint_auth_method=method)
    app = app_of(found, caller)
    here.browser.open("/authorize", app.request(scope=WEB["scope"]))
    assert here.browser.at("/consent")
    answer = here.browser.consent()
    tokens = app.redeem(answer.query["code"]).json
    assert unverified(tokens["id_token"])[1]["aud"] == found["client_id"]
    again = app.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert again.status == 200


@spec("RFC7591-3.2.1")
def test_an_app_on_a_device_is_returned_to_at_any_port(
    registrar: Registrar, caller: Caller, here: Visit
) -> None:
    found = registrar.registered(NATIVE)
    assert found["redirect_uris"] == NATIVE["redirect_uris"]
    assert "registration_access_token" not in found
    app = app_of(found, caller)
    uri = "http://127.0.0.1:60001/callback"
    here.browser.open("/authorize", app.request(redirect_uri=uri, scope="openid"))
    assert here.browser.consent().location.startswith(uri)
