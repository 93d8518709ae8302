"""RFC 7591 section 2: what a client may be registered with, and the sentence its operator reads if not."""

from typing import Any

import pytest
from hypothesis import example, given

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.resource_server_metadata import check_resource_server
from chalicelib.record import replace
from tests.support.properties import ANY_TEXT
from tests.support.traceability import spec

GOOD = Client(
    client_id="app",
    client_name="App",
    token_endpoint_auth_method="client_secret_basic",
    client_secret_hashes=("a hash",),
    redirect_uris=("https://app.example.com/callback",),
    post_logout_redirect_uris=("https://app.example.com/signed-out",),
    client_uri="https://app.example.com",
)
PUBLIC: dict[str, Any] = {"token_endpoint_auth_method": "none", "client_secret_hashes": ()}
BY_KEY: dict[str, Any] = {"token_endpoint_auth_method": "private_key_jwt", "client_secret_hashes": ()}
BY_HMAC: dict[str, Any] = {
    "token_endpoint_auth_method": "client_secret_jwt", "client_secret_ciphertexts": ("a ciphertext",),
}  # fmt: skip
KEY = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}
SERVICE: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": ()}

ALLOWED: dict[str, dict[str, Any]] = {
    "a web app": {},
    "a service": SERVICE,
    "a single-page app": PUBLIC,
    "a single-page app that says what it does": {**PUBLIC, "rotate_refresh_tokens": True},
    "a web app whose refresh tokens stay": {"rotate_refresh_tokens": False},
    "a developer's own machine": {"redirect_uris": ("http://localhost:3000/callback",)},
    "a mobile app": {
        **PUBLIC, "application_type": "native",
        "redirect_uris": ("com.example.app:/callback", "http://127.0.0.1/callback"),
    },
    "a client with a key": {**BY_KEY, "jwks": {"keys": [KEY]}, "token_endpoint_auth_signing_alg": "ES256"},
    "a client whose key is one of several": {**BY_KEY, "jwks": {"keys": [{**KEY, "use": "enc"}, {}, KEY]}},
    "a client that makes HMACs": {**BY_HMAC, "token_endpoint_auth_signing_alg": "HS512"},
    "a client that publishes its keys": {**BY_KEY, "jwks_uri": "https://app.example.com/jwks"},
    "one with no page of its own": {"client_uri": None},
    "one whose page is on this machine": {"client_uri": "http://localhost:3000"},
    "one with pages": {
        "logo_uri": "https://a.example/logo.png", "policy_uri": "https://a.example", "tos_uri": "https://a.example",
        "localized": {"client_name#fr": "Appli", "client_name#zh-Hant-TW": "App", "tos_uri#fr": "https://a.example"},
    },
    "one that asks for ES256": {"id_token_signed_response_alg": "ES256"},
    "one that asks for signed introspection": {"introspection_signed_response_alg": "PS256"},
    "a resource server": {"grant_types": (), "redirect_uris": (), "response_types": ()},
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no client_id": ({"client_id": ""}, "client_id"),
    "a long client_id": ({"client_id": "a" * 513}, "client_id"),
    "a client_id in other letters": ({"client_id": "ключ"}, "client_id"),
    "a client_id with a line feed": ({"client_id": "a\nb"}, "client_id"),
    "no name": ({"client_name": " "}, "client_name"),
    "a page that is no URL": ({"client_uri": "app.example.com"}, "client_uri"),
    "a page over http": ({"client_uri": "http://app.example.com"}, "client_uri"),
    "a page that is a script": ({"client_uri": "javascript:alert(1)"}, "client_uri"),
    "a page at no address": ({"client_uri": "https://[::1"}, "client_uri"),
    "a logo over http": ({"logo_uri": "http://app.example.com/logo.png"}, "logo_uri"),
    "a policy that is a script": ({"policy_uri": "javascript:alert(1)"}, "policy_uri"),
    "terms that are data": ({"tos_uri": "data:text/html,"}, "tos_uri"),
    "a name in no language": ({"localized": {"client_name": "App"}}, "localized"),
    "a name in a language of line feeds": ({"localized": {"client_name#f\nr": "App"}}, "localized"),
    "an empty name in a language": ({"localized": {"client_name#fr": " "}}, "in each language"),
    "a page over http in a language": ({"localized": {"tos_uri#fr": "http://a.example"}}, "in each language"),
    "a localized redirect_uri": ({"localized": {"redirect_uris#fr": "https://a.example"}}, "localized"),
    "a redirect_uri with a wildcard": ({"redirect_uris": ("https://*.example.com/",)}, "wildcard"),
    "a redirect_uri over http": ({"redirect_uris": ("http://app.example.com/",)}, "loopback"),
    "a redirect_uri with a fragment": ({"redirect_uris": ("https://app.example.com/#a",)}, "fragment"),
    "a redirect_uri that is a script": ({"redirect_uris": ("javascript:alert(1)",)}, "dot"),
    "a bad one beside a good one": (
        {"redirect_uris": ("https://app.example.com/", "https://app.example.com/#")}, "fragment",
    ),
    "a bad place after signing out": ({"post_logout_redirect_uris": ("http://a.example/",)}, "loopback"),
    "a web app with an app's scheme": ({"redirect_uris": ("com.example.app:/",)}, "native"),
    "a grant type not served": ({"grant_types": ("password",)}, "grant_types"),
    "a response type not served": ({"response_types": ("token",)}, "response_types"),
    "codes without a place to send them": ({"redirect_uris": ()}, "redirect_uri"),
    "codes without their response type": ({"response_types": ()}, "response_types"),
    "a public client whose refresh tokens stay": ({**PUBLIC, "rotate_refresh_tokens": False}, "rotate"),
    "a public service": ({**PUBLIC, **SERVICE}, "authenticate"),
    "a method not served": ({"token_endpoint_auth_method": "tls_client_auth"}, "auth_method"),
    "a method with a secret, without one": ({"client_secret_hashes": ()}, "secret"),
    "a public client with a secret": ({"token_endpoint_auth_method": "none"}, "secret"),
    "keys twice": ({**BY_KEY, "jwks": {}, "jwks_uri": "https://a.example/"}, "both"),
    "a method with a key, without one": (BY_KEY, "jwks"),
    "introspection nobody signs": ({"introspection_signed_response_alg": "none"}, "introspection"),
    "ID tokens nobody signs": ({"id_token_signed_response_alg": "HS1"}, "id_token"),
    "assertions nobody verifies": ({"token_endpoint_auth_signing_alg": "HS1"}, "signing_alg"),
    "an HMAC by a key": (
        {**BY_KEY, "jwks": {"keys": [KEY]}, "token_endpoint_auth_signing_alg": "HS256"}, "signing_alg",
    ),
    "a signature by a secret": ({**BY_HMAC, "token_endpoint_auth_signing_alg": "ES256"}, "signing_alg"),
    "an HMAC without the secret itself": ({**BY_HMAC, "client_secret_ciphertexts": ()}, "encrypted"),
    "one ciphertext of two": ({**BY_HMAC, "client_secret_hashes": ("a", "b")}, "encrypted"),
    "a secret itself that nothing needs": ({"client_secret_ciphertexts": ("a",)}, "encrypted"),
    "a method with a key, and no key": ({**BY_KEY, "jwks": {"keys": []}}, "jwks"),
    "keys for encryption alone": ({**BY_KEY, "jwks": {"keys": [{**KEY, "use": "enc"}]}}, "jwks"),
    "a key of another curve": ({**BY_KEY, "jwks": {"keys": [{**KEY, "crv": "P-384"}]}}, "jwks"),
    "a key of another algorithm": (
        {**BY_KEY, "jwks": {"keys": [KEY]}, "token_endpoint_auth_signing_alg": "RS256"}, "jwks",
    ),
}  # fmt: skip


@spec("RFC7591-2")
@pytest.mark.parametrize("case", ALLOWED)
def test_usual_clients_may_be_registered(case: str) -> None:
    check_client_metadata(replace(GOOD, **ALLOWED[case]))


@spec("RFC7591-2.1")
@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_agree_may_not(case: str) -> None:
    changes, word = REFUSED[case]
    with pytest.raises(InvalidClientMetadata) as raised:
        check_client_metadata(replace(GOOD, **changes))
    assert word in str(raised.value)


@given(ANY_TEXT)
@example("https://[")
def test_any_text_is_registered_or_refused_in_words(text: str) -> None:
    for member in ("client_id", "client_name", "client_uri"):
        refused({member: text})
    for members in ("redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types"):
        refused({members: (text,)})


def refused(changes: dict[str, Any]) -> None:
    """Nothing else is raised, and what is raised is a sentence."""
    try:
        check_client_metadata(replace(GOOD, **changes))
    except InvalidClientMetadata as error:
        assert str(error).endswith(".")  # noqa: PT017


@pytest.mark.parametrize("lifetime", [None, 1, 86_400])
def test_a_resource_server_is_an_absolute_uri_with_short_lived_tokens(lifetime: int | None) -> None:
    check_resource_server(
        ResourceServer(resource="urn:api", resource_name="A", access_token_lifetime=lifetime)
    )


@pytest.mark.parametrize(
    ("resource", "lifetime"), [("api", None), ("urn:a#b", None), ("urn:a", 0), ("urn:a", 86_401)]
)
def test_any_other_resource_server_may_not(resource: str, lifetime: int | None) -> None:
    server = ResourceServer(resource=resource, resource_name="A", access_token_lifetime=lifetime)
    with pytest.raises(ValueError, match=r"resource|seconds"):
        check_resource_server(server)
