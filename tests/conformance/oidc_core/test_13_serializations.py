"""OpenID Connect Core sections 13 and 14: how requests and answers are written, and texts compared."""

import json
import unicodedata

import pytest

from tests.support.client_app import unverified
from tests.support.traceability import spec
from tests.support.visit import Visit


@spec("OIDC-Core-13")
@spec("OIDC-Core-13.1")
def test_an_authorization_request_is_read_from_the_query(known: Visit) -> None:
    assert "code" in known.browser.open("/authorize", known.app.request()).query


@spec("OIDC-Core-13.2")
def test_it_is_read_from_a_form_as_well_and_a_token_request_from_nothing_else(known: Visit) -> None:
    code = known.browser.submit("/authorize", known.app.request()).query["code"]
    caller, client_id = known.app.caller, known.app.client.client_id
    fields = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
    as_json = json.dumps(fields).encode()
    answer = caller.send("POST", "/token", headers={"content-type": "application/json"}, body=as_json)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert known.app.redeem(code).status == 200


@spec("OIDC-Core-13.3")
def test_answers_are_json_objects_without_what_has_no_value(known: Visit) -> None:
    tokens = known.app.redeem(known.code())
    bearer = f"Bearer {tokens.json['access_token']}"
    answers = [
        tokens,
        known.app.redeem("no code"),
        known.app.caller.get("/userinfo", authorization=bearer),
        known.app.caller.get("/.well-known/openid-configuration"),
        known.app.caller.get("/jwks"),
    ]
    for answer in answers:
        assert answer.headers["content-type"].split(";")[0] in {
            "application/json",
            "application/jwk-set+json",
        }
        document = json.loads(answer.body)
        assert isinstance(document, dict)
        assert None not in document.values()
        assert [] not in document.values()


@spec("OIDC-Core-14")
@pytest.mark.parametrize("text", ["café", unicodedata.normalize("NFD", "café"), "Å", "\ufeffa"])
def test_texts_come_back_as_they_were_and_are_never_normalized(known: Visit, text: str) -> None:
    answer = known.answer(state=text, nonce=text)
    assert answer.query["state"] == text
    assert unverified(known.app.redeem(answer.query["code"]).json["id_token"])[1]["nonce"] == text


@spec("OIDC-Core-14")
def test_names_and_values_are_compared_character_by_character(known: Visit) -> None:
    for changes, error in (
        ({"response_type": "Code"}, "unsupported_response_type"),
        ({"scope": "OpenID"}, "invalid_scope"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
    ):
        assert known.answer(**changes).query["error"] == error
    # Another case is another parameter, another claim, another prompt: nobody here knows them.
    claims = json.dumps({"id_token": {"Email": None, "ACR": {"essential": True, "value": "x"}}})
    code = known.code(Prompt="login", claims=claims, prompt="None", scope="openid email")
    assert not {"email", "Email"} & unverified(known.app.redeem(code).json["id_token"])[1].keys()
    upper = {**known.app.request(), "redirect_uri": known.app.redirect_uri.upper()}
    assert known.browser.open("/authorize", upper).status == 400
