"""RFC 6749 section 4.3: a client that asks people for their passwords itself. For migration only."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp, unverified, verified
from tests.support.environment import changed_environment, skip_where_deployed
from tests.support.guessing import WRONG
from tests.support.http import Caller
from tests.support.migration import by_password, password_client
from tests.support.operator import people
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import Registrar
from tests.support.tenant import API, OTHER_API, PASSWORD, SECRET, Person, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return tenant.person()


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(password_client(tenant), caller)


@spec("RFC6749-4.3.3")
def test_a_right_password_brings_the_persons_tokens(app: ClientApp, person: Person) -> None:
    answer = by_password(app, person)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    claims = verified(answer.json["access_token"], app.caller, audience=API)
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (
        person.sub,
        app.client.client_id,
        "read",
    )
    assert claims["amr"] == ["pwd"]
    assert claims["auth_time"] == claims["iat"]
    assert app.refresh(answer.json["refresh_token"]).status == 200


@spec("RFC6749-4.3.3")
def test_with_openid_there_is_an_id_token_and_userinfo(app: ClientApp, person: Person) -> None:
    tokens = by_password(app, person, scope="openid email offline_access").json
    claims = verified(tokens["id_token"], app.caller, audience=app.client.client_id)
    assert (claims["sub"], claims["amr"]) == (person.sub, ["pwd"])
    userinfo = app.caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert userinfo.json["email"] == "ada@example.com"
    assert app.refresh(tokens["refresh_token"]).json["id_token"]


@spec("OIDC-Core-11")
def test_openid_without_offline_access_brings_no_refresh_token(app: ClientApp, person: Person) -> None:
    assert "refresh_token" not in by_password(app, person, scope="openid").json


@spec("RFC6749-4.3.3")
def test_a_client_without_refresh_tokens_gets_none(caller: Caller, tenant: Tenant, person: Person) -> None:
    app = ClientApp(password_client(tenant, grant_types=("password",)), caller)
    assert set(by_password(app, person, scope="openid offline_access read").json) == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "id_token",
    }


@spec("RFC6749-4.3.2")
def test_the_login_name_is_the_one_of_the_login_page(app: ClientApp, person: Person) -> None:
    assert by_password(app, person, username=f"  {person.login.upper()} ").status == 200


@spec("RFC8707-2.2")
def test_a_resource_is_asked_for_as_anywhere(app: ClientApp, tenant: Tenant, person: Person) -> None:
    tenant.resource_server(OTHER_API)
    tokens = by_password(app, person, resource=OTHER_API, scope="other:read").json
    assert unverified(tokens["access_token"])[1]["aud"] == OTHER_API


REQUESTS: dict[str, tuple[dict[str, str | list[str] | None], str, str]] = {
    "no username": ({"username": None}, "invalid_request", "parameter_missing"),
    "an empty username": ({"username": ""}, "invalid_request", "parameter_missing"),
    "no password": ({"password": None}, "invalid_request", "parameter_missing"),
    "two usernames": ({"username": ["a", "b"]}, "invalid_request", "parameter_repeated"),
    "two passwords": ({"password": ["a", "b"]}, "invalid_request", "parameter_repeated"),
    "an unknown scope": ({"scope": "fly"}, "invalid_scope", "scope_unknown"),
    "no scope that is understood": ({"scope": "read\t"}, "invalid_scope", "scope_malformed"),
    "another client's scope": ({"scope": "read admin"}, "invalid_scope", "scope_unknown"),
    "an unknown resource": ({"resource": "https://x.example/"}, "invalid_target", "resource_unknown"),
    "no resource": ({"resource": "api"}, "invalid_target", "resource_malformed"),
    "a blank username": ({"username": "   "}, "invalid_grant", "login_incomplete"),
    "a long username": ({"username": "a" * 255}, "invalid_grant", "login_incomplete"),
}


@spec("RFC6749-4.3.2")
@pytest.mark.parametrize("case", REQUESTS)
def test_a_request_that_is_wrong_counts_nothing_and_writes_nothing(
    app: ClientApp, person: Person, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REQUESTS[case]
    # The password is wrong as well: what is wrong with the request is told before.
    with unchanged():
        answer = by_password(app, person, **{"password": WRONG, **changes})
    assert_json_error(answer, error)
    assert last_log(capsys, PASSWORD, WRONG, person.login)["reason"] == reason


@spec("RFC6749-4.3")
def test_only_what_the_client_is_registered_for(
    caller: Caller, tenant: Tenant, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    with unchanged():
        answer = by_password(ClientApp(tenant.client(), caller), person)
    assert_json_error(answer, "unauthorized_client")
    assert last_log(capsys, PASSWORD)["reason"] == "grant_type_not_allowed"


@spec("RFC9700-2.4")
def test_a_public_client_is_refused_whatever_it_is_registered_for(
    caller: Caller, tenant: Tenant, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    public = password_client(tenant, token_endpoint_auth_method="none", client_secret_hashes=())
    with unchanged():
        answer = by_password(ClientApp(public, caller), person)
    assert_json_error(answer, "unauthorized_client")
    assert last_log(capsys, PASSWORD)["reason"] == "client_public"


@spec("RFC9700-2.4")
def test_a_tenant_has_it_off_unless_it_says_so(
    app: ClientApp, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> Any:
        return app.caller.get("/.well-known/openid-configuration").json["grant_types_supported"]

    assert "password" in told()
    for off in ("off", ""):
        with changed_environment(PASSWORD_GRANT=off), unchanged():
            assert "password" not in told()
            answer = by_password(app, person)
        assert_json_error(answer, "unsupported_grant_type")
        assert last_log(capsys, PASSWORD)["reason"] == "grant_type_not_supported"


@spec("RFC6749-4.3.2")
def test_client_authentication_comes_first(app: ClientApp, person: Person) -> None:
    fields = {"grant_type": "password", "username": person.login, "password": person.password}
    with unchanged():
        for auth in ((app.client.client_id, "wrong"), ("nobody", SECRET), None):
            answer = app.caller.post("/token", fields, auth=auth)
            assert_json_error(answer, answer.error, status=answer.status)
            assert answer.status in {400, 401}


@spec("RFC9700-2.4")
def test_each_use_is_warned_of_in_the_log(
    app: ClientApp, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_where_deployed()
    tokens = by_password(app, person).json
    line = last_log(capsys, PASSWORD, person.login, tokens["access_token"], tokens["refresh_token"])
    assert (line["warning"], line["outcome"], line["sub"]) == ("password_grant", "issued", person.sub)
    assert line["audit"]["type"] == "token_issued"
    by_password(app, person, password=WRONG)
    line = last_log(capsys, WRONG, person.login)
    assert (line["warning"], line["reason"], line["sub"]) == ("password_grant", "password_wrong", person.sub)
    # As at the login page: it counts for the alarm, and the audit trail knows who tried.
    assert line["refused_logins"] == 1
    assert line["audit"]["type"] == "login_failed"
    assert line["audit"]["actor"] == {"kind": "client", "id": app.client.client_id}


@spec("RFC9700-2.4")
@pytest.mark.parametrize("end", ["disable", "sign_out", "delete"])
def test_what_it_gave_ends_with_all_the_person_has(app: ClientApp, person: Person, end: str) -> None:
    tokens = by_password(app, person).json
    getattr(people(), end)(person.sub, now=unverified(tokens["access_token"])[1]["iat"])
    assert_json_error(app.refresh(tokens["refresh_token"]), "invalid_grant")


@spec("RFC7009-2.1")
def test_its_refresh_token_is_revoked_as_any(app: ClientApp, person: Person) -> None:
    tokens = by_password(app, person).json
    assert app.post("/revoke", {"token": tokens["refresh_token"]}).status == 200
    assert_json_error(app.refresh(tokens["refresh_token"]), "invalid_grant")


@spec("RFC9700-2.4")
def test_nobody_registers_for_it_themselves_though_the_tenant_has_it_on(caller: Caller) -> None:
    document = {
        "client_name": "Old",
        "redirect_uris": ["https://old.example.com/"],
        "grant_types": ["password"],
    }
    with unchanged():
        answer = Registrar(caller).register(document)
    assert_json_error(answer, "invalid_client_metadata")
