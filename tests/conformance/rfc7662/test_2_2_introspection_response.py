"""RFC 7662 section 2.2: what an active token says; what an inactive one does not."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit
from tests.support.wire import nothing_written

INACTIVE = '{"active":false}'


@pytest.fixture
def asker(caller: Caller, tenant: Tenant) -> ClientApp:
    """The default resource server, as the client it introspects with."""
    return ClientApp(tenant.resource_server()[1], caller)


@pytest.fixture
def service(caller: Caller, tenant: Tenant) -> ClientApp:
    """A client that gets tokens for itself."""
    return ClientApp(tenant.client(), caller)


def token_of(service: ClientApp, **fields: str) -> str:
    access_token: str = service.token({"grant_type": "client_credentials", **fields}).json["access_token"]
    return access_token


def is_inactive(answer: Answer) -> bool:
    """Exactly the one member: not even why."""
    return (answer.status, answer.body, answer.headers["cache-control"]) == (200, INACTIVE, "no-store")


@spec("RFC7662-2.2")
def test_a_services_token_says_whose_and_what_it_is(
    asker: ClientApp, service: ClientApp, capsys: pytest.CaptureFixture[str]
) -> None:
    token = token_of(service, scope="read")
    answer = asker.post("/introspect", {"token": token})
    claims = unverified(token)[1]
    assert answer.json == {"active": True, "token_type": "Bearer", **claims}
    assert answer.json["sub"] == answer.json["client_id"] == service.client.client_id
    assert (answer.json["aud"], answer.json["scope"]) == (API, "read")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert last_log(capsys, token, SECRET)["outcome"] == "active"


@spec("RFC7662-2.2")
def test_a_persons_token_says_who_and_how_they_signed_in(
    asker: ClientApp, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.public_client(), caller), tenant.person()
    tokens = app.tokens(browser, person, scope="openid read")
    told = asker.post("/introspect", {"token": tokens["access_token"]}).json
    assert (told["active"], told["sub"], told["client_id"]) == (True, person.sub, app.client.client_id)
    assert told["scope"] == "read", "openid opens this server's own userinfo, and is of no concern to the API"
    assert told["aud"] == API
    assert told["iss"] == caller.issuer
    assert told["amr"] == ["pwd"]
    assert told["auth_time"] <= told["iat"] < told["exp"]
    assert not {"sid", "email", "name"} & set(told)


FORGED: dict[str, Callable[[Caller, str], str]] = {
    "no token at all": lambda _caller, _token: "nothing",
    "two dots": lambda _caller, _token: "..",
    "not ascii": lambda _caller, _token: "ключ.в.замке",
    "very long": lambda _caller, token: token + "a" * 20_000,
    "expired": lambda caller, token: forgery.resign_as_server(caller, token, exp=int(time.time()) - 1),
    "of another issuer": lambda caller, token: forgery.resign_as_server(
        caller, token, iss="https://other.example"
    ),
    "an issuer in other letters": lambda caller, token: forgery.resign_as_server(
        caller, token, iss=caller.issuer.upper()
    ),
    "of a stranger's key": lambda _caller, token: forgery.sign_as_stranger(token),
    "of a key of no name": lambda _caller, token: forgery.sign_as_stranger(token, kid="unknown"),
    "of a key it brings": lambda _caller, token: forgery.sign_as_stranger(
        token, kid="unknown", jku="https://evil.example/jwks"
    ),
    "unsigned": lambda _caller, token: forgery.unsign(token),
    "signed with the public key as a secret": forgery.confuse,
    "tampered with": lambda _caller, token: forgery.tamper(token, scope="read write"),
    "cut": lambda _caller, token: token[:-1],
    "without its signature": lambda _caller, token: token.rpartition(".")[0] + ".",
    "an ID token's type": lambda caller, token: forgery.sign_as_server(
        caller, unverified(token)[1], typ="JWT"
    ),
    "no type": lambda caller, token: forgery.sign_as_server(caller, unverified(token)[1], typ=None),
    "an RSA key's name on it": lambda caller, token: forgery.sign_as_server(
        caller, unverified(token)[1], kid=forgery.server_key(caller, "RS256")["kid"]
    ),
}


@spec("RFC7662-2.2")
@pytest.mark.parametrize("case", FORGED)
def test_a_token_that_does_not_verify_is_inactive_and_nothing_more(
    *,
    asker: ClientApp,
    service: ClientApp,
    caller: Caller,
    stack: LocalStack,
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    token = FORGED[case](caller, token_of(service))
    with nothing_written(stack):
        answer = asker.post("/introspect", {"token": token})
    assert is_inactive(answer)
    line = last_log(capsys, SECRET, token)
    assert line["outcome"] == "inactive"
    assert line["reason"] == ("token_expired" if case == "expired" else "token_malformed")


@spec("RFC7662-2.2")
def test_what_the_server_signs_again_is_active(asker: ClientApp, service: ClientApp, caller: Caller) -> None:
    """The forgeries above are refused for what they are, not because these tests sign badly."""
    again = forgery.resign_as_server(caller, token_of(service))
    assert asker.post("/introspect", {"token": again}).json["active"] is True


@spec("RFC7662-2.2")
def test_other_kinds_of_tokens_are_inactive(
    asker: ClientApp, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app, person = ClientApp(tenant.client(), caller), tenant.person()
    code = app.code(browser, person)
    assert is_inactive(asker.post("/introspect", {"token": code}))
    tokens = app.redeem(code).json
    for kind in ("refresh_token", "id_token"):
        assert is_inactive(asker.post("/introspect", {"token": tokens[kind], "token_type_hint": kind}))
        assert is_inactive(app.post("/introspect", {"token": tokens[kind]}))


def revoke_token(_tenant: Tenant, app: ClientApp, tokens: dict[str, Any]) -> None:
    app.post("/revoke", {"token": tokens["access_token"]})


def revoke_grant(_tenant: Tenant, app: ClientApp, tokens: dict[str, Any]) -> None:
    app.post("/revoke", {"token": tokens["refresh_token"]})


def lose_grant(tenant: Tenant, _app: ClientApp, tokens: dict[str, Any]) -> None:
    grant_id = tokens["refresh_token"].partition(".")[0]
    grants = tenant.table("Grants")
    grants.change(grants.find(grant_id=grant_id), state="revoked")


def hand_grant_over(tenant: Tenant, _app: ClientApp, tokens: dict[str, Any]) -> None:
    grants = tenant.table("Grants")
    grants.change(grants.find(grant_id=tokens["refresh_token"].partition(".")[0]), sub="somebody-else")


ENDS: dict[str, Callable[[Tenant, ClientApp, dict[str, Any]], None]] = {
    "revoked by itself": revoke_token,
    "its refresh token revoked": revoke_grant,
    "its grant revoked by an operator": lose_grant,
    "its grant another person's": hand_grant_over,
}


@spec("RFC7662-2.2")
@pytest.mark.parametrize("case", ENDS)
def test_a_token_whose_grant_does_not_hold_is_inactive(
    *,
    asker: ClientApp,
    caller: Caller,
    tenant: Tenant,
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    visitor = visit(caller, tenant, tenant.client())
    app, tokens = visitor.app, visitor.app.redeem(visitor.code()).json
    asked = {"token": tokens["access_token"]}
    assert asker.post("/introspect", asked).json["active"] is True
    ENDS[case](tenant, app, tokens)
    assert is_inactive(asker.post("/introspect", asked))
    assert last_log(capsys, SECRET, *asked.values())["reason"] == "token_revoked"
