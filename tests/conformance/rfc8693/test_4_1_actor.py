"""RFC 8693 section 4: who acts for whom, told by `act`, allowed by `may_act`."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp, unverified
from tests.support.exchange import ACCESS_TOKEN, ID_TOKEN, PAYROLL, Middle, allow, another, api_client
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit

CHAIN = "https://chain-{}.example/"


def act(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return unverified(answer.json["access_token"])[1].get("act")


@spec("RFC8693-4.1")
def test_each_hop_nests_the_one_before(caller: Caller, tenant: Tenant, api: Middle) -> None:
    names: list[str] = []
    token = api.token()
    for hop in range(5):
        target = CHAIN.format(hop)
        client = api_client(
            tenant, resources=(CHAIN.format(hop - 1) if hop else API,), exchange_audiences=(target,)
        )
        carried = "read" if hop == 0 else "go"
        allow(target, client, scopes={"go": "Go"}, exchange_scopes={"go": (carried,)})
        answer = Middle(api.here, ClientApp(client, caller), client, tenant, target).exchange(token)
        names.insert(0, client.client_id)
        chain, told = act(answer), []
        while chain:
            told.append(chain["sub"])
            chain = chain.get("act")
        assert told == names
        token = answer.json["access_token"]
        claims = unverified(token)[1]
        assert claims["granted_to"] == api.here.app.client.client_id
        assert claims["sub"] == api.here.person.sub


@spec("RFC8693-4.1")
@pytest.mark.parametrize(("depth", "status"), [(4, 200), (5, 400), (6, 400), (60, 400)])
def test_a_chain_has_an_end(
    caller: Caller, api: Middle, capsys: pytest.CaptureFixture[str], depth: int, status: int
) -> None:
    nested: dict[str, Any] = {}
    for number in range(depth):
        nested = {"sub": f"hop-{number}", **({"act": nested} if nested else {})}
    answer = api.exchange(resign_as_server(caller, api.token(), act=nested))
    assert answer.status == status
    if status == 400:
        assert last_log(capsys)["reason"] == "act_too_deep"


@spec("RFC8693-4.1")
def test_only_what_names_an_actor_is_handed_on(caller: Caller, api: Middle) -> None:
    before = {
        "sub": "a",
        "exp": 1,
        "scope": "admin",
        "act": {"sub": "b", "iss": "https://other.example", "x": 1},
    }
    answer = api.exchange(resign_as_server(caller, api.token(), act=before))
    assert act(answer) == {
        "sub": api.api.client.client_id,
        "act": {"sub": "a", "act": {"iss": "https://other.example", "sub": "b"}},
    }


@spec("RFC8693-4.4")
@pytest.mark.parametrize("form", ["sub", "client_id", "all"])
def test_who_may_act_by_the_token_itself_acts(caller: Caller, api: Middle, form: str) -> None:
    client_id = api.api.client.client_id
    names = {"sub": client_id, "client_id": client_id, "iss": caller.issuer}
    may_act = names if form == "all" else {form: client_id}
    assert act(api.exchange(resign_as_server(caller, api.token(), may_act=may_act))) == {"sub": client_id}


NOT_THIS_ONE = [
    {"sub": "client-0"},
    {"sub": "{own}", "iss": "https://other.example"},
    {"sub": "{own}", "client_id": "client-0"},
    {"sub": "{own}", "groups": ["a"]},
    {"iss": "{issuer}"},
    {"sub": None},
]


@spec("RFC8693-4.4")
@pytest.mark.parametrize("may_act", NOT_THIS_ONE, ids=str)
def test_who_is_not_named_does_not_act(
    caller: Caller, api: Middle, capsys: pytest.CaptureFixture[str], may_act: dict[str, Any]
) -> None:
    own = api.api.client.client_id
    filled = {
        name: value.format(own=own, issuer=caller.issuer) if isinstance(value, str) else value
        for name, value in may_act.items()
    }
    answer = api.exchange(resign_as_server(caller, api.token(), may_act=filled))
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys)["reason"] == "may_act_another"


@spec("RFC8693-1.1")
def test_a_client_that_may_impersonate_is_not_named(api: Middle) -> None:
    assert act(another(api, impersonation=True).exchange(api.token())) is None


@spec("RFC8693-1.1")
def test_who_impersonates_hides_nobody_who_acted_before(caller: Caller, api: Middle) -> None:
    token = resign_as_server(caller, api.token(), act={"sub": "a"})
    assert act(another(api, impersonation=True).exchange(token)) == {"sub": "a"}


def own_token(app: ClientApp) -> str:
    answer = app.token({"grant_type": "client_credentials"})
    token: str = answer.json["access_token"]
    return token


@spec("RFC8693-2.1")
def test_an_actor_token_names_another_actor(tenant: Tenant, api: Middle) -> None:
    """An agent calls the API with a token of its own beside the person's."""
    agent = ClientApp(tenant.client(scope=("read",)), api.api.caller)
    token = agent.token({"grant_type": "client_credentials", "resource": API}).json["access_token"]
    answer = another(api, impersonation=True).exchange(
        api.token(), actor_token=token, actor_token_type=ACCESS_TOKEN
    )
    assert act(answer) == {"sub": agent.client.client_id}


@spec("RFC8693-2.1")
def test_the_clients_own_token_names_it(api: Middle) -> None:
    mine = another(api, grant_types=(*api.api.client.grant_types, "client_credentials"))
    answer = mine.exchange(api.token(), actor_token=own_token(mine.api), actor_token_type=ACCESS_TOKEN)
    assert act(answer) == {"sub": mine.api.client.client_id}


@spec("RFC8693-2.1")
def test_a_person_acts_by_an_id_token_for_this_client(caller: Caller, tenant: Tenant, api: Middle) -> None:
    """Support: somebody who is signed in at the back office acts for a customer."""
    office = another(
        api,
        grant_types=(*api.api.client.grant_types, "authorization_code"),
        redirect_uris=api.here.app.client.redirect_uris,
        scope=("openid",),
    )
    here = visit(caller, tenant, office.api.client)
    id_token = here.app.redeem(here.code(scope="openid", resource=API)).json["id_token"]
    answer = office.exchange(api.token(), actor_token=id_token, actor_token_type=ID_TOKEN)
    assert act(answer) == {"sub": here.person.sub}


@spec("RFC8693-4.4")
def test_an_actor_token_can_be_what_may_act_asks_for(caller: Caller, tenant: Tenant, api: Middle) -> None:
    agent = ClientApp(tenant.client(scope=("read",)), api.api.caller)
    token = agent.token({"grant_type": "client_credentials", "resource": API}).json["access_token"]
    subject = resign_as_server(caller, api.token(), may_act={"client_id": agent.client.client_id})
    fields = {"actor_token": token, "actor_token_type": ACCESS_TOKEN}
    assert act(api.exchange(subject, **fields)) == {"sub": agent.client.client_id}
    assert_json_error(api.exchange(subject), "invalid_request")


@spec("RFC8693-2.2.2")
def test_an_actor_token_that_does_not_count_is_refused(
    caller: Caller, tenant: Tenant, api: Middle, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = ClientApp(tenant.client(scope=("read",)), api.api.caller)
    good = agent.token({"grant_type": "client_credentials", "resource": API}).json["access_token"]
    elsewhere = agent.token({"grant_type": "client_credentials", "resource": OTHER_API}).json["access_token"]
    revoked = agent.token({"grant_type": "client_credentials", "resource": API}).json["access_token"]
    agent.post("/revoke", {"token": revoked})
    tokens = api.here.app.redeem(api.here.code(scope="openid", resource=API)).json
    cases: list[tuple[str, str, str]] = [
        ("garbage", ACCESS_TOKEN, "token_malformed"),
        ("garbage", ID_TOKEN, "token_malformed"),
        (resign_as_server(caller, good, exp=1), ACCESS_TOKEN, "token_expired"),
        (elsewhere, ACCESS_TOKEN, "token_of_another"),
        (revoked, ACCESS_TOKEN, "token_revoked"),
        (resign_as_server(caller, good, act={"sub": "a"}), ACCESS_TOKEN, "actor_acts_for_another"),
        (tokens["id_token"], ID_TOKEN, "token_of_another"),
        (tokens["id_token"], ACCESS_TOKEN, "token_malformed"),
        (good, ID_TOKEN, "token_malformed"),
    ]
    subject = api.token()
    for token, token_type, reason in cases:
        answer = api.exchange(subject, actor_token=token, actor_token_type=token_type)
        assert_json_error(answer, "invalid_request")
        assert last_log(capsys)["reason"] == reason
    assert api.target == PAYROLL
