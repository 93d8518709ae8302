"""The Authorization header as anybody may send it: client_secret_basic and Bearer."""

import base64
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.bearer import bearer_token
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication import client_secret_basic
from chalicelib.protocol.client_authentication.client_secret import check_client_secret, hash_client_secret
from chalicelib.protocol.client_authentication.presented import Presented
from chalicelib.protocol.errors import InvalidClient, InvalidRequest, InvalidToken
from chalicelib.protocol.parameters import Parameters
from tests.support.properties import ANY_TEXT, UNICODE
from tests.support.traceability import spec

PART = UNICODE.filter(bool)


def header(text: str, scheme: str = "Basic") -> str:
    return f"{scheme} " + base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


@spec("RFC6749-2.3.1")
@given(PART, PART, st.sampled_from(["Basic", "basic", "BASIC"]))
@example("https://client.example/", "p:a s+s%25", "Basic")
def test_any_client_and_secret_come_back_as_they_were_encoded(
    client_id: str, secret: str, scheme: str
) -> None:
    sent = header(f"{quote_plus(client_id)}:{quote_plus(secret)}", scheme)
    assert client_secret_basic.read(sent) == Presented("client_secret_basic", client_id, secret)


@spec("RFC6749-2.3.1")
@given(ANY_TEXT | ANY_TEXT.map(header) | ANY_TEXT.map("Basic ".__add__))
@example("")
@example("Basic")
@example("Basic \ud800")
@example(header(":"))
@example(header("a:"))
@example(header(":b"))
@example(header("no colon"))
@example(header("%ff:%ff"))
@example("Basic " + base64.b64encode(b"\xff:\xff").decode())
@example(header("a:b") + "," + header("a:b"))
@example("Basic YTpi!")
def test_any_other_header_is_an_invalid_client(text: str) -> None:
    try:
        presented = client_secret_basic.read(text)
    except InvalidClient as error:
        assert error.reason in {"authorization_scheme", "authorization_malformed"}  # noqa: PT017
        return
    assert presented is not None
    assert presented.client_id
    assert presented.credential
    presented.credential.encode()


def test_no_header_is_no_attempt() -> None:
    assert client_secret_basic.read(None) is None


@given(ANY_TEXT)
def test_a_secret_is_the_one_that_was_hashed(secret: str) -> None:
    hashes = (hash_client_secret("another"), hash_client_secret(secret))
    client = Client(
        client_id="a", client_name="A", token_endpoint_auth_method="client_secret_basic",
        client_secret_hashes=hashes,
    )  # fmt: skip
    check_client_secret(Presented("client_secret_basic", "a", secret), client, now=0)
    with pytest.raises(InvalidClient):
        check_client_secret(Presented("client_secret_basic", "a", secret + "x"), client, now=0)


@spec("RFC6750-2.1")
@given(st.none() | ANY_TEXT | ANY_TEXT.map("Bearer ".__add__), st.none() | PART)
@example("Bearer a\n", None)
@example("bearer a==", None)
@example("Bearer  a", None)
@example("Bearer a, Bearer b", None)
@example("Bearer\ta", None)
def test_any_headers_and_forms_hold_one_token_or_none(authorization: str | None, form: str | None) -> None:
    fields = {"access_token": (form,)} if form else {}
    try:
        token = bearer_token(authorization, Parameters(fields))
    except InvalidToken as error:
        assert error.reason == "token_missing"  # noqa: PT017
        assert authorization is None or not authorization.startswith("Bearer ")
    except InvalidRequest as error:
        assert error.reason in {"authorization_malformed", "token_twice"}  # noqa: PT017
    else:
        if authorization is None:
            assert token == form
        else:
            assert form is None
            assert authorization.split(" ")[-1] == token
            assert not set(token) & set(' ,"\\\n\t')
