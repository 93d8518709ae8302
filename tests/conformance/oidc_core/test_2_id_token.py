"""OpenID Connect Core sections 2, 3.1.3.3 and 3.1.3.7: the ID token, as PyJWT alone verifies it."""

import time
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.http import Caller
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@spec("OIDC-Core-3.1.3.7")
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "EdDSA"])
def test_an_id_token_verifies_and_says_who_when_and_how(
    caller: Caller, tenant: Tenant, browser: Browser, alg: str
) -> None:
    app = ClientApp(tenant.public_client(id_token_signed_response_alg=alg), caller)
    person, before = tenant.person(), int(time.time())
    answer = app.redeem(app.code(browser, person))
    now = int(time.time())
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 600)
    id_token = answer.json["id_token"]
    claims = verified(id_token, caller, audience=app.client.client_id)
    header, _ = unverified(id_token)
    assert (header["alg"], header["typ"], set(header)) == (alg, "JWT", {"alg", "typ", "kid"})
    about = {"auth_time", "acr", "amr", "nonce", "sid"}
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", *about}
    assert (claims["iss"], claims["sub"], claims["aud"]) == (caller.issuer, person.sub, app.client.client_id)
    assert (claims["nonce"], claims["acr"], claims["amr"]) == ("a nonce", "urn:keyturn:acr:pwd", ["pwd"])
    assert before <= claims["auth_time"] <= claims["iat"] <= now
    assert claims["exp"] - claims["iat"] == 600
    assert all(type(claims[name]) is int for name in ("iat", "exp", "auth_time"))


@spec("OIDC-Core-15.1")
@spec("OIDC-Core-2")
def test_a_client_that_registered_nothing_gets_rs256(known: Visit) -> None:
    header, _ = unverified(known.app.redeem(known.code()).json["id_token"])
    assert header["alg"] == "RS256"


@spec("OIDC-Core-2")
def test_each_id_token_has_a_time_of_its_own_and_one_sign_in(known: Visit, tenant: Tenant) -> None:
    first = claims_of(known)
    other = visit(known.app.caller, tenant, tenant.public_client())
    second = claims_of(other)
    assert first["aud"] != second["aud"]
    # The same session: the same sub, sid and sign-in for every client.
    assert [first[name] for name in ("sub", "sid", "auth_time")] == [
        second[name] for name in ("sub", "sid", "auth_time")
    ]


@spec("OIDC-Core-2")
def test_another_session_has_another_sid_and_the_same_sub(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    first, second = (signed_in_claims(app, each, person) for each in (browser, Browser(caller)))
    assert first["sid"] != second["sid"]
    assert first["sub"] == second["sub"]


@spec("OIDC-Core-5.7")
@spec("OIDC-Core-2")
def test_a_subject_is_short_ascii_and_the_same_at_every_client(known: Visit, tenant: Tenant) -> None:
    sub = claims_of(known)["sub"]
    assert sub == claims_of(visit(known.app.caller, tenant, tenant.public_client()))["sub"]
    assert isinstance(sub, str)
    assert sub.isascii()
    assert len(sub) <= 255


@spec("OIDC-Core-3.1.3.3")
def test_claims_of_the_person_are_at_userinfo_not_in_the_id_token(known: Visit) -> None:
    """Section 5.4: with an access token beside it, the scopes' claims are returned from userinfo."""
    assert not {"name", "email", "phone_number", "address"} & set(claims_of(known))


def claims_of(known: Visit) -> dict[str, Any]:
    return unverified(known.app.redeem(known.code()).json["id_token"])[1]


def signed_in_claims(app: ClientApp, browser: Browser, person: Person) -> dict[str, Any]:
    return unverified(app.tokens(browser, person)["id_token"])[1]
