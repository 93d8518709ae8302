"""Authlib, its Requests flavour, against the demo: everything a client does, in Authlib's own words."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from authlib.integrations.base_client import BaseApp
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc.jwk import ECKey, RSAKey

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import verified
from tests.support.client_secret import HMAC_SECRET, hmac_client
from tests.support.demo import Demo
from tests.support.http import Caller, HttpTransport
from tests.support.tenant import API, Person, Tenant

SCOPE = "openid profile email offline_access notes:read"


class OpenIDClient(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]
    """Authlib's OpenID Connect client, as its web framework integrations make it."""

    client_cls = OAuth2Session


def openid_client(demo: Demo) -> Any:
    return OpenIDClient(
        None,
        client_id="demo-spa",
        server_metadata_url=f"{demo.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "none",
            "revocation_endpoint_auth_method": "none",
        },
    )


def session(demo: Demo, client_id: str, **settings: Any) -> Any:
    """A session of a client of the demo; demo-spa has no secret."""
    if client_id == "demo-spa":
        methods = {"token_endpoint_auth_method": "none", "revocation_endpoint_auth_method": "none"}
        return OAuth2Session(client_id, **methods, **settings)
    return OAuth2Session(client_id, demo.secret(client_id), **settings)


def sign_in(app: Any, browser: Browser, person: Person, demo: Demo) -> dict[str, Any]:
    """Authlib makes the request, a person signs in, Authlib redeems the code and checks the ID token."""
    redirect_uri = f"{demo.app}callback.html"
    request = app.create_authorization_url(redirect_uri)
    browser.open(target_of(request["url"]))
    if browser.at("/login"):
        browser.sign_in(person)
    if browser.at("/consent"):
        browser.consent()
    assert browser.page is not None
    response = browser.page.location
    assert response.startswith(redirect_uri)
    token: dict[str, Any] = app.fetch_access_token(
        redirect_uri,
        authorization_response=response,
        state=request["state"],
        code_verifier=request["code_verifier"],
    )
    token["userinfo"] = app.parse_id_token(token, nonce=request["nonce"])
    return token


def page_of(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.body


def target_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def token(demo: Demo, demo_browser: Browser, ada: Person) -> dict[str, Any]:
    """The tokens of a person who has signed in, in a session of their own."""
    return sign_in(openid_client(demo), demo_browser, ada, demo)


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("openid-configuration", OpenIDProviderMetadata),
        ("oauth-authorization-server", AuthorizationServerMetadata),
    ],
)
def test_authlib_finds_nothing_wrong_with_the_metadata(demo: Demo, suffix: str, kind: Any) -> None:
    url = get_well_known_url(demo.issuer, external=True, suffix=suffix)
    document = requests.get(url, timeout=10).json()
    assert document["issuer"] == demo.issuer
    # Authlib holds metadata to https; on loopback there is none. Everything else must hold.
    kind({**over_https(document)}).validate()


def over_https(document: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace("http://", "https://") if isinstance(value, str) else value
        for name, value in document.items()
    }


def test_authlib_accepts_the_id_token_and_reads_the_same_person_from_userinfo(
    demo: Demo, token: dict[str, Any]
) -> None:
    assert token["userinfo"].sub == "ada"
    userinfo = openid_client(demo).userinfo(token=token)
    assert (userinfo.sub, userinfo.name, userinfo.email) == ("ada", "Ada Lovelace", "ada@example.com")


def test_authlib_refuses_the_id_token_of_another_request(demo: Demo, token: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="nonce"):
        openid_client(demo).parse_id_token(token, nonce="of another request")


def test_api_serves_the_person_whose_token_authlib_sends(demo: Demo, token: dict[str, Any]) -> None:
    # The app asked for no resource, so the token is for the tenant's default audience: this API.
    answer = session(demo, "demo-spa", token=token).get(f"{demo.api}notes")
    assert answer.json() == {"notes": []}


def test_authlib_refreshes_and_gets_an_id_token_of_the_same_person(demo: Demo, token: dict[str, Any]) -> None:
    client = session(demo, "demo-spa", token=token)
    renewed = client.refresh_token(f"{demo.issuer}/token")
    assert renewed["access_token"] != token["access_token"]
    assert renewed["refresh_token"] != token["refresh_token"]
    person = openid_client(demo).parse_id_token(renewed, nonce=None)
    assert person.sub == "ada"
    assert person["auth_time"] == token["userinfo"]["auth_time"]


def test_authlib_gets_a_token_by_client_credentials_and_the_api_introspects_it(demo: Demo) -> None:
    service = session(demo, "demo-service", scope="notes:read")
    service_token = service.fetch_token(f"{demo.issuer}/token", grant_type="client_credentials")
    assert service_token["token_type"] == "Bearer"
    answer = session(demo, "demo-api").introspect_token(
        f"{demo.issuer}/introspect", service_token["access_token"]
    )
    said = answer.json()
    assert (said["active"], said["sub"], said["scope"]) == (True, "demo-service", "notes:read")
    assert service.get(f"{demo.api}notes").status_code == 200


def test_revoking_the_refresh_token_ends_the_access_token_too(demo: Demo, token: dict[str, Any]) -> None:
    client = session(demo, "demo-spa", token=token)
    answer = client.revoke_token(
        f"{demo.issuer}/revoke", token["refresh_token"], token_type_hint="refresh_token"
    )
    assert answer.status_code == 200
    said = session(demo, "demo-api").introspect_token(f"{demo.issuer}/introspect", token["access_token"])
    assert said.json() == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token(f"{demo.issuer}/token", refresh_token=token["refresh_token"])


def test_logout_url_of_authlib_ends_the_session_and_returns_to_the_app(
    demo: Demo, demo_browser: Browser, ada: Person
) -> None:
    app = openid_client(demo)
    token = sign_in(app, demo_browser, ada, demo)
    logout = app.create_logout_url(post_logout_redirect_uri=demo.app, id_token_hint=token["id_token"])
    answer = demo_browser.open(target_of(logout["url"]))
    assert answer.location == f"{demo.app}?state={logout['state']}"
    demo_browser.open(target_of(app.create_authorization_url(f"{demo.app}callback.html")["url"]))
    assert demo_browser.at("/login")
    assert "Continue as" not in page_of(demo_browser)


@pytest.mark.parametrize("audience", ["the issuer", "the token endpoint"])
@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.generate_key("P-256", {"kid": "first"})),
        ("PS256", RSAKey.generate_key(2048, {"kid": "first"})),
        ("RS256", RSAKey.generate_key(2048, {"kid": "first"})),
    ],
    ids=["ES256", "PS256", "RS256"],
)
def test_authlib_authenticates_with_a_private_key(
    stack: LocalStack, tenant: Tenant, algorithm: str, key: Any, audience: str
) -> None:
    client = tenant.client(
        token_endpoint_auth_method="private_key_jwt",
        client_secret_hashes=(),
        jwks={"keys": [key.as_dict(private=False)]},
        token_endpoint_auth_signing_alg=algorithm,
    )
    endpoint = f"{stack.issuer}/token"
    service = OAuth2Session(client.client_id, key, token_endpoint_auth_method="private_key_jwt", scope="read")
    aud = stack.issuer if audience == "the issuer" else endpoint
    service.register_client_auth_method(PrivateKeyJWT(aud, headers={"kid": "first"}, alg=algorithm))
    answer = service.fetch_token(endpoint, grant_type="client_credentials")
    claims = verified(answer["access_token"], Caller(HttpTransport(stack.issuer)), audience=API)
    assert claims["client_id"] == client.client_id


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_authlib_authenticates_with_an_hmac_by_its_secret(
    stack: LocalStack, tenant: Tenant, algorithm: str
) -> None:
    client = hmac_client(tenant, token_endpoint_auth_signing_alg=algorithm)
    endpoint = f"{stack.issuer}/token"
    method = "client_secret_jwt"
    service = OAuth2Session(client.client_id, HMAC_SECRET, token_endpoint_auth_method=method, scope="read")
    service.register_client_auth_method(ClientSecretJWT(endpoint, alg=algorithm))
    answer = service.fetch_token(endpoint, grant_type="client_credentials")
    claims = verified(answer["access_token"], Caller(HttpTransport(stack.issuer)), audience=API)
    assert claims["client_id"] == client.client_id
    stranger = OAuth2Session(client.client_id, HMAC_SECRET[::-1], token_endpoint_auth_method=method)
    stranger.register_client_auth_method(ClientSecretJWT(endpoint, alg=algorithm))
    with pytest.raises(OAuthError, match="invalid_client"):
        stranger.fetch_token(endpoint, grant_type="client_credentials")
