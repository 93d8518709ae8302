"""RFC 6749 section 5.1: what an access token response holds, and that nobody keeps it."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

SCOPE = "openid read offline_access"


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant)


def answers(here: Visit, tenant: Tenant) -> dict[str, Answer]:
    """One of each grant type."""
    code = here.app.redeem(here.code(scope=SCOPE))
    return {
        "authorization_code": code,
        "refresh_token": here.app.refresh(code.json["refresh_token"]),
        "client_credentials": ClientApp(tenant.client(), here.app.caller).token(
            {"grant_type": "client_credentials"}
        ),
    }


@spec("RFC6749-5.1")
def test_no_response_with_tokens_may_be_stored(here: Visit, tenant: Tenant) -> None:
    for grant_type, answer in answers(here, tenant).items():
        assert answer.status == 200, grant_type
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["pragma"] == "no-cache"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


@spec("RFC6749-5.1")
def test_every_response_has_its_members_and_no_others(here: Visit, tenant: Tenant) -> None:
    always = {"access_token", "token_type", "expires_in", "scope"}
    persons = always | {"id_token", "refresh_token"}
    found = answers(here, tenant)
    assert set(found["client_credentials"].json) == always
    assert set(found["authorization_code"].json) == set(found["refresh_token"].json) == persons
    for answer in found.values():
        assert answer.json["token_type"] == "Bearer"
        assert type(answer.json["expires_in"]) is int
    assert found["authorization_code"].json["scope"] == found["refresh_token"].json["scope"] == SCOPE


@spec("RFC6749-5.1")
def test_the_scope_is_told_where_it_is_less_than_asked(here: Visit) -> None:
    answer = here.app.redeem(here.code(scope="openid read unheard:of"))
    assert answer.json["scope"] == "openid read"


@spec("RFC6749-5.1")
def test_the_log_tells_what_was_issued_and_no_token(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    code = here.code(scope=SCOPE)
    tokens: dict[str, Any] = here.app.redeem(code).json
    secrets = (code.partition(".")[2], here.app.code_verifier, tokens["refresh_token"].rpartition(".")[2])
    line = last_log(capsys, *secrets, tokens["access_token"], tokens["id_token"])
    assert {name: line[name] for name in ("endpoint", "status", "grant_type", "outcome", "client_id")} == {
        "endpoint": "token",
        "status": 200,
        "grant_type": "authorization_code",
        "outcome": "issued",
        "client_id": here.app.client.client_id,
    }
    assert line["grant_id"] == code.partition(".")[0]
