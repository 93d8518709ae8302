"""RFC 8693 section 2.1: who may exchange what for whom is said on both sides, and nothing is by default."""

import time

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp, unverified
from tests.support.exchange import Middle, allow, another
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written


def assert_refused(
    answer: Answer, capsys: pytest.CaptureFixture[str], error: str, reason: str, *secrets: str
) -> None:
    assert_json_error(answer, error)
    assert last_log(capsys, SECRET, *secrets)["reason"] == reason


@spec("RFC8693-2.1")
def test_a_token_for_another_api_is_refused(api: Middle, capsys: pytest.CaptureFixture[str]) -> None:
    token = api.here.app.redeem(api.here.code(scope="other:read", resource=OTHER_API)).json["access_token"]
    assert_refused(api.exchange(token), capsys, "invalid_request", "token_of_another", token)


@spec("RFC8693-2.1")
def test_a_token_for_another_api_is_taken_where_the_clients_record_says_so(api: Middle) -> None:
    gateway = another(api, exchange_subject_audiences=(OTHER_API,), server={"exchange_scopes": {}})
    token = api.here.app.redeem(api.here.code(scope="other:read", resource=OTHER_API)).json["access_token"]
    answer = gateway.exchange(token)
    assert answer.status == 200
    assert "scope" not in answer.json, "no scope of the target's is the token's"


@spec("RFC8693-2.1")
def test_who_got_the_token_from_a_person_can_not_exchange_it_unless_allowed(
    api: Middle, capsys: pytest.CaptureFixture[str]
) -> None:
    app = another(api, resources=())
    assert_refused(app.exchange(api.token()), capsys, "invalid_request", "token_of_another")


@spec("RFC8693-2.1")
@pytest.mark.parametrize("side", ["client", "resource server"])
def test_one_side_of_the_policy_is_not_enough(
    api: Middle, capsys: pytest.CaptureFixture[str], side: str
) -> None:
    target = f"https://one-side-{side[0]}.example/"
    asker = another(api, exchange_audiences=(target,)) if side == "client" else another(api)
    allow(target, *(() if side == "client" else (asker.api.client,)))
    assert_refused(
        asker.exchange(api.token(), resource=target), capsys, "invalid_target", "resource_not_exchangeable"
    )


@spec("RFC8693-2.1")
def test_a_public_client_acts_for_nobody(
    api: Middle, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    public = another(api, token_endpoint_auth_method="none", client_secret_hashes=())
    with nothing_written(stack):
        answer = public.exchange("any")
    assert_refused(answer, capsys, "unauthorized_client", "client_public")


@spec("RFC6749-5.2")
def test_a_client_that_is_not_registered_for_it_is_refused(
    api: Middle, capsys: pytest.CaptureFixture[str]
) -> None:
    other = another(api, grant_types=("client_credentials",))
    assert_refused(other.exchange(api.token()), capsys, "unauthorized_client", "grant_type_not_allowed")


@spec("RFC8693-2.1")
def test_a_clients_own_token_is_about_nobody(
    tenant: Tenant, api: Middle, capsys: pytest.CaptureFixture[str]
) -> None:
    service = ClientApp(tenant.client(), api.api.caller)
    token = service.token({"grant_type": "client_credentials", "scope": "read"}).json["access_token"]
    assert_refused(api.exchange(token), capsys, "invalid_request", "token_of_no_person", token)


@spec("RFC6749-3.2")
def test_audience_may_be_repeated_here_and_nowhere_else(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    form = {"grant_type": "client_credentials", "audience": [API, API]}
    assert_json_error(caller.post("/token", form, auth=(client.client_id, SECRET)), "invalid_request")


@spec("RFC8693-5")
def test_the_new_token_never_outlives_the_old_one(caller: Caller, api: Middle) -> None:
    end = int(time.time()) + 20
    answer = api.exchange(resign_as_server(caller, api.token(), exp=end))
    assert 0 < answer.json["expires_in"] <= 20
    assert unverified(answer.json["access_token"])[1]["exp"] == end


@spec("RFC8693-2.2.2")
def test_errors_do_not_tell_why_a_token_was_refused(caller: Caller, api: Middle) -> None:
    token = api.token()
    bodies = {
        api.exchange(one).body
        for one in (
            "x",
            resign_as_server(caller, token, exp=1),
            resign_as_server(caller, token, sub="nobody"),
        )
    }
    assert len(bodies) == 1
