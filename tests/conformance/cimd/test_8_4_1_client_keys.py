"""draft-ietf-oauth-client-id-metadata-document section 8.4.1: keys that come and go."""

from typing import Any

import pytest

from chalicelib.protocol.client import Client
from tests.support.client_app import ClientApp
from tests.support.client_documents import Publisher
from tests.support.client_key import ASSERTION_TYPE, ClientKey, assertion_claims, client_key
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error
from tests.support.request_object import members
from tests.support.traceability import spec
from tests.support.visit import Visit

OLD, NEW = client_key("ES256", "old"), client_key("ES256", "new")
METHOD: dict[str, Any] = {"token_endpoint_auth_method": "private_key_jwt"}


def keys(*them: ClientKey) -> dict[str, Any]:
    return {**METHOD, "jwks": {"keys": [one.jwk() for one in them]}}


def redeem(caller: Caller, app: ClientApp, code: str, key: ClientKey) -> Answer:
    """An access token request with an assertion by this key."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "code_verifier": app.code_verifier,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": key.sign(assertion_claims(caller, app.client)),
    }
    return caller.post("/token", fields)


def kept_app(caller: Caller, here: Visit, publisher: Publisher, **kept: Any) -> tuple[ClientApp, str]:
    """A client with a code, of which a document with its OLD key is kept."""
    url = publisher.url()
    publisher.keep(url, **keys(OLD))
    client = Client(
        client_id=url,
        client_name="Harbour",
        token_endpoint_auth_method="private_key_jwt",
        redirect_uris=("https://app.example.com/callback",),
    )
    app = ClientApp(client, caller)
    code = app.code(here.browser, here.person, scope="openid")
    publisher.keep(url, **{**keys(OLD), **kept})
    return app, code


@spec("CIMD-8.4.1")
def test_a_new_key_is_found_before_the_document_is_old(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app, code = kept_app(caller, here, publisher, age=120)
    publisher.publish(app.client.client_id, **keys(NEW))
    assert redeem(caller, app, code, NEW).status == 200
    assert publisher.fetched(app.client.client_id) == 1


@spec("CIMD-8.4.1")
def test_a_key_that_was_taken_away_is_refused_from_the_next_fetch_on(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    app, code = kept_app(caller, here, publisher, age=90_000, fresh_for=-60)
    publisher.publish(app.client.client_id, **keys(NEW))
    assert_json_error(redeem(caller, app, code, OLD), "invalid_client", status=401)
    assert redeem(caller, app, code, NEW).status == 200


@spec("CIMD-8.6")
@pytest.mark.parametrize("age", [0, 120])
def test_whoever_signs_with_unknown_keys_has_nothing_fetched_again_and_again(
    caller: Caller, here: Visit, publisher: Publisher, age: int
) -> None:
    app, code = kept_app(caller, here, publisher, age=age)
    publisher.publish(app.client.client_id, **keys(OLD))
    for number in range(4):
        stranger = client_key("ES256", f"stranger-{number}")
        assert_json_error(redeem(caller, app, code, stranger), "invalid_client", status=401)
    assert publisher.fetched(app.client.client_id) == (1 if age else 0)
    assert redeem(caller, app, code, OLD).status == 200


@spec("CIMD-8.2")
def test_keys_are_public_ones_alone_in_a_document_too(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    jwks = {"keys": [{**OLD.jwk(), "d": "AAAA"}]}
    jwks_uri = publisher.serve_json(publisher.url(), jwks)
    app = ClientApp(publisher.publish(**METHOD, jwks_uri=jwks_uri), caller)
    assert here.browser.open("/authorize", app.request()).status == 400


@spec("CIMD-8.4.1")
def test_a_request_signed_by_a_new_key_has_the_document_read_again(
    caller: Caller, here: Visit, publisher: Publisher
) -> None:
    url = publisher.url()
    publisher.keep(url, age=120, **keys(OLD))
    publisher.publish(url, **keys(NEW))
    client = Client(
        client_id=url,
        client_name="Harbour",
        token_endpoint_auth_method="private_key_jwt",
        redirect_uris=("https://app.example.com/callback",),
    )
    request = NEW.sign(members(ClientApp(client, caller), scope="openid", state="signed"))
    answer = here.browser.authorize(here.person, {"client_id": url, "request": request})
    assert answer.query["state"] == "signed"
    assert publisher.fetched(url) == 1
