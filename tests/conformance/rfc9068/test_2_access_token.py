"""RFC 9068: access tokens as JWTs, verified as a resource server would, with PyJWT and the published keys."""

import time
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

OF_A_PERSON = {"iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope", "auth_time", "acr", "amr"}
OF_A_CLIENT = OF_A_PERSON - {"auth_time", "acr", "amr"}


@pytest.fixture
def known(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant, tenant.public_client())


@pytest.fixture
def service(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(tenant.client(), caller)


def own_token(service: ClientApp, **changes: str | list[str] | None) -> str:
    answer = service.token({"grant_type": "client_credentials", **changes})
    assert answer.status == 200, answer.body
    token: str = answer.json["access_token"]
    return token


@spec("RFC9068-2.1")
@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA"])
def test_the_header_says_what_it_is_and_which_key_signed(
    service: ClientApp, tenant: Tenant, alg: str
) -> None:
    resource = f"https://{alg.lower()}.example.com/"
    tenant.resource_server(resource, access_token_signing_alg=alg)
    token = own_token(service, resource=resource, scope="read")
    header, _ = unverified(token)
    assert {name: header[name] for name in ("alg", "typ")} == {"alg": alg, "typ": "at+jwt"}
    assert set(header) == {"alg", "typ", "kid"}
    assert verified(token, service.caller, audience=resource)["scope"] == "read"


@spec("RFC9068-2.2")
def test_a_persons_token_says_who_for_whom_and_how_they_signed_in(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person, before = ClientApp(tenant.public_client(), caller), tenant.person(), int(time.time())
    token = app.tokens(browser, person, scope="read write")["access_token"]
    claims = verified(token, caller, audience=API)
    assert set(claims) == OF_A_PERSON
    assert (claims["iss"], claims["sub"], claims["aud"]) == (caller.issuer, person.sub, API)
    assert claims["client_id"] == app.client.client_id
    assert (claims["scope"], claims["amr"]) == ("read write", ["pwd"])
    assert before <= claims["auth_time"] <= claims["iat"] <= time.time()
    assert claims["exp"] - claims["iat"] == 600
    assert all(type(claims[name]) is int for name in ("iat", "exp", "auth_time"))


@spec("RFC9068-2.2")
def test_a_clients_own_token_is_about_the_client(service: ClientApp) -> None:
    claims = verified(own_token(service), service.caller, audience=API)
    assert set(claims) == OF_A_CLIENT
    assert claims["sub"] == claims["client_id"] == service.client.client_id
    assert claims["scope"] == "read write"


@spec("RFC9068-2.2.3")
def test_a_token_without_a_scope_says_none(caller: Caller, tenant: Tenant) -> None:
    service = ClientApp(tenant.client(scope=()), caller)
    claims = verified(own_token(service), caller, audience=API)
    assert set(claims) == OF_A_CLIENT - {"scope"}


@spec("RFC9068-2.2")
def test_every_token_has_a_name_of_its_own(service: ClientApp, known: Visit) -> None:
    tokens = [own_token(service) for _ in range(3)]
    pair = known.app.redeem(known.code()).json
    tokens += [pair["access_token"], known.app.refresh(pair["refresh_token"]).json["access_token"]]
    names = [claims_of(token)["jti"] for token in tokens]
    assert len(set(names)) == len(names)
    # 128 bits at least of each are its own.
    assert all(len(name.rpartition(".")[2]) >= 22 for name in names)


@spec("RFC9068-3")
@pytest.mark.parametrize(
    ("scope", "resource", "audience"),
    [
        ("read", None, [API]),
        ("read", API, [API]),
        ("other:read", OTHER_API, [OTHER_API]),
        ("read other:read", [API, OTHER_API], [API, OTHER_API]),
        ("openid read", None, [API, "issuer"]),
        ("openid other:read", OTHER_API, [OTHER_API, "issuer"]),
    ],
)
def test_the_audience_is_what_was_asked_or_the_tenants_own(
    known: Visit, tenant: Tenant, *, scope: str, resource: str | list[str] | None, audience: list[str]
) -> None:
    """And this server itself where the scope opens userinfo. One audience is a string."""
    tenant.resource_server(OTHER_API)
    tokens = known.app.tokens(known.browser, known.person, scope=scope, resource=resource)
    expected = [known.app.caller.issuer if name == "issuer" else name for name in audience]
    named = claims_of(tokens["access_token"])["aud"]
    assert named == (expected[0] if len(expected) == 1 else expected)


@spec("RFC9068-2.2.3")
def test_the_scope_is_what_the_audience_understands(known: Visit, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    answer = known.browser.authorize(
        known.person, known.app.request(scope="read other:read", resource=[API, OTHER_API])
    )
    tokens = known.app.redeem(answer.query["code"], resource=OTHER_API).json
    claims = claims_of(tokens["access_token"])
    assert (claims["aud"], claims["scope"], tokens["scope"]) == (OTHER_API, "other:read", "other:read")


@spec("RFC9068-2.2")
def test_a_resource_server_may_want_its_tokens_shorter_or_longer(service: ClientApp, tenant: Tenant) -> None:
    for number, lifetime in enumerate((60, 3_600)):
        resource = f"https://lives-{lifetime}-{number}.example.com/"
        tenant.resource_server(resource, access_token_lifetime=lifetime)
        answer = service.token({"grant_type": "client_credentials", "resource": resource})
        claims = claims_of(answer.json["access_token"])
        assert claims["exp"] - claims["iat"] == answer.json["expires_in"] == lifetime


@spec("RFC9068-2.2.1")
def test_a_refreshed_token_tells_of_the_same_sign_in(known: Visit) -> None:
    tokens = known.app.redeem(known.code()).json
    before = claims_of(tokens["access_token"])
    after = claims_of(known.app.refresh(tokens["refresh_token"]).json["access_token"])
    changing = {"iat", "exp", "jti"}
    assert {name: after[name] for name in after if name not in changing} == {
        name: before[name] for name in before if name not in changing
    }


@spec("RFC9068-5")
def test_nothing_of_the_person_but_the_subject_is_in_it(known: Visit) -> None:
    scope = "openid profile email address phone"
    claims = claims_of(known.app.tokens(known.browser, known.person, scope=scope)["access_token"])
    assert set(claims) == OF_A_PERSON


@spec("RFC9068-5")
def test_a_client_cannot_take_a_persons_name(caller: Caller, tenant: Tenant) -> None:
    """A client's own token and a person's differ: one has a sign-in, and its sub is its client_id."""
    person = tenant.person()
    service = ClientApp(tenant.client(client_id=person.sub), caller)
    claims = claims_of(own_token(service))
    assert claims["sub"] == claims["client_id"] == person.sub
    assert "auth_time" not in claims
    assert caller.get("/userinfo", authorization=f"Bearer {own_token(service)}").status == 401


def claims_of(token: str) -> dict[str, Any]:
    return unverified(token)[1]
