"""draft-ietf-oauth-client-id-metadata-document section 1: from a client's URL to its tokens."""

from typing import Any

import pytest

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import DEVICE_CODE
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, verified
from tests.support.client_documents import OPEN, Publisher
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key
from tests.support.device import Device, connect
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, assert_offered
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

KEY = client_key("ES256", "one")


@spec("CIMD-1")
def test_a_client_is_known_by_its_document_alone(caller: Caller, here: Visit, publisher: Publisher) -> None:
    app = ClientApp(publisher.publish(), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid offline_access read", resource=OPEN)
    claims = verified(tokens["access_token"], caller, audience=OPEN)
    assert claims["client_id"] == app.client.client_id
    assert claims["scope"] == "openid offline_access read"
    again = app.refresh(tokens["refresh_token"])
    assert again.status == 200, again.body
    assert publisher.fetched(app.client.client_id) == 1


@spec("CIMD-1")
def test_its_tokens_are_good_where_all_tokens_are(caller: Caller, here: Visit, publisher: Publisher) -> None:
    _, server = here.tenant.resource_server(OPEN, open_to_unverified_clients=True)
    api = ClientApp(server, caller)
    app = ClientApp(publisher.publish(), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid offline_access read", resource=OPEN)
    found = api.post("/introspect", {"token": tokens["access_token"]}).json
    assert (found["active"], found["client_id"]) == (True, app.client.client_id)
    ours = app.tokens(here.browser, here.person, scope="openid profile")
    assert caller.get("/userinfo", authorization=f"Bearer {ours['access_token']}").status == 200
    assert app.post("/revoke", {"token": tokens["refresh_token"]}).status == 200
    assert not api.post("/introspect", {"token": tokens["access_token"]}).json["active"]


@spec("CIMD-1")
def test_a_device_is_known_by_its_document_too(
    caller: Caller, tenant: Tenant, here: Visit, publisher: Publisher
) -> None:
    client = publisher.publish(grant_types=[DEVICE_CODE, "refresh_token"], redirect_uris=None)
    tv = Device(ClientApp(client, caller), tenant).ask(scope="openid profile")
    page = connect(here.browser, here.person, tv.user_code)
    assert page.status == 200
    assert tv.tokens()["scope"] == "openid profile"


@spec("CIMD-1")
def test_a_client_signs_out(caller: Caller, tenant: Tenant, browser: Browser, publisher: Publisher) -> None:
    after = "https://app.example.com/signed-out"
    app = ClientApp(publisher.publish(post_logout_redirect_uris=[after]), caller)
    hint = app.tokens(browser, tenant.person(), scope="openid")["id_token"]
    fields = {"id_token_hint": hint, "post_logout_redirect_uri": after, "client_id": app.client.client_id}
    assert browser.open("/end_session", fields).location == after


def authenticated(caller: Caller, client: Client, fields: dict[str, Any]) -> Answer:
    """An access token request with an assertion by KEY."""
    assertion = KEY.sign(assertion_claims(caller, client))
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return caller.post("/token", {**fields, **proof})


def redemption(app: ClientApp, code: str) -> dict[str, Any]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "code_verifier": app.code_verifier,
    }


@spec("CIMD-8.2")
@pytest.mark.parametrize("by_uri", [False, True], ids=["jwks", "jwks_uri"])
def test_a_client_with_keys_authenticates_by_them(
    caller: Caller, here: Visit, publisher: Publisher, *, by_uri: bool
) -> None:
    keys = {"keys": [KEY.jwk()]}
    jwks_uri = publisher.serve_json(publisher.url(), keys) if by_uri else None
    app = ClientApp(
        publisher.publish(
            token_endpoint_auth_method="private_key_jwt",
            jwks_uri=jwks_uri,
            jwks=None if by_uri else keys,
        ),
        caller,
    )
    fields = redemption(app, app.code(here.browser, here.person))
    # RFC 7523 section 2.2 is a MUST: naming itself is not enough.
    bare = caller.post("/token", {**fields, "client_id": app.client.client_id})
    assert_json_error(bare, "invalid_client", status=401)
    assert authenticated(caller, app.client, fields).status == 200


@spec("CIMD-4.2")
def test_an_app_on_the_device_has_any_port_and_is_asked_about_each_time(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    client = publisher.publish(redirect_uris=["http://localhost/callback", "http://127.0.0.1/callback"])
    app = ClientApp(client, caller, redirect_uri="http://127.0.0.1:49152/callback")
    for _ in range(2):
        page = here.browser.open("/authorize", app.request(scope="openid"))
        assert here.browser.at("/consent")
        assert "Did you start this?" in page.body
        assert "an app on this device" in page.body
        assert here.browser.consent().location.startswith("http://127.0.0.1:49152/callback?")


@spec("CIMD-8.5")
def test_consent_is_remembered_for_this_url_and_no_other(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app = ClientApp(publisher.publish(), caller)
    app.code(here.browser, here.person, scope="openid")
    assert "code" in here.browser.open("/authorize", app.request(scope="openid")).query
    other = ClientApp(publisher.publish(), caller)
    here.browser.open("/authorize", other.request(scope="openid"))
    assert here.browser.at("/consent")


def test_it_may_not_ask_for_servers_that_are_not_open_to_it(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app = ClientApp(publisher.publish(scope="openid read"), caller)
    answer = here.browser.open("/authorize", app.request(scope="read", resource=API))
    assert_offered(answer, app, "invalid_target")


def test_it_needs_pkce(caller: Caller, here: Visit, publisher: Publisher) -> None:
    app = ClientApp(publisher.publish(), caller)
    bare = app.request(code_challenge=None, code_challenge_method=None)
    assert_offered(here.browser.open("/authorize", bare), app, "invalid_request")


@spec("CIMD-7.2")
def test_a_client_that_was_registered_by_such_a_url_is_not_fetched(
    caller: Caller, tenant: Tenant, here: Visit, publisher: Publisher
) -> None:
    url = publisher.publish(client_name="The document's").client_id
    app = ClientApp(tenant.public_client(client_id=url, client_name="The operator's"), caller)
    page = here.browser.open("/authorize", app.request(scope="openid"))
    assert "The operator&#39;s" in page.body or "The operator's" in page.body
    assert "Not verified." not in page.body
    assert app.redeem(here.browser.consent().query["code"]).status == 200
    assert publisher.fetched(url) == 0


@spec("CIMD-3")
def test_the_longest_url_is_a_name_everywhere(caller: Caller, here: Visit, publisher: Publisher) -> None:
    url = publisher.url().ljust(512, "a")
    app = ClientApp(publisher.publish(url), caller)
    tokens = app.tokens(here.browser, here.person, scope="openid profile offline_access")
    assert verified(tokens["access_token"], caller)["client_id"] == url
    assert "code" in here.browser.open("/authorize", app.request(scope="openid")).query
    assert app.refresh(tokens["refresh_token"]).status == 200
    bearer = f"Bearer {tokens['access_token']}"
    assert caller.get("/userinfo", authorization=bearer).status == 200
