"""OpenID Connect Discovery section 3: each member is true, found out by doing what it says."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.protocol.supported import SIGNING_ALGORITHMS
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, path_of, unverified, verified
from tests.support.http import Caller
from tests.support.request_object import members, refer, send, unsigned
from tests.support.tenant import ADA, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@pytest.fixture
def metadata(caller: Caller) -> dict[str, Any]:
    document: dict[str, Any] = caller.get("/.well-known/openid-configuration").json
    return document


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant, tenant.public_client())


@spec("OIDC-Discovery-3")
def test_every_required_member_is_there(metadata: dict[str, Any]) -> None:
    assert {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "userinfo_endpoint",
        "scopes_supported",
        "claims_supported",
    } <= set(metadata)
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert "openid" in metadata["scopes_supported"]


@spec("OIDC-Discovery-3")
def test_the_endpoints_are_urls_of_the_issuer_without_query_or_fragment(
    caller: Caller, metadata: dict[str, Any]
) -> None:
    urls = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(urls) == 9
    for url in urls:
        parts = urlsplit(url)
        assert url.startswith(caller.issuer + "/")
        assert (parts.query, parts.fragment) == ("", "")


@spec("OIDC-Discovery-3")
def test_a_whole_sign_in_needs_the_document_and_nothing_else(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    """From the authorization endpoint to signing out, every address is read from the document."""
    app, browser, person = ClientApp(tenant.client(), caller), Browser(caller), tenant.person()
    browser.open(path_of(metadata["authorization_endpoint"]), app.request())
    browser.sign_in(person)
    code = browser.consent().query["code"]
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
    tokens = app.post(path_of(metadata["token_endpoint"]), {**grant, "code_verifier": app.code_verifier}).json
    bearer = f"Bearer {tokens['access_token']}"
    assert caller.get(path_of(metadata["userinfo_endpoint"]), authorization=bearer).json["sub"] == person.sub
    keys = caller.get(path_of(metadata["jwks_uri"])).json["keys"]
    assert unverified(tokens["id_token"])[0]["kid"] in {key["kid"] for key in keys}
    _, resource_server = tenant.resource_server()
    asked = {"token": tokens["access_token"]}
    asker = ClientApp(resource_server, caller)
    introspection, revocation = metadata["introspection_endpoint"], metadata["revocation_endpoint"]
    assert asker.post(path_of(introspection), asked).json["active"] is True
    assert app.post(path_of(revocation), asked).status == 200
    assert asker.post(path_of(introspection), asked).json == {"active": False}
    hint = {"id_token_hint": tokens["id_token"]}
    assert "You are signed out" in browser.open(path_of(metadata["end_session_endpoint"]), hint).body


@spec("OIDC-Discovery-3")
def test_every_scope_can_be_asked_for_and_is_granted(known: Visit, metadata: dict[str, Any]) -> None:
    scope = " ".join(metadata["scopes_supported"])
    tokens = known.app.tokens(known.browser, known.person, scope=scope)
    assert sorted(tokens["scope"].split()) == sorted(metadata["scopes_supported"])


@spec("OIDC-Discovery-3")
def test_every_claim_is_given_to_who_has_all_scopes_and_no_other_is(
    caller: Caller, tenant: Tenant, known: Visit, metadata: dict[str, Any]
) -> None:
    names = metadata["claims_supported"]
    assert len(set(names)) == len(names)
    of_the_sign_in = {"sub", "auth_time", "acr", "amr"}
    everything: dict[str, Any] = {
        name: ADA.get(name, f"a {name}") for name in names if name not in of_the_sign_in
    }
    person = tenant.person(**everything, password_hint="not a claim of any scope")
    scope = " ".join(metadata["scopes_supported"])
    tokens = known.app.tokens(Browser(caller), person, scope=scope)
    claims = caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}").json
    assert claims == {"sub": person.sub, **everything}
    said = unverified(tokens["id_token"])[1]
    assert set(names) == {*claims, *(name for name in of_the_sign_in if name in said)}
    assert said["acr"] in metadata["acr_values_supported"]
    assert len(metadata["acr_values_supported"]) == 1


@spec("OIDC-Discovery-3")
def test_every_algorithm_of_the_published_keys_signs_id_tokens(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    with_keys = [
        one for one in metadata["id_token_signing_alg_values_supported"] if one in SIGNING_ALGORITHMS
    ]
    assert set(with_keys) == set(SIGNING_ALGORITHMS)
    for alg in with_keys:
        known = visit(caller, tenant, tenant.public_client(id_token_signed_response_alg=alg))
        id_token = known.app.redeem(known.code()).json["id_token"]
        assert unverified(id_token)[0]["alg"] == alg
        assert verified(id_token, caller, audience=known.app.client.client_id)["sub"] == known.person.sub


@spec("OIDC-Discovery-3")
def test_subjects_are_public_the_same_at_every_client(
    caller: Caller, tenant: Tenant, metadata: dict[str, Any]
) -> None:
    assert metadata["subject_types_supported"] == ["public", "pairwise"]
    subjects = set()
    for host in ("one.example.com", "two.example.com"):
        uris = (f"https://{host}/callback",)
        known = visit(caller, tenant, tenant.public_client(redirect_uris=uris))
        subjects.add(unverified(known.app.redeem(known.code()).json["id_token"])[1]["sub"])
    assert len(subjects) == 1


@spec("OIDC-Discovery-3")
@pytest.mark.parametrize("prompt", ["none", "login", "consent", "select_account"])
def test_every_prompt_is_understood(known: Visit, metadata: dict[str, Any], prompt: str) -> None:
    assert prompt in metadata["prompt_values_supported"]
    assert len(metadata["prompt_values_supported"]) == 4
    answer = known.answer(prompt=prompt)
    page = {"none": None, "login": "/login", "consent": "/consent", "select_account": "/login"}[prompt]
    assert known.browser.at(page) if page else "code" in answer.query


@spec("OIDC-Discovery-3")
def test_requests_may_be_objects_by_value_and_where_they_were_registered(
    known: Visit, metadata: dict[str, Any]
) -> None:
    assert metadata["request_parameter_supported"] is True
    assert "none" in metadata["request_object_signing_alg_values_supported"]
    assert "code" in send(known, unsigned(members(known.app))).query
    assert metadata["request_uri_parameter_supported"] is True
    assert metadata["require_request_uri_registration"] is True
    answer = refer(known, "https://app.example.com/not-registered")
    assert answer.query["error"] == "invalid_request_uri"


@spec("OIDC-Discovery-3")
def test_the_claims_parameter_is_served(known: Visit, metadata: dict[str, Any]) -> None:
    assert metadata["claims_parameter_supported"] is True
    code = known.code(claims='{"id_token":{"email":{"essential":true}}}')
    assert "email" in unverified(known.app.redeem(code).json["id_token"])[1]


@spec("OIDC-Discovery-3")
def test_claims_are_plain_values(known: Visit, metadata: dict[str, Any]) -> None:
    assert metadata["claim_types_supported"] == ["normal"]
    bearer = f"Bearer {known.app.redeem(known.code()).json['access_token']}"
    claims = known.app.caller.get("/userinfo", authorization=bearer).json
    assert not {"_claim_names", "_claim_sources"} & set(claims)


@spec("OIDC-Discovery-3")
def test_nothing_is_announced_that_is_not_tested_here_or_for_rfc_8414(metadata: dict[str, Any]) -> None:
    """A member that is added needs a test that it is true."""
    assert set(metadata) == {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "device_authorization_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "jwks_uri",
        "scopes_supported",
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "code_challenge_methods_supported",
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "revocation_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "introspection_signing_alg_values_supported",  # RFC 9701
        "authorization_response_iss_parameter_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        # tests/conformance/oidc_core/test_10_1_signing.py, test_10_2_encryption.py
        "id_token_encryption_alg_values_supported",
        "id_token_encryption_enc_values_supported",
        "userinfo_signing_alg_values_supported",
        "userinfo_encryption_alg_values_supported",
        "userinfo_encryption_enc_values_supported",
        "claim_types_supported",
        "claims_supported",
        "prompt_values_supported",
        "acr_values_supported",
        # tests/conformance/oidc_core/test_3_1_2_1_ui_locales.py
        "display_values_supported",
        "ui_locales_supported",
        "claims_parameter_supported",
        "request_parameter_supported",
        "request_uri_parameter_supported",
        # tests/conformance/oidc_core/test_6_*
        "require_request_uri_registration",
        "request_object_signing_alg_values_supported",
        "check_session_iframe",  # tests/conformance/oidc_session
        # tests/conformance/oidc_backchannel
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        # tests/conformance/oidc_frontchannel
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "request_object_encryption_alg_values_supported",
        "request_object_encryption_enc_values_supported",
        # tests/conformance/rfc7591
        "registration_endpoint",
        # tests/conformance/cimd
        "client_id_metadata_document_supported",
        # tests/conformance/id_jag
        "identity_chaining_requested_token_types_supported",
        "authorization_grant_profiles_supported",
    }
