"""RFC 6749 section 4.2: an access token in the redirect itself. For migration only."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified, verified
from tests.support.environment import skip_where_deployed
from tests.support.http import Caller
from tests.support.migration import by_implicit, implicit_client, implicit_request, implicit_visit
from tests.support.opaque import OPAQUE, VAULT, told_of, vault
from tests.support.operator import people
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return implicit_visit(caller, tenant)


@spec("RFC6749-4.2.2")
def test_the_token_is_in_the_fragment_and_nowhere_else(here: Visit) -> None:
    answer = by_implicit(here)
    assert answer.status == 303
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    members = answer.fragment
    assert set(members) == {"access_token", "token_type", "expires_in", "scope", "state", "iss"}
    assert (members["token_type"], members["expires_in"], members["scope"]) == ("Bearer", "600", "read")
    assert (members["state"], members["iss"]) == ("a state", here.app.caller.issuer)
    assert answer.location.partition("#")[0] == here.app.redirect_uri
    claims = verified(members["access_token"], here.app.caller, audience=API)
    assert (claims["sub"], claims["client_id"]) == (here.person.sub, here.app.client.client_id)
    assert claims["amr"] == ["pwd"]


@spec("RFC6749-4.2.2")
def test_the_token_is_opaque_where_the_resource_server_has_it_so(
    caller: Caller, tenant: Tenant, here: Visit
) -> None:
    api = vault(caller, tenant)
    here.browser.open("/authorize", implicit_request(here.app, resource=VAULT, prompt="consent"))
    token = here.browser.consent().fragment["access_token"]
    assert OPAQUE.fullmatch(token)
    assert (told_of(api, token)["sub"], told_of(api, token)["scope"]) == (here.person.sub, "read")


@spec("RFC6749-4.2.2")
def test_without_a_state_there_is_none(here: Visit) -> None:
    assert "state" not in by_implicit(here, state=None).fragment


@spec("RFC6749-4.2.2")
def test_a_registered_query_stays_before_the_fragment(caller: Caller, tenant: Tenant, here: Visit) -> None:
    uri = "https://app.example.com/callback?a=b"
    here.app = ClientApp(implicit_client(tenant, redirect_uris=(uri,)), caller)
    here.browser.open("/authorize", implicit_request(here.app))
    answer = here.browser.consent()
    assert answer.location.partition("#")[0] == uri
    assert "access_token" in answer.fragment


@spec("OIDC-Core-3")
def test_openid_opens_userinfo_and_brings_no_id_token(here: Visit) -> None:
    members = by_implicit(here, scope="openid profile").fragment
    assert "id_token" not in members
    userinfo = here.app.caller.get("/userinfo", authorization=f"Bearer {members['access_token']}")
    assert userinfo.json["sub"] == here.person.sub


@spec("RFC6749-4.2.2")
def test_there_is_never_a_refresh_token(caller: Caller, tenant: Tenant, here: Visit) -> None:
    grant_types = ("implicit", "refresh_token", "authorization_code")
    here.app = ClientApp(
        implicit_client(tenant, grant_types=grant_types, response_types=("code", "token")), caller
    )
    here.browser.open("/authorize", implicit_request(here.app, scope="offline_access read"))
    members = here.browser.consent().fragment
    # OpenID Connect Core section 11: it is for what brings a code.
    assert (members["scope"], "refresh_token" in members) == ("read", False)
    grant = grant_of(here, members)
    assert (grant["state"], grant["refreshable"], grant["offline"]) == ("active", False, False)


def grant_of(here: Visit, members: dict[str, str]) -> dict[str, Any]:
    jti: str = unverified(members["access_token"])[1]["jti"]
    return here.tenant.table("Grants").find(grant_id=jti.partition(".")[0])


@spec("RFC6749-4.2.2")
def test_the_token_is_introspected_revoked_and_ends_with_the_person(
    caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    person, app = tenant.person(), ClientApp(implicit_client(tenant), caller)
    auth = (tenant.resource_server()[1].client_id, SECRET)

    def active(token: str) -> bool:
        is_active: bool = caller.post("/introspect", {"token": token}, auth=auth).json["active"]
        return is_active

    first = browser.authorize(person, implicit_request(app)).fragment["access_token"]
    second = browser.open("/authorize", implicit_request(app)).fragment["access_token"]
    assert active(first)
    assert active(second)
    assert app.post("/revoke", {"token": first}).status == 200
    assert (active(first), active(second)) == (False, True)
    people().disable(person.sub, now=unverified(second)[1]["iat"])
    assert not active(second)


@spec("OAuth-MultipleResponseTypes-2.1")
def test_a_code_may_be_asked_for_in_the_fragment(caller: Caller, tenant: Tenant, here: Visit) -> None:
    here.app = ClientApp(tenant.public_client(), caller)
    here.browser.open("/authorize", here.app.request(response_mode="fragment", scope="read"))
    members = here.browser.consent().fragment
    assert set(members) == {"code", "state", "iss"}
    assert here.app.redeem(members["code"]).status == 200


@spec("RFC6749-4.2.2")
def test_an_interaction_is_completed_once_however_often_at_once(
    caller: Caller, tenant: Tenant, here: Visit
) -> None:
    here.app = ClientApp(implicit_client(tenant), caller)
    here.browser.open("/authorize", implicit_request(here.app))
    interaction = urlsplit(here.browser.url).query
    here.browser.consent()
    others = [Browser(caller, dict(here.browser.cookies)) for _ in range(5)]
    answers = at_once(lambda: others.pop().open(f"/authorize/resume?{interaction}"), 5)
    assert [answer.status for answer in answers] == [400] * 5


@spec("RFC9700-2.1.2")
def test_each_use_is_warned_of_in_the_log_and_told_the_audit_trail(
    here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_where_deployed()
    capsys.readouterr()
    token = by_implicit(here).fragment["access_token"]
    line = last_log(capsys, token, token.rpartition(".")[2])
    assert (line["outcome"], line["warning"]) == ("token", "implicit_grant")
    assert line["audit"]["type"] == "token_issued"
    assert line["audit"]["actor"] == {"kind": "person", "id": here.person.sub}


@spec("RFC8707-2.1")
def test_a_token_for_another_resource(caller: Caller, tenant: Tenant, here: Visit) -> None:
    tenant.resource_server(OTHER_API)
    here.app = ClientApp(implicit_client(tenant), caller)
    here.browser.open("/authorize", implicit_request(here.app, resource=OTHER_API, scope="other:read"))
    token = here.browser.consent().fragment["access_token"]
    assert unverified(token)[1]["aud"] == OTHER_API


@spec("RFC6749-3.2")
def test_it_is_no_grant_of_the_token_endpoint(here: Visit) -> None:
    with unchanged():
        answer = here.app.token({"grant_type": "implicit"})
    assert_json_error(answer, "unsupported_grant_type")
