"""draft-ietf-oauth-client-id-metadata-document sections 3 to 5.1: what is no client."""

import json
from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher, document
from tests.support.client_key import client_key
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_page, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit

INVALID: dict[str, dict[str, Any]] = {
    "another client_id": {"client_id": "https://harbour.example/client.json"},
    "no client_id": {"client_id": None},
    "a secret": {"client_secret": "secret"},
    "client_secret_basic": {"token_endpoint_auth_method": "client_secret_basic"},
    "client_secret_jwt": {"token_endpoint_auth_method": "client_secret_jwt"},
    "no name": {"client_name": None},
    "no redirect_uris": {"redirect_uris": None},
    "redirect_uris of scripts": {"redirect_uris": ["javascript:alert(1)"]},
    "a private key": {"jwks": {"keys": [{**client_key("ES256", "one").jwk(), "d": "AAAA"}]}},
    "grants without people": {"grant_types": ["client_credentials"]},
}


@spec("CIMD-5.1")
@pytest.mark.parametrize("case", INVALID)
def test_a_document_that_does_not_hold_is_told_to_the_person_alone(
    caller: Caller, here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    app = ClientApp(publisher.publish(**INVALID[case]), caller)
    app.redirect_uri = "https://app.example.com/callback"
    with unchanged():
        assert_page(here.browser.open("/authorize", app.request()))
    log = last_log(capsys)
    assert (log["error"], log["reason"]) == ("invalid_request", "client_metadata_invalid")
    assert log["client_id"] == app.client.client_id
    assert "document" not in (publisher.kept(app.client.client_id) or {})


@spec("CIMD-5.1")
def test_a_page_tells_the_makers_of_an_app_what_is_wrong_with_it(
    here: Visit, publisher: Publisher, caller: Caller
) -> None:
    app = ClientApp(publisher.publish(client_secret="secret"), caller)
    page = here.browser.open("/authorize", app.request())
    assert "client_secret can&#39;t stand in a document that anybody may read." in page.body


@spec("CIMD-5.1")
@pytest.mark.parametrize("status", ["302 Found", "404 No", "500 No"])
def test_without_a_document_there_is_no_client(
    here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    url = publisher.url()
    publisher.serve(url, json.dumps(document(url)), status=status, location="/clients/other.json")
    request = here.app.request(client_id=url)
    with unchanged():
        assert_page(here.browser.open("/authorize", request))
    reason = "client_metadata_unavailable" if status.startswith("500") else "client_metadata_invalid"
    assert last_log(capsys)["reason"] == reason
    # It is not asked for again at once, and not remembered for longer.
    assert_page(here.browser.open("/authorize", request))
    assert last_log(capsys)["reason"] == "client_metadata_unavailable"
    assert publisher.fetched(url) == 1


@spec("CIMD-5.1")
def test_a_device_is_told_in_the_shape_of_its_endpoint(
    caller: Caller, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    url = publisher.publish(client_secret="secret").client_id
    with unchanged():
        answer = caller.post("/device_authorization", {"client_id": url, "scope": "openid"})
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys)["reason"] == "client_metadata_invalid"


@spec("CIMD-4.2")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/callback",
        "https://app.example.com/callback/",
        "https://app.example.com/callback?a=b",
        "HTTPS://app.example.com/callback",
        "https://app.example.com:443/callback",
    ],
)
def test_only_a_redirect_uri_of_the_document_is_redirected_to(
    caller: Caller, here: Visit, publisher: Publisher, redirect_uri: str
) -> None:
    app = ClientApp(publisher.publish(), caller)
    assert_page(here.browser.open("/authorize", app.request(redirect_uri=redirect_uri)))


NOT_FETCHED = {
    "http, on an origin that is not the tenant's": "http://127.0.0.1:1/client.json",
    "loopback": "https://127.0.0.1/client.json",
    "no path": "{origin}",
    "a fragment": "{origin}/client.json#a",
    "two dots": "{origin}/a/../client.json",
    "a user": "{user}/client.json",
    "too long": "{origin}/" + "a" * 600,
}


@spec("CIMD-3")
@pytest.mark.parametrize("case", NOT_FETCHED)
def test_what_is_no_client_identifier_url_is_fetched_from_nowhere(
    here: Visit, publisher: Publisher, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    origin = publisher.origin
    url = NOT_FETCHED[case].format(
        origin=origin.address, user=origin.address.replace("http://", "http://ada@")
    )
    before = origin.connections
    assert_page(here.browser.open("/authorize", here.app.request(client_id=url)))
    assert last_log(capsys)["reason"] == "client_unknown"
    assert origin.connections == before


@pytest.mark.parametrize("path", ["/token", "/revoke", "/introspect"])
def test_a_client_nobody_began_with_is_fetched_by_no_other_request(
    caller: Caller, publisher: Publisher, tenant: Tenant, path: str
) -> None:
    del tenant
    url = publisher.publish().client_id
    fields = {"grant_type": "refresh_token", "refresh_token": "a.b.c", "token": "a", "client_id": url}
    with unchanged():
        assert_json_error(caller.post(path, fields), "invalid_client", status=401)
    assert publisher.fetched(url) == 0
