"""OpenID Connect Dynamic Registration section 2: algorithms, keys and constraints of a client."""

from typing import Any

import jwt
import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.client_key import client_key
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, app_of
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

JWKS: dict[str, Any] = {"jwks": {"keys": [client_key("ES256").jwk()]}}

GOOD: dict[str, dict[str, Any]] = {
    "an ID token by an HMAC": {"id_token_signed_response_alg": "HS256"},
    "an ID token by Ed25519": {"id_token_signed_response_alg": "EdDSA"},
    "an ID token by nothing, by the code flow": {"id_token_signed_response_alg": "none"},
    "userinfo that is signed": {"userinfo_signed_response_alg": "RS256"},
    "an ID token encrypted to its key": {
        **JWKS, "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
    },
    "request objects by its key": {**JWKS, "request_object_signing_alg": "ES256"},
    "request objects at a URI": {"request_uris": ["https://app.example.org/r#hash", "https://app.example.org/r"]},
    "constraints": {
        "default_max_age": 3_600, "require_auth_time": True, "default_acr_values": ["urn:keyturn:acr:pwd"],
    },
    "third-party-initiated login": {"initiate_login_uri": "https://app.example.org/login"},
    "logout by the server": {
        "backchannel_logout_uri": "https://app.example.org/out", "backchannel_logout_session_required": True,
    },
    "logout in the browser": {
        "frontchannel_logout_uri": "https://app.example.org/out",
        "frontchannel_logout_session_required": True,
    },
    "pages in languages": {
        "logo_uri": "https://app.example.org/logo.png", "policy_uri#fr": "https://app.example.org/fr",
    },
}  # fmt: skip

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "an HMAC without a secret": (
        "token_endpoint_auth_method",
        {"token_endpoint_auth_method": "none", "id_token_signed_response_alg": "HS256"},
    ),
    "an algorithm of nobody": ("userinfo_signed_response_alg", {"userinfo_signed_response_alg": "RS1"}),
    "HS512, which ID tokens are not made by": (
        "id_token_signed_response_alg", {"id_token_signed_response_alg": "HS512"},
    ),
    "encryption without a key": ("jwks", {"id_token_encrypted_response_alg": "RSA-OAEP-256"}),
    "encryption with another kind of key": (
        "jwks", {**JWKS, "userinfo_encrypted_response_alg": "RSA-OAEP-256"},
    ),
    "RSA1_5": ("id_token_encrypted_response_alg", {**JWKS, "id_token_encrypted_response_alg": "RSA1_5"}),
    "a secret for encryption": ("id_token_encrypted", {**JWKS, "id_token_encrypted_response_alg": "dir"}),
    "a cipher alone": ("userinfo_encrypted_response_alg", {"userinfo_encrypted_response_enc": "A256GCM"}),
    "a cipher of nobody": (
        "id_token_encrypted_response_enc",
        {**JWKS, "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A1"},
    ),
    "request objects by a key it has not": ("jwks", {**JWKS, "request_object_signing_alg": "RS256"}),
    "request objects over http": ("request_uris", {"request_uris": ["http://app.example.org/r"]}),
    "request objects everywhere": (
        "request_uris", {"request_uris": [f"https://app.example.org/{number}" for number in range(33)]},
    ),
    "an age that is text": ("default_max_age", {"default_max_age": "3600"}),
    "a negative age": ("default_max_age", {"default_max_age": -1}),
    "an age in fractions": ("default_max_age", {"default_max_age": 1.5}),
    "a flag that is a number": ("require_auth_time", {"require_auth_time": 1}),
    "classes in one text": ("default_acr_values", {"default_acr_values": "a b"}),
    "a class of two words": ("default_acr_values", {"default_acr_values": ["a b"]}),
    "login beginning over http": ("initiate_login_uri", {"initiate_login_uri": "http://app.example.org/"}),
    "logout told to a script": ("backchannel_logout_uri", {"backchannel_logout_uri": "javascript:alert(1)"}),
    "logout told with a password": ("backchannel_logout_uri", {"backchannel_logout_uri": "https://a:b@c.example/"}),
    "logout shown at another origin": (
        "frontchannel_logout_uri", {"frontchannel_logout_uri": "https://other.example/out"},
    ),
    "a logo that is a script": ("logo_uri", {"logo_uri": "javascript:alert(1)"}),
    "a subject type of nobody": ("subject_type", {"subject_type": "private"}),
}  # fmt: skip


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("case", GOOD)
def test_what_is_registered_is_told_back(registrar: Registrar, case: str) -> None:
    assert registrar.registered(WEB, **GOOD[case]).items() >= GOOD[case].items()


@spec("OIDC-Registration-2")
def test_a_cipher_that_is_left_out_is_told(registrar: Registrar) -> None:
    found = registrar.registered(WEB, **JWKS, userinfo_encrypted_response_alg="ECDH-ES+A128KW")
    assert found["userinfo_encrypted_response_enc"] == "A128CBC-HS256"


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("case", REFUSED)
def test_what_could_not_work_is_refused_by_its_name(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    word, changes = REFUSED[case]
    with nothing_written(stack):
        answer = registrar.register(WEB, **changes)
    assert_json_error(answer, "invalid_client_metadata")
    assert word in answer.json["error_description"]
    assert last_log(capsys)["reason"] == "metadata_invalid"


@spec("OIDC-Core-10.1")
def test_an_id_token_by_an_hmac_is_by_the_secret_that_was_told(registrar: Registrar, here: Visit) -> None:
    found = registrar.registered(WEB, id_token_signed_response_alg="HS256")
    app = app_of(found, here.app.caller)
    code = here.browser.authorize(here.person, app.request(scope="openid")).query["code"]
    token = app.redeem(code).json["id_token"]
    assert unverified(token)[0]["alg"] == "HS256"
    claims = jwt.decode(token, found["client_secret"], algorithms=["HS256"], audience=found["client_id"])
    assert claims["sub"] == here.person.sub
