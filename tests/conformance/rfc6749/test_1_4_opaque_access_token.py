"""RFC 6749 section 1.4: an access token may be an identifier by which what it gives is found."""

import time
from collections.abc import Callable

import pytest

from infra.local.stack import LocalStack
from tests.support.assertions import federation
from tests.support.client_app import ClientApp, unverified
from tests.support.code_use import live_at
from tests.support.device import connect, device
from tests.support.exchange import another, middle
from tests.support.http import Answer, Caller
from tests.support.opaque import OPAQUE, VAULT, kept, opaque, told_of, vault
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

SCOPE = "openid offline_access read"


@pytest.fixture
def api(caller: Caller, tenant: Tenant) -> ClientApp:
    return vault(caller, tenant)


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant)


def by_code(caller: Caller, tenant: Tenant) -> Answer:
    here = visit(caller, tenant)
    return here.app.redeem(here.code(scope="read", resource=VAULT))


def by_code_with_an_id_token(caller: Caller, tenant: Tenant) -> Answer:
    here = visit(caller, tenant)
    return here.app.redeem(here.code(scope=SCOPE, resource=VAULT))


def by_refresh_token(caller: Caller, tenant: Tenant) -> Answer:
    here = visit(caller, tenant)
    return here.app.refresh(by_code_with_an_id_token(caller, tenant).json["refresh_token"])


def for_a_client(caller: Caller, tenant: Tenant) -> Answer:
    fields = {"grant_type": "client_credentials", "resource": VAULT, "scope": "read"}
    return ClientApp(tenant.client(), caller).token(fields)


def on_a_device(caller: Caller, tenant: Tenant) -> Answer:
    here, television = visit(caller, tenant), device(caller, tenant)
    connect(here.browser, here.person, television.ask(scope="read", resource=VAULT).user_code)
    television.wait()
    return television.poll()


def by_exchange(caller: Caller, tenant: Tenant) -> Answer:
    made = another(middle(caller, tenant), server={"access_token_format": "opaque"})
    answer = made.exchange(made.token())
    assert told_of(ClientApp(made.payroll, caller), opaque(answer))["act"] == {
        "sub": made.api.client.client_id
    }
    return answer


def on_behalf_of(caller: Caller, tenant: Tenant) -> Answer:
    made = another(middle(caller, tenant), server={"access_token_format": "opaque"})
    return made.on_behalf_of(made.token())


def on_an_assertion(caller: Caller, tenant: Tenant) -> Answer:
    idp = federation(caller, tenant)
    return idp.present(idp.assertion(), resource=VAULT)


ISSUES: dict[str, Callable[[Caller, Tenant], Answer]] = {
    "authorization_code": by_code,
    "authorization_code, openid": by_code_with_an_id_token,
    "refresh_token": by_refresh_token,
    "client_credentials": for_a_client,
    "device_code": on_a_device,
    "token_exchange": by_exchange,
    "on behalf of": on_behalf_of,
    "jwt_bearer": on_an_assertion,
}


@spec("RFC6749-1.4")
@pytest.mark.parametrize("case", ISSUES)
def test_every_grant_gives_a_token_that_tells_nothing(
    *, api: ClientApp, caller: Caller, tenant: Tenant, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ISSUES[case](caller, tenant)
    token = opaque(answer)
    assert last_log(capsys, SECRET, token)["status"] == 200
    assert answer.json["token_type"] == "Bearer"
    item = kept(tenant, token)
    assert token not in repr(item)
    assert token.removeprefix("keyturn_at_") not in repr(tenant.snapshot())
    assert item["purge_at"] > item["exp"] >= time.time() + answer.json["expires_in"] - 60
    if VAULT in item["claims"]:
        told = told_of(api, token)
        assert (told["active"], told["aud"], told["scope"]) == (True, VAULT, "read")
        assert told["exp"] - told["iat"] == answer.json["expires_in"]


@spec("RFC6749-10.3")
def test_no_two_tokens_are_alike(api: ClientApp, caller: Caller, tenant: Tenant) -> None:
    del api
    service = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": VAULT}
    tokens = {opaque(service.token(fields)) for _ in range(5)}
    assert len(tokens) == 5
    assert len({kept(tenant, token)["id"] for token in tokens}) == 5


@spec("RFC6749-1.4")
def test_it_opens_userinfo_and_comes_with_an_id_token(
    api: ClientApp, here: Visit, caller: Caller, tenant: Tenant
) -> None:
    answer = here.app.redeem(here.code(scope=SCOPE, resource=VAULT))
    userinfo = caller.get("/userinfo", authorization=f"Bearer {opaque(answer)}")
    assert userinfo.json["sub"] == here.person.sub
    assert unverified(answer.json["id_token"])[1]["sub"] == here.person.sub
    del api, tenant


@spec("RFC6749-1.4")
def test_without_openid_it_does_not_open_userinfo(api: ClientApp, here: Visit, caller: Caller) -> None:
    token = opaque(here.app.redeem(here.code(scope="read", resource=VAULT)))
    answer = caller.get("/userinfo", authorization=f"Bearer {token}")
    assert (answer.status, answer.error) == (401, "invalid_token")
    del api


GUESSES = {
    "a token nobody was given": "keyturn_at_" + "A" * 43,
    "one letter less": "keyturn_at_" + "A" * 42,
    "without its prefix": "A" * 43,
    "in other letters": "KEYTURN_AT_" + "A" * 43,
}


@spec("RFC6749-10.3")
@pytest.mark.parametrize("case", GUESSES)
def test_a_guess_opens_nothing(
    *, api: ClientApp, caller: Caller, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token = GUESSES[case]
    with nothing_written(stack):
        assert api.post("/introspect", {"token": token}).json == {"active": False}
        line = last_log(capsys, SECRET, token)
        answer = caller.get("/userinfo", authorization=f"Bearer {token}")
    assert line["reason"] == ("token_unknown" if OPAQUE.fullmatch(token) else "token_malformed")
    assert (answer.status, answer.error) == (401, "invalid_token")


@spec("RFC6749-10.3")
def test_what_it_is_kept_by_is_no_token(api: ClientApp, caller: Caller, tenant: Tenant) -> None:
    """Whoever reads the table has nothing to show."""
    token = opaque(for_a_client(caller, tenant))
    key: str = kept(tenant, token)["id"]
    for shown in (key, key.partition("#")[2], "keyturn_at_" + key.partition("#")[2][:43]):
        assert told_of(api, shown) == {"active": False}


@spec("RFC6749-1.4")
def test_it_is_good_at_both_ends_until_its_grant_is_revoked(
    api: ClientApp, here: Visit, caller: Caller
) -> None:
    tokens = here.app.redeem(here.code(scope=SCOPE, resource=VAULT)).json
    auth = (api.client.client_id, SECRET)
    assert live_at(here, tokens, auth) == (True, True)
    assert live_at(here, tokens, auth) == (True, True)
    assert here.app.post("/revoke", {"token": tokens["refresh_token"]}).status == 200
    assert live_at(here, tokens, auth) == (False, False)
    del caller


@spec("RFC6749-4.1.2")
def test_of_a_code_used_many_times_at_once_no_token_is_left(api: ClientApp, here: Visit) -> None:
    """One comes through, and the others are replays, which end its token."""
    code = here.code(scope=SCOPE, resource=VAULT)
    answers = at_once(lambda: here.app.redeem(code), 4)
    (won,) = [answer for answer in answers if answer.status == 200]
    assert told_of(api, opaque(won)) == {"active": False}


@spec("RFC6749-6")
def test_refreshed_many_times_at_once_every_token_is_another_and_good(
    api: ClientApp, caller: Caller, tenant: Tenant
) -> None:
    here = visit(caller, tenant, tenant.client())
    refresh_token = here.app.redeem(here.code(scope=SCOPE, resource=VAULT)).json["refresh_token"]
    tokens = {opaque(answer) for answer in at_once(lambda: here.app.refresh(refresh_token), 4)}
    assert len(tokens) == 4
    assert [told_of(api, token)["active"] for token in tokens] == [True] * 4


MIXED = [API, VAULT]


@spec("RFC6749-1.4")
def test_a_code_for_resources_of_different_formats_gives_a_token_for_one_at_a_time(
    api: ClientApp, here: Visit, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    tenant.resource_server(API)
    code = here.code(scope=SCOPE, resource=MIXED)
    before = tenant.table("Grants").items(), tenant.table("Requests").items()
    assert_json_error(here.app.redeem(code), "invalid_target")
    assert last_log(capsys, code)["reason"] == "resource_formats_differ"
    assert (tenant.table("Grants").items(), tenant.table("Requests").items()) == before
    tokens = here.app.redeem(code, resource=VAULT)
    assert told_of(api, opaque(tokens))["active"] is True
    refresh_token = tokens.json["refresh_token"]
    assert_json_error(here.app.refresh(refresh_token), "invalid_target")
    again = here.app.refresh(refresh_token, resource=API)
    assert again.status == 200
    assert unverified(again.json["access_token"])[1]["aud"][0] == API


@spec("RFC6749-1.4")
def test_a_client_asks_for_one_format_at_a_time_too(
    api: ClientApp, caller: Caller, tenant: Tenant, stack: LocalStack
) -> None:
    del api
    tenant.resource_server(API)
    service = ClientApp(tenant.client(), caller)
    with nothing_written(stack):
        answer = service.token({"grant_type": "client_credentials", "resource": MIXED})
    assert_json_error(answer, "invalid_target")
