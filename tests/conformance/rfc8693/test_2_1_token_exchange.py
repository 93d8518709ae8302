"""RFC 8693 section 2: a token swapped for another."""

from typing import Any

import pytest

from chalicelib.protocol.supported import TOKEN_EXCHANGE
from tests.support.client_app import unverified, verified
from tests.support.exchange import ACCESS_TOKEN, JWT, PAYROLL, REFRESH_TOKEN, Middle, another
from tests.support.http import Caller
from tests.support.tenant import API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit


@spec("RFC8693-4.3")
@spec("RFC8693-2.2.1")
def test_an_api_gets_a_token_to_another_api_for_the_person(caller: Caller, api: Middle) -> None:
    token = api.token()
    answer = api.exchange(token)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    claims = verified(answer.json["access_token"], caller, audience=PAYROLL)
    assert answer.json == {
        "access_token": answer.json["access_token"],
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": claims["exp"] - claims["iat"],
        "scope": "pay:read",
    }
    before = unverified(token)[1]
    client_id = api.api.client.client_id
    expected: dict[str, Any] = {
        "iss": caller.issuer,
        "sub": api.here.person.sub,
        "aud": PAYROLL,
        "client_id": client_id,
        "granted_to": api.here.app.client.client_id,
        "scope": "pay:read",
        "act": {"sub": client_id},
    }
    carried = {name: before[name] for name in ("auth_time", "acr", "amr") if name in before}
    made = {name: claims[name] for name in ("iat", "exp", "jti")}
    assert claims == expected | carried | made
    assert claims["jti"].partition(".")[0] == before["jti"].partition(".")[0], "both are of the grant"
    assert claims["exp"] <= before["exp"]


TARGETS: list[dict[str, Any]] = [{"audience": PAYROLL, "resource": None}, {"audience": [PAYROLL, PAYROLL]}]


@spec("RFC8693-2.1")
@pytest.mark.parametrize("target", TARGETS, ids=["alone", "twice, beside resource"])
def test_audience_names_a_resource_server_as_well(api: Middle, target: dict[str, Any]) -> None:
    claims = unverified(api.exchange(api.token(), **target).json["access_token"])[1]
    assert claims["aud"] == PAYROLL


@spec("RFC8693-2.1")
@pytest.mark.parametrize("requested", [ACCESS_TOKEN, JWT])
def test_the_requested_token_type_may_be_named(api: Middle, requested: str) -> None:
    answer = api.exchange(api.token(), requested_token_type=requested)
    assert (answer.status, answer.json["issued_token_type"]) == (200, ACCESS_TOKEN)


@spec("RFC8693-2.1")
def test_a_refresh_token_is_exchanged_by_its_own_client_and_not_spent(tenant: Tenant, api: Middle) -> None:
    app = another(
        api,
        grant_types=(TOKEN_EXCHANGE, "authorization_code", "refresh_token"),
        redirect_uris=api.here.app.client.redirect_uris,
        scope=("read", "offline_access"),
        resources=(),
    )
    here = visit(app.api.caller, tenant, app.api.client)
    refresh_token = here.app.redeem(here.code(scope="read", resource=API)).json["refresh_token"]
    for _ in range(2):
        answer = app.exchange(refresh_token, subject_token_type=REFRESH_TOKEN)
        assert answer.status == 200, answer.body
        claims = unverified(answer.json["access_token"])[1]
        assert (claims["sub"], claims["aud"], claims["scope"]) == (here.person.sub, app.target, "pay:read")
        assert "granted_to" not in claims
        assert "refresh_token" not in answer.json
    assert here.app.refresh(refresh_token).status == 200


@spec("RFC8693-2.2.1")
def test_the_new_token_can_be_introspected_and_revoked_by_whom_it_is_for(caller: Caller, api: Middle) -> None:
    token = api.exchange(api.token()).json["access_token"]
    auth = (api.payroll.client_id, SECRET)
    told = caller.post("/introspect", {"token": token}, auth=auth).json
    assert told["active"] is True
    assert (told["sub"], told["act"]) == (api.here.person.sub, {"sub": api.api.client.client_id})
    assert api.api.post("/revoke", {"token": token}).status == 200
    assert caller.post("/introspect", {"token": token}, auth=auth).json == {"active": False}
