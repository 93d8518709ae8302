"""A metadata document as a client: what holds, what does not, and what is ignored."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.administration.metadata_document import kept_members, metadata_document_client
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import DEVICE_CODE
from chalicelib.record import defaults_of, replace
from tests.support.client_documents import document
from tests.support.client_key import client_key
from tests.support.traceability import spec

URL = "https://harbour.example/oauth/client.json"
KEY = client_key("ES256", "one")
PUBLIC = {"keys": [KEY.jwk()]}


def made(**changes: Any) -> Client:
    return metadata_document_client(URL, document(URL, **changes))


def test_a_document_is_an_unverified_client_with_no_powers_but_by_people() -> None:
    client = made()
    assert client == Client(
        client_id=URL,
        client_name="Harbour",
        token_endpoint_auth_method="none",
        registration="metadata_document",
        redirect_uris=("https://app.example.com/callback",),
        grant_types=("authorization_code", "refresh_token"),
        client_uri="https://harbour.example",
    )
    assert client.unverified
    assert client.document_uri == URL


@spec("CIMD-4")
@pytest.mark.parametrize(
    "client_id",
    [
        None,
        "",
        URL.upper(),
        URL + "/",
        URL + "#",
        URL + "?",
        URL.replace("client", "%63lient"),
        URL.replace("harbour", "HARBOUR"),
        URL.replace("example", "example:443"),
        URL.replace("harbour.example", "xn--harbour.example"),
        [URL],
        {"a": URL},
    ],
)
def test_its_client_id_is_its_url_character_by_character(client_id: Any) -> None:
    with pytest.raises(InvalidMember) as refused:
        made(client_id=client_id)
    assert refused.value.member == "client_id"


REFUSED: dict[str, dict[str, Any]] = {
    "a secret": {"client_secret": "secret"},
    "a secret that is null": {"client_secret_expires_at": 0},
    "client_secret_basic": {"token_endpoint_auth_method": "client_secret_basic"},
    "client_secret_post": {"token_endpoint_auth_method": "client_secret_post"},
    "client_secret_jwt": {"token_endpoint_auth_method": "client_secret_jwt"},
    "a method nobody knows": {"token_endpoint_auth_method": "password"},
    "a method that is no text": {"token_endpoint_auth_method": ["none"]},
    "private_key_jwt without keys": {"token_endpoint_auth_method": "private_key_jwt"},
    "keys and where they are": {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": PUBLIC,
        "jwks_uri": "https://harbour.example/jwks",
    },
    "a private key": {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [{**KEY.jwk(), "d": "AAAA"}]},
    },
    "a private key of a client without a method": {"jwks": {"keys": [{**KEY.jwk(), "d": "AAAA"}]}},
    "a secret key": {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]},
    },
    "a symmetric key without its key": {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [{"kty": "oct", "kid": "a"}]},
    },
    "keys that are none": {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": "a"}},
    "keys over http": {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": "http://harbour.example/jwks",
    },
    "no name": {"client_name": None},
    "a blank name": {"client_name": " "},
    "a name that is no text": {"client_name": ["Harbour"]},
    "no redirect_uris": {"redirect_uris": None},
    "an empty list": {"redirect_uris": []},
    "no redirect_uri that can be registered": {
        "redirect_uris": ["javascript:alert(1)", "data:text/html,a", "http://evil.example/", "cursor://a"]
    },
    "redirect_uris that are no list": {"redirect_uris": "https://app.example.com/callback"},
    "a wildcard among others": {"redirect_uris": [1]},
    "no grant type that is here": {"grant_types": ["client_credentials", "password", "implicit"]},
    "no response type that is here": {"response_types": ["id_token"]},
    "a website of scripts": {"client_uri": "javascript:alert(1)"},
    "a scope that is none": {"scope": 'read"'},
    "a type of app nobody knows": {"application_type": "toaster"},
}


@spec("CIMD-4.1")
@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_hold_is_refused(case: str) -> None:
    with pytest.raises(InvalidMember):
        made(**REFUSED[case])


@spec("CIMD-4")
def test_what_is_of_no_use_here_is_ignored() -> None:
    assert made(logo_uri="javascript:alert(1)", tos_uri=1, contacts=[{}], software_statement="x") == made()
    assert made(impersonation=True, resources=["https://api.example.com/"], registration="operator") == made()
    assert made(exchange_audiences=["https://api.example.com/"], id_jag_audiences={"a": {}}) == made()


def test_grants_for_anybody_but_people_are_left_out() -> None:
    client = made(grant_types=["authorization_code", "client_credentials", DEVICE_CODE, "implicit"])
    assert client.grant_types == ("authorization_code", DEVICE_CODE)


def test_no_token_leaves_by_a_browser_whatever_the_document_says() -> None:
    flows = {"grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"]}
    assert made(**flows).response_types == ("code",)
    assert made(**flows).grant_types == ("authorization_code",)


def test_redirect_uris_for_other_servers_are_left_out() -> None:
    uris = ["cursor://anysphere/callback", "https://app.example.com/callback", "https://*.example.com/#a"]
    assert made(redirect_uris=uris).redirect_uris == ("https://app.example.com/callback",)


@pytest.mark.parametrize(
    ("uris", "stated", "application_type"),
    [
        (["https://app.example.com/callback"], None, "web"),
        (["https://app.example.com/callback"], "native", "native"),
        (["http://127.0.0.1/callback"], None, "native"),
        (["http://localhost/callback", "https://app.example.com/callback"], "web", "native"),
        (["com.example.app:/callback"], None, "native"),
    ],
)
def test_an_app_on_the_persons_device_is_a_native_one_whether_it_says_so_or_not(
    uris: list[str], stated: str | None, application_type: str
) -> None:
    assert made(redirect_uris=uris, application_type=stated).application_type == application_type


@spec("CIMD-8.2")
def test_a_client_with_keys_is_one_that_authenticates() -> None:
    client = made(token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC)
    assert not client.public
    assert client.jwks == PUBLIC


def test_keys_a_client_has_no_use_for_are_not_kept_nor_fetched() -> None:
    assert made(jwks_uri="https://victim.example/jwks").jwks_uri is None
    assert made(jwks=PUBLIC).jwks is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scope": "openid read"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": PUBLIC},
        {"grant_types": [DEVICE_CODE], "redirect_uris": None},
    ],
)
def test_what_is_kept_makes_the_same_client(changes: dict[str, Any]) -> None:
    client = made(**changes)
    assert metadata_document_client(URL, json.loads(json.dumps(kept_members(client)))) == client


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted({*defaults_of(Client), *document(URL), "client_secret"}))


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_any_document_is_a_client_without_powers_or_refused(changes: dict[str, Any]) -> None:
    try:
        client = metadata_document_client(URL, {**document(URL), **changes})
    except InvalidMember:
        return
    bare = replace(
        Client(client_id=URL, client_name="A", token_endpoint_auth_method="none"),
        registration="metadata_document",
    )
    for name in ("client_id", "registration", "resources", "allowed_resources", "client_secret_hashes"):
        assert getattr(client, name) == getattr(bare, name)
    for name in ("exchange_audiences", "exchange_subject_audiences", "impersonation", "id_jag_audiences"):
        assert getattr(client, name) == getattr(bare, name)
    assert client.public or client.jwks is not None or client.jwks_uri is not None
