"""OpenID Connect Core section 6.1: request objects encrypted to the tenant, by jwcrypto alone."""

import base64
import json
import os
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from jwcrypto import jwe, jwk

from infra.local.stack import LocalStack
from tests.support.client_key import client_key
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.request_object import encoded, encrypted, members, send, signed, signing_client, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
OWN = client_key("ES256", "own")
ALGS = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
ENCS = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")


@pytest.fixture
def own(caller: Caller, tenant: Tenant) -> Visit:
    """An app with a key of its own that signs what it encrypts."""
    return visit(caller, tenant, signing_client(tenant, OWN, request_object_signing_alg="ES256"))


@spec("OIDC-Core-6.1")
@spec("RFC9101-11.2.1")
@spec("RFC9101-6.1")
@pytest.mark.parametrize("enc", ENCS)
@pytest.mark.parametrize("alg", ALGS)
def test_an_object_may_be_signed_and_then_encrypted(own: Visit, alg: str, enc: str) -> None:
    request = encrypted(own.app.caller, signed(own, OWN, state="inside"), alg=alg, enc=enc)
    answer = send(own, request, state="outside")
    assert (answer.query["state"], "code" in answer.query) == ("inside", True)


@spec("OIDC-Core-6.1")
@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES"])
def test_an_object_may_be_encrypted_alone(known: Visit, alg: str) -> None:
    """Its claims at once, or as a JWT without a signature."""
    claims = members(known.app, state="inside")
    for content in (json.dumps(claims), unsigned(claims)):
        assert send(known, encrypted(known.app.caller, content, alg=alg)).query["state"] == "inside"


@spec("OIDC-Discovery-3")
def test_the_keys_are_published_and_the_algorithms_told(caller: Caller) -> None:
    keys = [key for key in caller.get("/jwks").json["keys"] if key["use"] == "enc"]
    assert {(key["kty"], key.get("alg")) for key in keys} == {("RSA", "RSA-OAEP-256"), ("EC", None)}
    for key in keys:
        assert jwk.JWK(**key).thumbprint() == key["kid"]
        assert not {"d", "p", "q", "k"} & key.keys()
    metadata = caller.get("/.well-known/openid-configuration").json
    assert set(metadata["request_object_encryption_alg_values_supported"]) == set(ALGS)
    assert set(metadata["request_object_encryption_enc_values_supported"]) == set(ENCS)


@spec("OIDC-Core-6.1")
def test_what_encryption_hides_still_has_to_be_signed(stack: LocalStack, own: Visit, capsys: Log) -> None:
    stranger = client_key("ES256", "stranger")
    for content in (unsigned(members(own.app)), json.dumps(members(own.app)), signed(own, stranger)):
        with nothing_written(stack):
            answer = send(own, encrypted(own.app.caller, content))
        assert_refused(answer, own.app, "invalid_request_object", state=None)
        assert last_log(capsys)["reason"] in {"request_object_unsigned", "request_object_signature"}


def changed(part: int) -> Callable[[str], str]:
    """One bit of a part is another."""

    def change(text: str) -> str:
        parts = text.split(".")
        octets = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
        octets[0] ^= 1
        return ".".join([*parts[:part], encoded(bytes(octets)), *parts[part + 1 :]])

    return change


def without(part: int) -> Callable[[str], str]:
    return lambda text: ".".join("" if at == part else one for at, one in enumerate(text.split(".")))


def header(**changes: Any) -> Callable[[str], str]:
    """Another header before the same ciphertext."""

    def change(text: str) -> str:
        first, _, rest = text.partition(".")
        members = {**json.loads(base64.urlsafe_b64decode(first + "==")), **changes}
        shown = {name: value for name, value in members.items() if value is not None}
        return f"{encoded(json.dumps(shown))}.{rest}"

    return change


def truncated_tag(text: str) -> str:
    return text[:-18]


HOSTILE: dict[str, Callable[[str], str]] = {
    "another wrapped key": changed(1),
    "another initialization vector": changed(2),
    "another ciphertext": changed(3),
    "another tag": changed(4),
    "a short tag": truncated_tag,
    "no tag": without(4),
    "no ciphertext": without(3),
    "no initialization vector": without(2),
    "no wrapped key": without(1),
    "no header": without(0),
    "another alg": header(alg="RSA1_5"),
    "a direct key": header(alg="dir"),
    "a symmetric key": header(alg="A128KW"),
    "no alg": header(alg=None),
    "a list for an alg": header(alg=["RSA-OAEP-256"]),
    "another enc": header(enc="A192GCM"),
    "no enc": header(enc=None),
    "an extension": header(crit=["exp"], exp=1),
    "another content type": header(cty="text/plain"),
    "packed": header(zip="DEF"),
    "another key in the header": header(jwk={"kty": "oct", "k": "AAAA"}),
}


@spec("OIDC-Core-6.3.1")
@spec("OIDC-Core-16.13")
@spec("RFC7516-11.5")
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES+A128KW"])
def test_whatever_is_wrong_with_a_ciphertext_one_thing_is_said(
    stack: LocalStack, own: Visit, capsys: Log, *, alg: str, hostile: str
) -> None:
    request = HOSTILE[hostile](encrypted(own.app.caller, signed(own, OWN), alg=alg))
    with nothing_written(stack):
        answer = send(own, request)
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert answer.query["error_description"] == "The request object can not be decrypted."
    assert last_log(capsys, request)["reason"] == "request_object_encryption"


EPHEMERAL: dict[str, Any] = {
    "none": None,
    "a text": "AAAA",
    "another curve": {"kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA"},
    "of no curve": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
    "short": {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
    "without y": {"kty": "EC", "crv": "P-256", "x": "A" * 43},
    "numbers": {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
}


@spec("RFC8725-3.4")
@pytest.mark.parametrize("epk", EPHEMERAL)
def test_an_ephemeral_key_that_is_none_is_refused(
    stack: LocalStack, own: Visit, capsys: Log, *, epk: str
) -> None:
    request = encrypted(own.app.caller, signed(own, OWN), alg="ECDH-ES")
    with nothing_written(stack):
        answer = send(own, header(epk=EPHEMERAL[epk])(request))
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_encryption"


@spec("RFC8725-3.6")
def test_a_bomb_is_not_unpacked(stack: LocalStack, own: Visit, capsys: Log) -> None:
    packed = zlib.compress(b"a" * 10_000_000)
    assert len(packed) < 12_000
    token = jwe.JWE(b"a" * 1_000_000, json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF"}))
    (key,) = [one for one in own.app.caller.get("/jwks").json["keys"] if one.get("alg") == "RSA-OAEP-256"]
    token.add_recipient(jwk.JWK(**key))
    with nothing_written(stack):
        answer = send(own, token.serialize(compact=True))
    assert_refused(answer, own.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_encryption"


@spec("OIDC-Core-6.1")
def test_an_object_is_encrypted_once_and_to_this_tenant(stack: LocalStack, own: Visit, capsys: Log) -> None:
    caller = own.app.caller
    twice = encrypted(caller, encrypted(caller, signed(own, OWN)))
    stranger = jwk.JWK.generate(kty="RSA", size=2048, kid="stranger")
    another = jwe.JWE(signed(own, OWN), json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM"}))
    another.add_recipient(stranger)
    huge = encrypted(caller, signed(own, OWN, unknown="x" * 20_000))
    for request in (twice, another.serialize(compact=True)):
        with nothing_written(stack):
            answer = send(own, request)
        assert_refused(answer, own.app, "invalid_request_object", state=None)
        assert last_log(capsys)["reason"] in {"request_object_malformed", "request_object_encryption"}
    with nothing_written(stack):
        answer = own.browser.submit("/authorize", {"client_id": own.app.client.client_id, "request": huge})
    assert_refused(answer, own.app, "invalid_request_object", state=None)


@spec("OIDC-Core-6.1")
def test_bytes_that_are_no_text_are_no_object(stack: LocalStack, own: Visit) -> None:
    for content in (os.urandom(40), b"\xff\xfe", b"{\xff}"):
        with nothing_written(stack):
            answer = send(own, encrypted(own.app.caller, content))
        assert_refused(answer, own.app, "invalid_request_object", state=None)
