"""RFC 7523 section 3 (7): an assertion is good once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.protocol.client import Client
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key, key_client, present
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec

KEY = client_key()
PARALLEL = 20


@pytest.fixture
def client(tenant: Tenant) -> Client:
    return key_client(tenant, KEY.jwk())


@spec("RFC7523-3")
def test_an_assertion_used_again_is_refused(
    caller: Caller, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assertion = KEY.sign(assertion_claims(caller, client))
    assert present(caller, assertion).status == 200
    assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == "assertion_replayed"


@spec("RFC7523-3")
def test_of_parallel_uses_one_wins(caller: Caller, client: Client) -> None:
    assertion = KEY.sign(assertion_claims(caller, client))
    with ThreadPoolExecutor(PARALLEL) as threads:
        answers = list(threads.map(lambda _: present(caller, assertion), range(PARALLEL)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * (PARALLEL - 1)


@spec("RFC7523-3")
def test_another_assertion_with_the_same_jti_is_a_replay(caller: Caller, client: Client) -> None:
    claims = assertion_claims(caller, client)
    assert present(caller, KEY.sign(claims)).status == 200
    again = KEY.sign({**claims, "exp": claims["exp"] + 1, "aud": caller.issuer + "/token"})
    assert_json_error(present(caller, again), "invalid_client", status=401)


@spec("RFC7523-3")
def test_a_jti_is_the_clients_own(caller: Caller, client: Client, tenant: Tenant) -> None:
    other = key_client(tenant, KEY.jwk())
    for each in (client, other):
        assert present(caller, KEY.sign(assertion_claims(caller, each, jti="one"))).status == 200


@spec("RFC7523-3")
def test_an_assertion_used_at_one_endpoint_is_used_at_all(caller: Caller, client: Client) -> None:
    assertion = KEY.sign(assertion_claims(caller, client))
    form = {"token": "x", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    assert caller.post("/revoke", form).status == 200
    assert_json_error(present(caller, assertion), "invalid_client", status=401)


@spec("RFC7523-3")
def test_a_forged_assertion_uses_up_no_jti(caller: Caller, client: Client) -> None:
    claims = assertion_claims(caller, client)
    forged = client_key("ES256", "stranger").sign(claims, kid="one")
    assert_json_error(present(caller, forged), "invalid_client", status=401)
    assert present(caller, KEY.sign(claims)).status == 200


@spec("RFC7523-3")
def test_a_jti_is_remembered_as_long_as_its_assertion_lives(
    caller: Caller, client: Client, tenant: Tenant
) -> None:
    claims = assertion_claims(caller, client, exp=int(time.time()) + 3000)
    before = {item["id"] for item in tenant.table("Requests").items()}
    assert present(caller, KEY.sign(claims)).status == 200
    (item,) = [item for item in tenant.table("Requests").items() if item["id"] not in before]
    assert item["exp"] > claims["exp"]
    assert item["purge_at"] >= item["exp"]
    # The identifier itself is not kept.
    assert claims["jti"] not in str(item)


@spec("RFC7523-3")
def test_a_jti_past_its_time_that_the_sweep_left_refuses_nothing(
    caller: Caller, client: Client, tenant: Tenant
) -> None:
    requests = tenant.table("Requests")
    before = {item["id"] for item in requests.items()}
    claims = assertion_claims(caller, client)
    assert present(caller, KEY.sign(claims)).status == 200
    (item,) = [item for item in requests.items() if item["id"] not in before]
    requests.change(item, exp=int(time.time()) - 1)
    assert present(caller, KEY.sign(claims)).status == 200
    assert_json_error(present(caller, KEY.sign(claims)), "invalid_client", status=401)
