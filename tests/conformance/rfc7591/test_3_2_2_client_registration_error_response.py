"""RFC 7591 section 3.2.2: what can't be registered, with an error, a sentence, and nothing written."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.stack import LocalStack
from tests.support.client_key import client_key
from tests.support.properties import ANY_TEXT, JSON
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import NATIVE, WEB, Registrar
from tests.support.traceability import spec
from tests.support.wire import nothing_written

KEY: dict[str, Any] = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}
BY_KEY: dict[str, Any] = {"token_endpoint_auth_method": "private_key_jwt"}
LONG = "https://app.example.org/" + "a" * 2_040

REDIRECT_URIS: dict[str, Any] = {
    "none": None,
    "an empty list": [],
    "a text": "https://app.example.org/",
    "numbers": [1],
    "the same twice": ["https://app.example.org/", "https://app.example.org/"],
    "a script": ["javascript:alert(1)"],
    "a script in capitals": ["JaVaScRiPt:alert(1)"],
    "data": ["data:text/html,<script>"],
    "a file": ["file:///etc/passwd"],
    "a vbscript": ["vbscript:x"],
    "an intent": ["intent://x#Intent;end"],
    "a blob": ["blob:https://app.example.org/a"],
    "http": ["http://app.example.org/"],
    "http on an address like loopback": ["http://127.0.0.1.example.org/"],
    "http on localhost's neighbour": ["http://localhost.example.org/"],
    "a wildcard host": ["https://*.example.org/"],
    "a wildcard alone": ["https://*/"],
    "a fragment": ["https://app.example.org/#a"],
    "an empty fragment": ["https://app.example.org/#"],
    "a user name": ["https://app.example.org@evil.example/"],
    "a backslash": ["https://app.example.org\\@evil.example/"],
    "a space": ["https://app.example.org/ a"],
    "a line feed": ["https://app.example.org/\n"],
    "a bidirectional override": ["https://app.example.org/\u202egpj.exe"],
    "letters that look alike": ["https://\u0430pp.example.org/"],
    "no host": ["https:///path"],
    "no scheme": ["//app.example.org/"],
    "a path": ["/callback"],
    "too long": [LONG],
    "too many": [f"https://app.example.org/{number}" for number in range(33)],
    "a bad one behind a good one": ["https://app.example.org/", "javascript:alert(1)"],
}


@spec("RFC7591-3.2.2")
@pytest.mark.parametrize("uris", REDIRECT_URIS.values(), ids=REDIRECT_URIS)
def test_a_redirect_uri_that_leads_astray_is_refused(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], uris: Any
) -> None:
    with nothing_written(stack):
        answer = registrar.register(redirect_uris=uris)
    assert_json_error(answer, "invalid_redirect_uri")
    assert last_log(capsys)["reason"] == "redirect_uri_unregistrable"


METADATA: dict[str, dict[str, Any]] = {
    "a name that is a number": {"client_name": 1},
    "a name that is a list": {"client_name": ["Photos"]},
    "an empty name": {"client_name": " "},
    "a name of 201 characters": {"client_name": "a" * 201},
    "a name with a line feed": {"client_name": "Photos\nby Northwind"},
    "a name with a NUL": {"client_name": "Photos\0"},
    "a name with an escape": {"client_name": "\x1b[31mPhotos"},
    "a name written from right to left": {"client_name": "\u202esotohP"},
    "a name with an isolate": {"client_name": "Photos\u2066"},
    "a name with a zero-width space": {"client_name": "Pho\u200btos"},
    "a name with a soft hyphen": {"client_name": "Pho\u00adtos"},
    "a name with a byte order mark": {"client_name": "\ufeffPhotos"},
    "a name with a tag": {"client_name": "Photos\U000e0041"},
    "a name of private characters": {"client_name": "\ue000"},
    "a name in French with an override": {"client_name#fr": "\u202ePhotos"},
    "a name in French that is empty": {"client_name#fr": ""},
    "a name in a language that is none": {"client_name#f\u00e9": "Photos"},
    "a name in no language": {"client_name#": "Photos"},
    "a contact with a line feed": {"contacts": ["ada@example.org\nBcc: all"]},
    "contacts that are a text": {"contacts": "ada@example.org"},
    "a page over http": {"client_uri": "http://app.example.org"},
    "a logo that is data": {"logo_uri": "data:image/png;base64,AA"},
    "a policy that is a script": {"policy_uri": "javascript:alert(1)"},
    "terms over http": {"tos_uri": "http://app.example.org"},
    "terms over http in French": {"tos_uri#fr": "http://app.example.org"},
    "a page that is too long": {"client_uri": LONG},
    "the grant type implicit without a response type of it": {
        "grant_types": ["implicit"], "response_types": ["code"],
    },
    "the grant type password": {"grant_types": ["authorization_code", "password"]},
    "the grant type client_credentials": {"grant_types": ["client_credentials"]},
    "the grant of exchanging tokens": {
        "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]
    },
    "the grant of assertions": {"grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"]},
    "a grant type nobody knows": {"grant_types": ["authorization_code", "telepathy"]},
    "grant types that are a text": {"grant_types": "authorization_code"},
    "the response type token": {"response_types": ["token"]},
    "a response type beside code": {"response_types": ["code", "id_token"]},
    "no response type for a code": {"response_types": []},
    "a response type without its grant": {
        "grant_types": ["refresh_token"],
        "response_types": ["code"],
    },
    "a method nobody knows": {"token_endpoint_auth_method": "retina"},
    "an HMAC by an algorithm of keys": {
        "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "ES256",
    },
    "a signature by an algorithm of secrets": {
        **BY_KEY, "jwks": {"keys": [KEY]}, "token_endpoint_auth_signing_alg": "HS256",
    },
    "a method that is a list": {"token_endpoint_auth_method": ["none"]},
    "keys by value and by reference": {
        **BY_KEY, "jwks": {"keys": [KEY]}, "jwks_uri": "https://app.example.org/jwks",
    },
    "a key method without keys": BY_KEY,
    "keys over http": {**BY_KEY, "jwks_uri": "http://app.example.org/jwks"},
    "keys of a file": {**BY_KEY, "jwks_uri": "file:///etc/passwd"},
    "keys that are a text": {**BY_KEY, "jwks": "keys"},
    "keys that are a list": {**BY_KEY, "jwks": [KEY]},
    "a private key": {**BY_KEY, "jwks": {"keys": [{**KEY, "d": "AA"}]}},
    "a secret key": {**BY_KEY, "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}},
    "a key that is too short": {**BY_KEY, "jwks": {"keys": [client_key("RS256", bits=1024).jwk()]}},
    "a key with a fraction": {**BY_KEY, "jwks": {"keys": [{**KEY, "n": 1.5}]}},
    "seventeen keys": {**BY_KEY, "jwks": {"keys": [KEY] * 17}},
    "a scope that is a list": {"scope": ["openid"]},
    "a scope with quotes": {"scope": 'openid "read"'},
    "a scope of 101 words": {"scope": " ".join(f"w{number}" for number in range(101))},
    "an application type nobody knows": {"application_type": "toaster"},
    "an algorithm nobody knows": {"id_token_signed_response_alg": "HS1"},
    "an assertion algorithm that is none": {"token_endpoint_auth_signing_alg": "none"},
    "a place to log out to that is a script": {"post_logout_redirect_uris": ["javascript:alert(1)"]},
    "a software_id that is too long": {"software_id": "a" * 201},
    "65 names": {f"client_name#a{number}": "Photos" for number in range(65)},
    "a statement that is no text": {"software_statement": {"iss": "me"}},
}  # fmt: skip


@spec("RFC7591-3.2.2")
@pytest.mark.parametrize("changes", METADATA.values(), ids=METADATA)
def test_metadata_that_can_not_hold_is_refused_with_a_sentence(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    document = {**WEB, **changes}
    with nothing_written(stack):
        answer = registrar.send("POST", "/register", document)
    assert_json_error(answer, "invalid_client_metadata")
    assert answer.json["error_description"].endswith(".")
    assert last_log(capsys)["reason"] == "metadata_invalid"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/json"),
    "no JSON": (b"redirect_uris=x", "application/json"),
    "a list": (b"[]", "application/json"),
    "null": (b"null", "application/json"),
    "a form": (b"redirect_uris=x", "application/x-www-form-urlencoded"),
    "JSON said to be text": (b"{}", "text/plain"),
    "a member twice": (
        b'{"redirect_uris":["https://a.example/"],"client_name":"A","client_name":"B"}',
        "application/json",
    ),
    "a member twice, once escaped": (
        b'{"redirect_uris":["https://a.example/"],"\\u0072edirect_uris":["https://evil.example/"]}',
        "application/json",
    ),
    "half a character": (b'{"client_name":"\\ud800"}', "application/json"),
    "Latin 1": (b'{"client_name":"\xe9"}', "application/json"),
    "deep": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json"),
    "NaN": (b'{"a":NaN}', "application/json"),
}


@spec("RFC7591-3.2.2")
@pytest.mark.parametrize(("body", "content_type"), HOSTILE.values(), ids=HOSTILE)
def test_a_body_that_is_no_document_is_refused(
    registrar: Registrar, stack: LocalStack, body: bytes, content_type: str
) -> None:
    with nothing_written(stack):
        answer = registrar.send("POST", "/register", body=body, content_type=content_type)
    assert_json_error(answer, "invalid_request")


@spec("RFC7591-3.2.2")
def test_a_document_over_64_kilobytes_is_too_large(registrar: Registrar, stack: LocalStack) -> None:
    body = b'{"a":"' + b"a" * 65_536 + b'"}'
    with nothing_written(stack):
        assert_json_error(registrar.send("POST", "/register", body=body), "invalid_request", status=413)


@spec("RFC7591-3")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_registers(registrar: Registrar, method: str) -> None:
    answer = registrar.send(method, "/register")
    assert_json_error(answer, "invalid_request", status=405)
    assert answer.headers["allow"] == "POST"


@spec("RFC7591-3")
def test_a_page_of_any_origin_may_register_and_look_at_no_cookie(registrar: Registrar) -> None:
    asked = registrar.caller.send("OPTIONS", "/register", headers={"origin": "https://app.example.org"})
    assert asked.status == 204
    assert asked.headers["access-control-allow-methods"] == "POST"
    assert registrar.register().headers["access-control-allow-origin"] == "*"


MEMBER_NAMES = st.sampled_from([*WEB, *NATIVE, "contacts", "jwks", "logo_uri", "client_name#fr", "scope"])


@spec("RFC7591-2")
def test_any_document_is_registered_or_refused_in_words(registrar: Registrar, stack: LocalStack) -> None:
    @given(st.dictionaries(MEMBER_NAMES | ANY_TEXT, JSON, max_size=5))
    @example({"grant_types": [{}]})
    @example({"redirect_uris": [["https://app.example.org/"]]})
    @example({"jwks": {"keys": [None]}})
    @example({"client_uri": "https://[::1"})
    @example({"grant_types": ["refresh_token"], "client_uri": "https://["})
    def answered(changes: dict[str, Any]) -> None:
        document = {**WEB, **changes, "application_type": "toaster"}
        answer = registrar.send("POST", "/register", document)
        assert answer.status == 400, answer.body
        assert_json_error(answer, answer.error)
        assert (
            answer.error in {"invalid_client_metadata", "invalid_redirect_uri", "invalid_request"} | STATEMENT
        )

    with nothing_written(stack):
        answered()


STATEMENT = {"invalid_software_statement", "unapproved_software_statement"}
