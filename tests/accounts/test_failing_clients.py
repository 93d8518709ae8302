"""RFC 6749 section 2.3.1: secrets are protected against guessing, and no guess keeps the client out."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.local.stack import LocalStack
from tests.support.client_key import assertion_claims, client_key, key_client, present
from tests.support.client_secret import hmac_assertion, hmac_client
from tests.support.failing_clients import PATHS, counted, counts, fail, spend
from tests.support.http import Caller, HttpTransport, LambdaTransport, basic
from tests.support.log_lines import assert_line
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec

FREE = 10


def elsewhere(stack: LocalStack, caller: Caller) -> Caller:
    """Somebody in another network."""
    if isinstance(caller.transport, HttpTransport):
        return Caller(HttpTransport(stack.issuer, "127.2.3.4"))
    return Caller(LambdaTransport(stack, "198.51.100.77"))


@spec("RFC6749-2.3.1")
def test_who_guesses_is_told_to_wait_and_who_knows_the_secret_is_let_in(
    caller: Caller, tenant: Tenant, source_ip: str, stack: LocalStack
) -> None:
    client = tenant.client()
    answers = [fail(caller, client.client_id) for _ in range(FREE)]
    assert {answer.status for answer in answers} == {401}
    later = fail(caller, client.client_id)
    assert_json_error(later, "slow_down", status=429)
    assert 1 <= int(later.headers["retry-after"]) <= 60
    # From the same network and from any other, at the same moment.
    for one in (caller, elsewhere(stack, caller)):
        answer = one.post(
            "/token",
            {"grant_type": "client_credentials"},
            authorization=basic(client.client_id, SECRET),
        )
        assert answer.status == 200
    # That changes nothing for who guesses, here; elsewhere it is another's first mistake.
    assert fail(caller, client.client_id).status == 429
    assert fail(elsewhere(stack, caller), client.client_id).status == 401
    _, here = counts(client.client_id, source_ip)
    item = counted(tenant, here)
    assert item is not None
    assert item["attempts"] == FREE


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("endpoint", PATHS)
def test_every_endpoint_that_authenticates_counts_together(
    caller: Caller, tenant: Tenant, source_ip: str, endpoint: str
) -> None:
    client = tenant.client(resources=(API,))
    assert fail(caller, client.client_id, endpoint="token").status == 401
    _, here = counts(client.client_id, source_ip)
    spend(tenant, here)
    answer = fail(caller, client.client_id, endpoint=endpoint)
    assert_json_error(answer, "slow_down", status=429)
    assert int(answer.headers["retry-after"]) > 0


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("method", ["private_key_jwt", "client_secret_jwt"])
def test_wrong_assertions_are_guesses_and_right_ones_pass(
    caller: Caller, tenant: Tenant, source_ip: str, method: str
) -> None:
    key, stranger = client_key(), client_key(kid="stranger")
    if method == "private_key_jwt":
        client = key_client(tenant, key.jwk())
        right = key.sign(assertion_claims(caller, client))
        wrong = [stranger.sign(assertion_claims(caller, client), kid=key.kid) for _ in range(2)]
    else:
        client = hmac_client(tenant)
        right = hmac_assertion(assertion_claims(caller, client))
        wrong = [hmac_assertion(assertion_claims(caller, client), "wrong" * 20) for _ in range(2)]
    assert present(caller, wrong[0]).status == 401
    _, here = counts(client.client_id, source_ip)
    spend(tenant, here)
    assert present(caller, wrong[1]).status == 429
    assert present(caller, right).status == 200
    # What was proved and is refused for another reason is no guess: it is told what is wrong.
    assert_json_error(present(caller, right), "invalid_client", status=401)


@spec("RFC6749-2.3.1")
def test_guessing_over_many_clients_counts_for_the_network(
    caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    client = tenant.client()
    network, _ = counts(client.client_id, source_ip)
    for number in range(3):
        assert fail(caller, f"nobody-{number}").status == 401
    item = counted(tenant, network)
    assert item is not None
    assert item["attempts"] == 3
    spend(tenant, network)
    for name in ("nobody-4", client.client_id):
        assert fail(caller, name).status == 429
    answer = caller.post(
        "/token", {"grant_type": "client_credentials"}, authorization=basic(client.client_id, SECRET)
    )
    assert answer.status == 200
    # What is told to wait by the network leaves nothing behind under the name.
    assert counted(tenant, counts("nobody-4", source_ip)[1]) is None


@spec("RFC6749-5.2")
def test_a_known_and_an_unknown_client_are_told_to_wait_alike(
    caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    """Or the eleventh guess would tell which clients there are."""
    known, unknown = tenant.client().client_id, "nobody-there"
    told = {}
    for name in (known, unknown):
        assert fail(caller, name).status == 401
        spend(tenant, counts(name, source_ip)[1])
        answer = fail(caller, name)
        told[name] = (answer.status, answer.body, sorted(answer.headers))
    assert told[known] == told[unknown]


def test_a_success_counts_nothing_and_asks_nothing(
    caller: Caller, tenant: Tenant, source_ip: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client()
    for _ in range(2):
        answer = caller.post(
            "/token", {"grant_type": "client_credentials"}, authorization=basic(client.client_id, SECRET)
        )
        assert answer.status == 200
    # Its record, where an instance has none of it.
    assert last_log(capsys)["dynamodb_calls"] <= 1
    assert [counted(tenant, key) for key in counts(client.client_id, source_ip)] == [None, None]


def test_of_failures_at_once_past_the_bound_one_is_counted(
    caller: Caller, tenant: Tenant, source_ip: str
) -> None:
    client = tenant.client()
    assert fail(caller, client.client_id).status == 401
    _, here = counts(client.client_id, source_ip)
    spend(tenant, here, wait=0)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: fail(caller, client.client_id), range(8)))
    assert sorted(answer.status for answer in answers) == [401] + [429] * 7


def test_a_flood_is_one_security_event_and_no_call(
    caller: Caller, tenant: Tenant, source_ip: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client()
    assert fail(caller, client.client_id, endpoint="introspection").status == 401
    _, here = counts(client.client_id, source_ip)
    spend(tenant, here)
    capsys.readouterr()
    for _ in range(5):
        assert fail(caller, client.client_id, endpoint="introspection").status == 429
    lines = [assert_line(line) for line in capsys.readouterr().out.splitlines()]
    # Each instance asks once; there are at most three.
    reasons = [line["reason"] for line in lines]
    assert reasons[0] == "client_auth_throttled"
    assert set(reasons) == {"client_auth_throttled", "client_auth_flood"}
    assert [line["refused_clients"] for line in lines] == [1] * 5
    told = {line["reason"]: line.get("audit", {}).get("type") for line in lines}
    assert told == {"client_auth_throttled": "client_authentication_refused", "client_auth_flood": None}
    audit = lines[0]["audit"]
    assert (audit["actor"], audit["client_id"], audit["source_ip"]) == (
        {"kind": "unknown"}, client.client_id, source_ip,
    )  # fmt: skip
    # The record may be looked at again once a second; the counts are not asked.
    assert all(line["dynamodb_calls"] <= 1 for line in lines if line["reason"] == "client_auth_flood")


@pytest.mark.parametrize("endpoint", PATHS)
def test_the_secret_that_was_tried_is_in_no_log(
    caller: Caller, tenant: Tenant, source_ip: str, capsys: pytest.CaptureFixture[str], endpoint: str
) -> None:
    tried = "a-secret-somebody-tried"
    client = tenant.client()
    fail(caller, client.client_id, tried, endpoint=endpoint)
    spend(tenant, counts(client.client_id, source_ip)[1])
    assert fail(caller, client.client_id, tried, endpoint=endpoint).status == 429
    last_log(capsys, tried, basic(client.client_id, tried))


def test_a_client_that_was_deleted_is_unknown_where_its_record_is_still_kept(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client()
    auth = (client.client_id, SECRET)
    assert caller.post("/token", {"grant_type": "client_credentials"}, auth=auth).status == 200
    tenant.table("Clients").delete(id=f"client#{client.client_id}")
    assert fail(caller, client.client_id).status == 401
    assert last_log(capsys)["reason"] == "client_unknown"
