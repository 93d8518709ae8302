"""OpenID Connect Dynamic Registration section 2: what a client of it may be registered with."""

from typing import Any

import pytest

from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.supported import DEVICE_CODE
from chalicelib.record import replace
from tests.protocol.test_client_metadata import BY_KEY, GOOD, KEY, PUBLIC
from tests.support.traceability import spec

RSA = {"kty": "RSA", "n": "_" * 342, "e": "AQAB"}
AT_URI: dict[str, Any] = {"jwks_uri": "https://app.example.com/jwks"}
HASH = "GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM"

ALLOWED: dict[str, dict[str, Any]] = {
    "HMACs by a secret it has": {
        "id_token_signed_response_alg": "HS256", "client_secret_ciphertexts": ("a ciphertext",),
    },
    "ID tokens unsigned, from the token endpoint": {"id_token_signed_response_alg": "none"},
    "request objects it signs": {"jwks": {"keys": [KEY]}, "request_object_signing_alg": "ES256"},
    "request objects signed with published keys": {**AT_URI, "request_object_signing_alg": "RS256"},
    "request objects nobody signs": {"request_object_signing_alg": "none"},
    "what is encrypted to its keys": {
        "jwks": {"keys": [KEY, RSA]},
        "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A128CBC-HS256",
        "userinfo_encrypted_response_alg": "RSA-OAEP-256", "userinfo_encrypted_response_enc": "A256GCM",
    },
    "what is encrypted to published keys": {
        **AT_URI,
        "id_token_encrypted_response_alg": "ECDH-ES+A256KW",
        "id_token_encrypted_response_enc": "A128CBC-HS256",
    },
    "request objects it encrypts": {
        "request_object_encryption_alg": "RSA-OAEP-256", "request_object_encryption_enc": "A128CBC-HS256",
    },
    "userinfo that is signed": {"userinfo_signed_response_alg": "PS256"},
    "one of pairwise subjects": {"subject_type": "pairwise", "sector_identifier_uri": "https://a.example/sector"},
    "pairwise subjects of one host": {"subject_type": "pairwise"},
    "one that says how to be asked": {
        "request_uris": ("https://a.example/r", "https://b.example/r#" + HASH),
        "default_max_age": 0, "require_auth_time": True, "default_acr_values": ("urn:a", "2"),
        "initiate_login_uri": "https://app.example.com/login",
    },
    "request objects at a stranger's own host": {
        "registration": "dynamic", "request_uris": ("https://a.example/r", "https://a.example/r#" + HASH),
    },
    "pairwise subjects on devices, where an operator says so": {
        "subject_type": "pairwise", "grant_types": ("authorization_code", DEVICE_CODE),
    },
    "one that is told of logouts": {
        "backchannel_logout_uri": "https://hooks.example.com/out?a=b",
        "backchannel_logout_session_required": True,
        "frontchannel_logout_uri": "https://APP.example.com/out",
        "frontchannel_logout_session_required": True,
    },
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "ID tokens by nobody's algorithm": ({"id_token_signed_response_alg": "HS1"}, "id_token"),
    "unsigned ID tokens through the browser": (
        {
            "id_token_signed_response_alg": "none", "response_types": ("code", "code id_token"),
            "grant_types": ("authorization_code", "implicit"),
        },
        "response type",
    ),
    "tokens through the browser, of this machine": (
        {
            "grant_types": ("implicit",), "response_types": ("id_token",),
            "redirect_uris": ("https://localhost/callback",),
        },
        "localhost",
    ),
    "three secrets": ({"client_secret_hashes": ("a", "b", "c")}, "one secret, or two"),
    "an HMAC by no secret": ({**PUBLIC, "id_token_signed_response_alg": "HS256"}, "HS256"),
    "an HMAC by a key's client": (
        {**BY_KEY, "jwks": {"keys": [KEY]}, "userinfo_signed_response_alg": "HS256"}, "HS256",
    ),
    "HMACs without the secret itself": ({"request_object_signing_alg": "HS256"}, "encrypted"),
    "userinfo nobody signs": ({"userinfo_signed_response_alg": "RS1"}, "userinfo"),
    "request objects by no key": ({"request_object_signing_alg": "ES256"}, "jwks"),
    "request objects by another key": (
        {"jwks": {"keys": [KEY]}, "request_object_signing_alg": "RS256"}, "jwks",
    ),
    "a cipher of nothing": ({"id_token_encrypted_response_enc": "A256GCM"}, "response_alg"),
    "encryption by nobody's algorithm": (
        {**AT_URI, "id_token_encrypted_response_alg": "RSA1_5"}, "id_token_encrypted_response_alg",
    ),
    "a cipher that nothing here decrypts": (
        {"request_object_encryption_alg": "RSA-OAEP", "request_object_encryption_enc": "A256GCM"},
        "request_object_encryption_alg",
    ),
    "encryption by nobody's cipher": (
        {
            **AT_URI,
            "userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A128CBC",
        },
        "userinfo_encrypted_response_enc",
    ),
    "encryption to no key": (
        {"id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM"}, "jwks",
    ),
    "encryption to a key for signatures": (
        {
            "jwks": {"keys": [{**KEY, "use": "sig"}]},
            "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
        },
        "encryption",
    ),
    "encryption to a key of another kind": (
        {
            "jwks": {"keys": [KEY]},
            "id_token_encrypted_response_alg": "RSA-OAEP-256", "id_token_encrypted_response_enc": "A256GCM",
        },
        "encryption",
    ),
    "encryption to a private key": (
        {
            "jwks": {"keys": [{**KEY, "d": "AA"}]},
            "id_token_encrypted_response_alg": "ECDH-ES", "id_token_encrypted_response_enc": "A256GCM",
        },
        "encryption",
    ),
    "a subject of neither type": ({"subject_type": "private"}, "subject_type"),
    "a sector over http": ({"sector_identifier_uri": "http://a.example/sector"}, "sector_identifier_uri"),
    "pairwise subjects of two hosts": (
        {
            "subject_type": "pairwise",
            "redirect_uris": ("https://app.example.com/", "https://www.example.com/"),
        },
        "sector_identifier_uri",
    ),
    "pairwise subjects of a device": (
        {
            "subject_type": "pairwise", "application_type": "native",
            "redirect_uris": ("http://127.0.0.1/callback",),
        },
        "sector_identifier_uri",
    ),
    "pairwise subjects of nowhere": (
        {
            "subject_type": "pairwise", "grant_types": ("client_credentials",), "redirect_uris": (),
        },
        "sector_identifier_uri",
    ),
    "a request object over http": ({"request_uris": ("http://a.example/r",)}, "request_uris"),
    "a request object with a space": ({"request_uris": ("https://a.example/ r",)}, "request_uris"),
    "a stranger's request objects at several hosts": (
        {"registration": "dynamic", "request_uris": ("https://a.example/r", "https://b.example/r")},
        "request_uris",
    ),
    "a published app's request objects at several hosts": (
        {"registration": "metadata_document", "request_uris": ("https://a.example/r", "https://b.example/r")},
        "request_uris",
    ),
    "pairwise subjects of a host a stranger only names": (
        {
            "registration": "dynamic", "subject_type": "pairwise",
            "grant_types": ("authorization_code", DEVICE_CODE),
        },
        "subject_type",
    ),
    "the same by a document a stranger only names": (
        {
            "registration": "dynamic", "subject_type": "pairwise",
            "grant_types": ("authorization_code", DEVICE_CODE), "sector_identifier_uri": "https://a.example/s",
        },
        "subject_type",
    ),
    "an age before now": ({"default_max_age": -1}, "default_max_age"),
    "an age of ages": ({"default_max_age": 10**9}, "default_max_age"),
    "two classes in one": ({"default_acr_values": ("1 2",)}, "default_acr_values"),
    "login beginning at a script": ({"initiate_login_uri": "javascript:alert(1)"}, "initiate_login_uri"),
    "login beginning at what browsers read otherwise": (
        {"initiate_login_uri": "https://evil.example\\.app.example.com/"}, "initiate_login_uri",
    ),
    "login beginning over http": ({"initiate_login_uri": "http://app.example.com/"}, "initiate_login_uri"),
    "logouts told over http": ({"backchannel_logout_uri": "http://a.example/"}, "backchannel_logout_uri"),
    "logouts told to a fragment": ({"backchannel_logout_uri": "https://a.example/#a"}, "backchannel_logout"),
    "logouts told with a password": ({"backchannel_logout_uri": "https://a:b@a.example/"}, "backchannel"),
    "logouts told to nobody": ({"backchannel_logout_uri": "https://"}, "backchannel_logout_uri"),
    "logouts told at another origin": (
        {"frontchannel_logout_uri": "https://other.example.com/"}, "frontchannel_logout_uri",
    ),
    "logouts told at another port": (
        {"frontchannel_logout_uri": "https://app.example.com:8443/"}, "frontchannel_logout_uri",
    ),
}  # fmt: skip


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("case", ALLOWED)
def test_what_the_specification_names_may_be_registered(case: str) -> None:
    check_client_metadata(replace(GOOD, **ALLOWED[case]))


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("case", REFUSED)
def test_what_could_not_work_or_would_not_be_safe_may_not(case: str) -> None:
    changes, word = REFUSED[case]
    with pytest.raises(InvalidClientMetadata) as raised:
        check_client_metadata(replace(GOOD, **changes), migration=("implicit",))
    assert word in str(raised.value)
    assert str(raised.value).endswith(".")
