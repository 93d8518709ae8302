"""OpenID Connect Dynamic Registration section 2: response types, grant types and where they return to."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import Registrar
from tests.support.traceability import spec
from tests.support.wire import nothing_written

WEB: dict[str, Any] = {"redirect_uris": ["https://app.example.org/callback?tenant=a%20b&x"]}
CODE, IMPLICIT = "authorization_code", "implicit"
# The table of section 2; `none` takes no grant.
GRANT_TYPES_OF = {
    "code": [CODE],
    "id_token": [IMPLICIT],
    "id_token token": [IMPLICIT],
    "code id_token": [CODE, IMPLICIT],
    "code token": [CODE, IMPLICIT],
    "code id_token token": [CODE, IMPLICIT],
    "none": [],
    "token": [IMPLICIT],
}


@spec("OIDC-Registration-3.1")
@spec("OIDC-Registration-2")
@pytest.mark.parametrize("response_type", GRANT_TYPES_OF)
def test_each_response_type_is_registered_with_its_grants(registrar: Registrar, response_type: str) -> None:
    grant_types = GRANT_TYPES_OF[response_type]
    asked: dict[str, Any] = {"response_types": [response_type], "grant_types": grant_types}
    assert registrar.registered(WEB, **asked).items() >= {**WEB, **asked}.items()
    # What is left out follows from what is there.
    follows = registrar.registered(WEB, response_types=[response_type])
    assert sorted(follows["grant_types"]) == sorted(grant_types)


@spec("OIDC-Registration-2")
def test_several_are_registered_at_once_and_the_order_of_words_is_nothing(registrar: Registrar) -> None:
    found = registrar.registered(
        WEB, response_types=["code", "token code", "id_token code token", "code token"]
    )
    assert found["response_types"] == ["code", "code token", "code id_token token"]
    assert set(found["grant_types"]) == {CODE, IMPLICIT}


@spec("OIDC-Registration-2")
def test_what_is_left_out_is_as_by_default(registrar: Registrar) -> None:
    found = registrar.registered(WEB)
    assert found["response_types"] == ["code"]
    assert found["grant_types"] == ["authorization_code"]
    assert found["token_endpoint_auth_method"] == "client_secret_basic"
    assert (found["application_type"], found["subject_type"]) == ("web", "public")
    assert found["id_token_signed_response_alg"] == "RS256"
    assert found["require_auth_time"] is False
    assert "userinfo_signed_response_alg" not in found
    assert "default_max_age" not in found


DISAGREE: dict[str, dict[str, Any]] = {
    "id_token without its grant": {"response_types": ["id_token"], "grant_types": [CODE]},
    "code id_token without the implicit grant": {"response_types": ["code id_token"], "grant_types": [CODE]},
    "code id_token without codes": {"response_types": ["code id_token"], "grant_types": [IMPLICIT]},
    "code without codes": {"response_types": ["code"], "grant_types": [IMPLICIT]},
    "the implicit grant for codes alone": {"response_types": ["code"], "grant_types": [CODE, IMPLICIT]},
    "codes for nothing": {"response_types": ["none"], "grant_types": [CODE]},
    "a word nobody knows": {"response_types": ["code saml"]},
    "a word twice": {"response_types": ["code code"]},
    "two spaces": {"response_types": ["code  id_token"]},
    "none with something": {"response_types": ["code none"]},
    "no word": {"response_types": [""]},
    "one text": {"response_types": "code"},
    "ID tokens through the browser, unsigned": {
        "response_types": ["code id_token"], "id_token_signed_response_alg": "none",
    },
}  # fmt: skip


@spec("OIDC-Registration-3.3")
@spec("OIDC-Registration-2")
@pytest.mark.parametrize("changes", DISAGREE.values(), ids=DISAGREE)
def test_what_does_not_agree_is_refused(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    with nothing_written(stack):
        answer = registrar.register(WEB, **changes)
    assert_json_error(answer, "invalid_client_metadata")
    assert last_log(capsys)["reason"] == "metadata_invalid"


BY_IMPLICIT: dict[str, Any] = {"response_types": ["id_token"], "grant_types": [IMPLICIT]}
NATIVE: dict[str, Any] = {"application_type": "native"}
RETURNED: dict[str, dict[str, Any]] = {
    "a web app's query": {
        "redirect_uris": ["https://app.example.org/cb?a=b", "https://app.example.org/cb?a=c"]
    },
    "a web app's port": {**BY_IMPLICIT, "redirect_uris": ["https://app.example.org:8443/cb"]},
    "a native app's scheme": {**NATIVE, "redirect_uris": ["com.example.app:/cb"]},
    "a native app's loopback": {**NATIVE, "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]/cb"]},
    "a native app's localhost": {**NATIVE, **BY_IMPLICIT, "redirect_uris": ["http://localhost/cb"]},
    "a native app's claimed link": {**NATIVE, "redirect_uris": ["https://app.example.org/cb"]},
    "a web app under development": {"application_type": "web", "redirect_uris": ["http://localhost:3000/cb"]},
}
ASTRAY: dict[str, dict[str, Any]] = {
    "a web app with tokens on http": {
        **BY_IMPLICIT, "application_type": "web", "redirect_uris": ["http://127.0.0.1/cb"],
    },
    "a web app with tokens on localhost": {**BY_IMPLICIT, "redirect_uris": ["https://localhost/cb"]},
    "a web app with tokens on LOCALHOST": {**BY_IMPLICIT, "redirect_uris": ["https://LOCALHOST:8443/cb"]},
    "a bad one behind a good one": {
        **BY_IMPLICIT, "redirect_uris": ["https://app.example.org/", "https://localhost/"],
    },
    "a hybrid web app on localhost": {
        "response_types": ["code id_token"], "redirect_uris": ["https://localhost/cb"],
    },
    "a web app with an app's scheme": {"application_type": "web", "redirect_uris": ["com.example.app:/cb"]},
    "a native app on http": {**NATIVE, "redirect_uris": ["http://app.example.org/cb"]},
    "a native app on loopback's neighbour": {**NATIVE, "redirect_uris": ["http://127.0.0.1.example.org/"]},
    "a fragment": {"redirect_uris": ["https://app.example.org/cb#a"]},
    "an empty fragment": {**BY_IMPLICIT, "redirect_uris": ["https://app.example.org/cb#"]},
    "tokens for nowhere": {**BY_IMPLICIT, "redirect_uris": []},
    "none for nowhere": {"response_types": ["none"], "redirect_uris": []},
}  # fmt: skip


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("changes", RETURNED.values(), ids=RETURNED)
def test_an_app_is_returned_to_as_its_type_has_it(registrar: Registrar, changes: dict[str, Any]) -> None:
    assert registrar.registered(WEB, **changes)["redirect_uris"] == changes["redirect_uris"]


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("changes", ASTRAY.values(), ids=ASTRAY)
def test_any_other_place_is_refused(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    with nothing_written(stack):
        answer = registrar.register(WEB, **changes)
    assert_json_error(answer, "invalid_redirect_uri")
    assert last_log(capsys)["reason"] == "redirect_uri_unregistrable"
