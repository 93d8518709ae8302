"""RFC 7523 section 3.1: a grant is used once, and its issuer's keys are read as they have to be."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.assertions import KEY, Federation, federation
from tests.support.client_app import unverified
from tests.support.client_key import client_key
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec

PARALLEL = 16


@pytest.fixture
def idp(caller: Caller, tenant: Tenant) -> Federation:
    return federation(caller, tenant)


@spec("RFC7523-3")
def test_an_assertion_used_again_is_refused(idp: Federation, capsys: pytest.CaptureFixture[str]) -> None:
    claims = idp.claims()
    assert idp.present(KEY.sign(claims)).status == 200
    for again in (claims, {**claims, "sub": "bob"}, {**claims, "exp": claims["exp"] + 1}):
        assert_json_error(idp.present(KEY.sign(again)), "invalid_grant")
        assert last_log(capsys)["reason"] == "assertion_replayed"


@spec("RFC7523-3")
def test_of_parallel_uses_one_wins(idp: Federation) -> None:
    assertion = idp.assertion()
    with ThreadPoolExecutor(PARALLEL) as threads:
        answers = list(threads.map(lambda _: idp.present(assertion), range(PARALLEL)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (PARALLEL - 1)


@spec("RFC7523-3")
def test_a_jti_is_the_issuers_own(caller: Caller, tenant: Tenant, idp: Federation) -> None:
    other = federation(caller, tenant)
    for each in (idp, other):
        assert each.present(each.assertion(jti="the same")).status == 200


@spec("RFC7523-3")
def test_a_use_past_its_time_that_the_sweep_left_refuses_nothing(idp: Federation, tenant: Tenant) -> None:
    claims = idp.claims()
    grants = tenant.table("Grants")
    token = idp.present(KEY.sign(claims)).json["access_token"]
    item = grants.find(grant_id=unverified(token)[1]["jti"].partition(".")[0])
    assert item["exp"] > claims["exp"]
    assert item["purge_at"] > item["exp"]
    grants.change(item, exp=1)
    assert idp.present(KEY.sign(claims)).status == 200
    assert_json_error(idp.present(KEY.sign(claims)), "invalid_grant")


@spec("RFC7523-3")
def test_keys_are_read_from_the_jwks_uri_and_once_more_for_an_unknown_kid(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        url = origin.serve("/jwks", json.dumps({"keys": [KEY.jwk()]}))
        idp = federation(caller, tenant, jwks_uri=url)
        for _ in range(2):
            assert idp.present(idp.assertion()).status == 200
        assert origin.asked("/jwks") == 1
        stranger = client_key("ES256", "new")
        assert_json_error(idp.present(stranger.sign(idp.claims())), "invalid_grant")
        away = federation(caller, tenant, jwks_uri=origin.address + "/nothing")
        capsys.readouterr()
        assert_json_error(away.present(away.assertion()), "invalid_grant")
        line = last_log(capsys)
        assert (line["reason"], "404" in line["jwks_uri_error"]) == ("jwks_uri_unavailable", True)
        assert origin.asked("/nothing") == 1
        inside = federation(caller, tenant, jwks_uri="https://169.254.169.254/latest/meta-data")
        assert_json_error(inside.present(inside.assertion()), "invalid_grant")
