"""Request objects on any input: what is none is refused, and nothing else ever comes out of reading one."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwe, jwk

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequestObject, InvalidRequestUri
from chalicelib.protocol.request_object import parameters_of, why_refused
from chalicelib.protocol.request_object_encryption import MAX_CHARACTERS, decrypt_request_object, is_encrypted
from chalicelib.protocol.request_object_signature import parse_request_object, verify_request_object
from chalicelib.protocol.request_uri import check_content, check_request_uri, names_its_content
from tests.support.client_key import ClientKey, client_key

APP = Client(client_id="app", client_name="App", token_endpoint_auth_method="none")
ISSUER = "https://login.example.com"
NOW = 1_700_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("state", "scope", "max_age", "claims", "resource", "request", "iss", "aud", "exp", "nbf")
names = st.sampled_from(NAMES)


class Keys:
    """In KMS's place: what it answers."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.asked = 0

    def unwrap(self, encrypted_key: bytes) -> bytes | None:
        assert len(encrypted_key) == 256
        self.asked += 1
        return self.answer

    def agree(self, public_key: bytes) -> bytes | None:
        assert len(public_key) == 91
        self.asked += 1
        return self.answer


def encrypted(alg: str = "RSA-OAEP-256", **header: Any) -> str:
    kty = {"kty": "RSA", "size": 2048} if alg.startswith("RSA") else {"kty": "EC", "crv": "P-256"}
    token = jwe.JWE(b"content", json.dumps({"alg": alg, "enc": "A256GCM", **header}))
    token.add_recipient(jwk.JWK.generate(**kty))
    text: str = token.serialize(compact=True)
    return text


class Jwks:
    """A client's keys at its jwks_uri: what an instance has kept, and what is there now."""

    def __init__(self, kept: ClientKey, now: ClientKey) -> None:
        self.kept, self.now = kept, now
        self.read_again = 0

    def jwks(self, client: Client) -> list[Any]:
        del client
        return [self.kept.jwk()]

    def refetched_jwks(self, client: Client) -> list[Any]:
        del client
        self.read_again += 1
        return [self.now.jwk()]


def verify(token: str, keys: Jwks) -> None:
    verify_request_object(parse_request_object(token), APP, keys=keys, secrets=no_secrets, now=NOW)


def no_secrets() -> Any:
    raise AssertionError("nothing here is made with a secret")


def test_a_key_nobody_knows_yet_is_looked_for_once_more() -> None:
    old, new, other = (client_key("ES256", kid) for kid in ("old", "new", "other"))
    keys = Jwks(old, new)
    verify(old.sign({}), keys)
    assert keys.read_again == 0
    verify(new.sign({}), keys)
    assert keys.read_again == 1
    for token in (other.sign({}), other.sign({}, kid="new")):
        with pytest.raises(InvalidRequestObject):
            verify(token, keys)
    # A wrong signature under a kid that is known asks nobody.
    asked = keys.read_again
    with pytest.raises(InvalidRequestObject):
        verify(other.sign({}, kid="old"), keys)
    assert keys.read_again == asked


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_any_text_is_an_object_or_refused(text: str) -> None:
    try:
        parsed = parse_request_object(text)
    except InvalidRequestObject:
        return
    assert isinstance(parsed.claims, dict)


@given(st.dictionaries(names, json_values))
def test_any_claims_become_texts_or_are_refused(claims: dict[str, Any]) -> None:
    why_refused(claims, client=APP, issuer=ISSUER, now=NOW)
    try:
        parameters = parameters_of(claims)
    except InvalidRequestObject:
        return
    for values in parameters.values():
        assert values
        assert all(values)


@given(st.text() | st.from_regex(r"([A-Za-z0-9_-]*\.){4}[A-Za-z0-9_-]*", fullmatch=True))
def test_any_text_is_decrypted_or_refused(text: str) -> None:
    keys = Keys(b"a" * 32)
    with pytest.raises(InvalidRequestObject):
        decrypt_request_object(text, keys=keys)
    assert keys.asked == 0


@pytest.mark.parametrize("answer", [None, b"", b"a" * 16, b"a" * 32, b"a" * 64])
@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"])
def test_whatever_kms_says_it_is_refused_in_the_same_words(alg: str, answer: bytes | None) -> None:
    with pytest.raises(InvalidRequestObject) as refused:
        decrypt_request_object(encrypted(alg), keys=Keys(answer))
    assert refused.value.reason == "request_object_encryption"
    assert refused.value.description == "The request object can not be decrypted."


def test_a_tenant_without_keys_decrypts_nothing() -> None:
    with pytest.raises(InvalidRequestObject) as refused:
        decrypt_request_object(encrypted(), keys=None)
    assert refused.value.reason == "request_object_encryption"


def test_what_can_not_be_right_costs_no_call() -> None:
    keys = Keys(b"a" * 32)
    first, *rest = encrypted().split(".")
    short_key = ".".join([first, rest[0][:-4], *rest[1:]])
    short_iv = ".".join([first, rest[0], "AAAA", *rest[2:]])
    short_tag = ".".join([first, *rest[:3], "AAAA"])
    direct, _, *remaining = encrypted("ECDH-ES").split(".")
    with_a_key = ".".join([direct, "AAAA", *remaining])
    # Nothing is unpacked, and an extension is for who understands it.
    headers = ({"zip": "DEF"}, {"crit": ["exp"], "exp": 1}, {"cty": "text/plain"}, {"alg": "RSA1_5"})
    hostile = [with_header(first, rest, **header) for header in headers]
    # RFC 8725 section 3.4: a point of another curve gives away the key, bit by bit.
    off_curve = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
    hostile.append(with_header(direct, ["", *remaining], epk=off_curve))
    hostile.append(".".join([first, *rest[:2], "A" * MAX_CHARACTERS, rest[3]]))
    for text in (short_key, short_iv, short_tag, with_a_key, *hostile):
        with pytest.raises(InvalidRequestObject):
            decrypt_request_object(text, keys=keys)
    assert keys.asked == 0


def test_a_key_shorter_than_its_algorithm_has_it_is_none() -> None:
    """RFC 7518 section 5.3: A256GCM by a key of 128 bits would be A128GCM."""
    protected = encoded(json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM"}).encode())
    for size, taken in ((32, True), (16, False)):
        sealed = AESGCM(b"k" * size).encrypt(b"i" * 12, b"{}", protected.encode())
        parts = [protected, encoded(bytes(256)), *map(encoded, (b"i" * 12, sealed[:-16], sealed[-16:]))]
        if taken:
            assert decrypt_request_object(".".join(parts), keys=Keys(b"k" * size))
        else:
            with pytest.raises(InvalidRequestObject):
                decrypt_request_object(".".join(parts), keys=Keys(b"k" * size))


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def with_header(first: str, rest: list[str], **changes: Any) -> str:
    header = {**json.loads(base64.urlsafe_b64decode(first + "==")), **changes}
    return ".".join([encoded(json.dumps(header).encode()), *rest])


def test_a_key_agreed_on_is_bound_to_both_parties() -> None:
    """RFC 7518 section 4.6.2: apu and apv go into it, so that they can't be changed on the way. The vector is
    that of its appendix C.
    """
    vector = json.loads(
        '{"alg":"ECDH-ES","enc":"A128GCM","apu":"QWxpY2U","apv":"Qm9i",'
        '"epk":{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",'
        '"y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}}'
    )
    shared = bytes.fromhex("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4")
    cek = base64.urlsafe_b64decode("VqqN6vgjbSBcIijNcacQGg==")

    def text_of(header: dict[str, Any]) -> str:
        protected = encoded(json.dumps(header).encode())
        sealed = AESGCM(cek).encrypt(b"i" * 12, b'{"state":"a"}', protected.encode())
        return ".".join([protected, "", encoded(b"i" * 12), encoded(sealed[:-16]), encoded(sealed[-16:])])

    opened = decrypt_request_object(text_of(vector), keys=Keys(shared))
    assert parse_request_object(opened).claims == {"state": "a"}
    for change in ({"apu": "Qm9i"}, {"apv": ""}, {"apu": 5}):
        with pytest.raises(InvalidRequestObject):
            decrypt_request_object(text_of({**vector, **change}), keys=Keys(shared))


@given(st.text())
def test_no_text_is_both_signed_and_encrypted(text: str) -> None:
    if is_encrypted(text):
        with pytest.raises(InvalidRequestObject):
            parse_request_object(text)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_uri_but_a_registered_one_is_taken(request_uri: str, registered: list[str]) -> None:
    app = Client(**{**vars(APP), "request_uris": tuple(registered)})
    if request_uri in registered or request_uri.partition("#")[0] in registered:
        check_request_uri(request_uri, app)
    else:
        with pytest.raises(InvalidRequestUri):
            check_request_uri(request_uri, app)


@given(st.binary(), st.from_regex(r"[A-Za-z0-9_-]{0,50}", fullmatch=True))
def test_a_fragment_holds_the_content_to_a_hash_or_says_nothing_of_it(content: bytes, fragment: str) -> None:
    url = f"https://app.example/one#{fragment}"
    if names_its_content(url):
        with pytest.raises(InvalidRequestUri):
            check_content(url, content)
    else:
        check_content(url, content)
