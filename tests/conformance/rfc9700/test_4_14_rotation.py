"""RFC 9700 section 4.14.2: refresh tokens that change with every use, for clients that can keep no secret."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.client_app import unverified
from tests.support.http import Answer, Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

PARALLEL = 50


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    """At a public client, whose refresh tokens rotate."""
    return visit(caller, tenant)


def first_token(here: Visit) -> str:
    tokens = here.app.redeem(here.code(scope="openid read offline_access")).json
    refresh_token: str = tokens["refresh_token"]
    return refresh_token


def successor(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    refresh_token: str = answer.json["refresh_token"]
    return refresh_token


def grant_of(tenant: Tenant, refresh_token: str) -> dict[str, Any]:
    return tenant.table("Grants").find(grant_id=refresh_token.partition(".")[0])


@spec("RFC9700-4.14.2")
def test_every_use_gives_a_successor(here: Visit) -> None:
    seen = [first_token(here)]
    for _ in range(4):
        seen.append(successor(here.app.refresh(seen[-1])))
    assert len(set(seen)) == 5
    assert [token.split(".")[1] for token in seen] == ["1", "2", "3", "4", "5"]
    assert len({token.split(".")[0] for token in seen}) == 1
    # The part of a token that is its own can't be told from its predecessor's.
    assert len({token[-43:] for token in seen}) == 5


@spec("RFC9700-4.14.2")
def test_no_refresh_token_is_kept(here: Visit, tenant: Tenant) -> None:
    first = first_token(here)
    second = successor(here.app.refresh(first))
    kept = str(tenant.snapshot())
    for token in (first, second):
        secret = token.rpartition(".")[2]
        assert token not in kept
        assert secret not in kept
        assert secret[:22] not in kept
        assert secret[22:] not in kept


@spec("RFC9700-4.14.2")
def test_a_retry_inside_the_grace_window_gets_the_same_successor(here: Visit, tenant: Tenant) -> None:
    first = first_token(here)
    answers = [here.app.refresh(first) for _ in range(3)]
    assert len({successor(answer) for answer in answers}) == 1
    # The access tokens are new ones all the same.
    assert len({unverified(answer.json["access_token"])[1]["jti"] for answer in answers}) == 3
    assert grant_of(tenant, first)["generation"] == 2
    assert here.app.refresh(successor(answers[0])).status == 200


@spec("RFC9700-4.14.2")
def test_parallel_refreshes_with_one_token_make_one_successor(here: Visit, tenant: Tenant) -> None:
    first = first_token(here)
    with ThreadPoolExecutor(PARALLEL) as threads:
        answers = list(threads.map(here.app.refresh, [first] * PARALLEL))
    assert len({successor(answer) for answer in answers}) == 1
    grant = grant_of(tenant, first)
    assert (grant["generation"], grant["state"]) == (2, "active")
    assert here.app.refresh(successor(answers[0])).status == 200


@spec("RFC9700-4.14.2")
def test_a_confidential_client_keeps_its_refresh_token(caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant, tenant.client())
    first = first_token(here)
    assert {successor(here.app.refresh(first)) for _ in range(3)} == {first}
    assert grant_of(tenant, first)["generation"] == 1


@spec("RFC9700-4.14.2")
@pytest.mark.parametrize("rotate", [True, False])
def test_a_confidential_client_rotates_as_it_is_set(caller: Caller, tenant: Tenant, *, rotate: bool) -> None:
    client = tenant.client(rotate_refresh_tokens=rotate)
    here = visit(caller, tenant, client)
    first = first_token(here)
    assert (successor(here.app.refresh(first)) != first) == rotate


@spec("RFC9700-4.14.2")
def test_a_public_client_rotates_whatever_its_record_says(caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant, tenant.public_client(rotate_refresh_tokens=False))
    first = first_token(here)
    assert successor(here.app.refresh(first)) != first
