"""OpenID Connect Core sections 3.2.2.6 and 3.3.2.6: what is refused of the implicit and hybrid flows, and
where the app finds it.
"""

from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.response_types import HYBRID, IMPLICIT, WITH_ID_TOKEN, every_type, every_type_visit
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

Log = pytest.CaptureFixture[str]


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return every_type_visit(caller, tenant)


REFUSED: dict[str, tuple[dict[str, str | list[str] | None], str, str]] = {
    "no nonce": ({"nonce": None}, "invalid_request", "nonce_missing"),
    "an empty nonce": ({"nonce": ""}, "invalid_request", "nonce_missing"),
    "two nonces": ({"nonce": ["a", "b"]}, "invalid_request", "parameter_repeated"),
    "a nonce over 2 KB": ({"nonce": "n" * 2_049}, "invalid_request", "parameter_too_long"),
    "without openid": ({"scope": "read"}, "invalid_scope", "scope_openid_missing"),
    "no scope": ({"scope": None}, "invalid_scope", "scope_openid_missing"),
    "no redirect_uri": ({"redirect_uri": None}, "invalid_request", "redirect_uri_missing"),
    "no such resource": ({"resource": "https://x.example/"}, "invalid_target", "resource_unknown"),
    "a malformed max_age": ({"max_age": "soon"}, "invalid_request", "max_age_malformed"),
    "nobody asked": ({"prompt": "none", "max_age": "0"}, "login_required", "login_needed"),
    "no such mode": ({"response_mode": "web_message"}, "invalid_request", "response_mode_not_supported"),
    "in a query": ({"response_mode": "query"}, "invalid_request", "response_mode_not_supported"),
    "plain PKCE": (
        {"code_challenge": "a" * 43, "code_challenge_method": "plain"},
        "invalid_request",
        "pkce_method",
    ),
}


@spec("OIDC-Core-3.2.2.2")
@spec("OIDC-Core-3.3.2.2")
@spec("OIDC-Core-3.2.2.6")
@spec("OIDC-Core-3.3.2.6")
@pytest.mark.parametrize("response_type", ["id_token", "code id_token token"])
@pytest.mark.parametrize("case", REFUSED)
def test_it_is_told_in_the_fragment_and_nothing_is_written(
    here: Visit, capsys: Log, case: str, response_type: str
) -> None:
    changes, error, reason = REFUSED[case]
    capsys.readouterr()
    with unchanged():
        answer = here.answer(**{"response_type": response_type, **changes})
    assert_refused(answer, here.app, error, mode="fragment")
    line = last_log(capsys)
    assert (line["reason"], line["kms_calls"]) == (reason, 0)


@spec("OAuth-FormPost-2")
@pytest.mark.parametrize("case", ["no nonce", "without openid", "no such resource", "nobody asked"])
def test_it_is_posted_where_the_app_asked_for_that(here: Visit, case: str) -> None:
    changes, error, _ = REFUSED[case]
    asked = {"response_type": "code id_token", "response_mode": "form_post", **changes}
    with unchanged():
        assert_refused(here.answer(**asked), here.app, error, mode="form_post")


@spec("OIDC-Core-3.3.2.1")
@pytest.mark.parametrize("response_type", WITH_ID_TOKEN)
def test_every_id_token_in_a_response_takes_a_nonce(here: Visit, response_type: str) -> None:
    answer = here.answer(response_type=response_type, nonce=None)
    assert_refused(answer, here.app, "invalid_request", mode="fragment")


@spec("RFC7636-4.3")
@pytest.mark.parametrize("response_type", HYBRID)
def test_a_public_app_leaves_out_no_code_challenge(
    caller: Caller, tenant: Tenant, capsys: Log, response_type: str
) -> None:
    public = {"token_endpoint_auth_method": "none", "client_secret_hashes": ()}
    here = every_type_visit(caller, tenant, **public)
    with unchanged():
        answer = here.answer(response_type=response_type, code_challenge=None, code_challenge_method=None)
    assert_refused(answer, here.app, "invalid_request", mode="fragment")
    assert last_log(capsys)["reason"] == "pkce_missing"


REGISTERED: dict[str, tuple[dict[str, Any], str]] = {
    "for codes alone": ({"grant_types": ("authorization_code",), "response_types": ("code",)}, "id_token"),
    "for codes alone, hybrid": (
        {"grant_types": ("authorization_code",), "response_types": ("code",)},
        "code id_token",
    ),
    "for ID tokens beside a code": ({"response_types": ("code", "code id_token")}, "code id_token token"),
    "for ID tokens alone": ({"response_types": ("id_token",)}, "id_token token"),
    "for each by itself": ({"response_types": ("code", "token", "id_token")}, "code token"),
    "without the grant implicit": ({"grant_types": ("authorization_code",)}, "code id_token"),
    "without the grant of codes": ({"grant_types": ("implicit",)}, "code id_token"),
    "for unsigned ID tokens": ({"id_token_signed_response_alg": "none"}, "id_token"),
    "for unsigned ID tokens, hybrid": ({"id_token_signed_response_alg": "none"}, "code id_token"),
}


@spec("OIDC-Core-3.3.2.6")
@pytest.mark.parametrize("case", REGISTERED)
def test_a_response_type_is_only_for_who_is_registered_for_it(
    caller: Caller, tenant: Tenant, here: Visit, capsys: Log, case: str
) -> None:
    """A client that is tricked into another response type would take what it never verified."""
    changes, response_type = REGISTERED[case]
    here.app = ClientApp(every_type(tenant, **changes), caller)
    capsys.readouterr()
    with unchanged():
        answer = here.answer(response_type=response_type)
    assert_refused(answer, here.app, "unauthorized_client", mode="fragment")
    assert last_log(capsys)["reason"] == "response_type_not_allowed"


@spec("OAuth-Multiple-Response-Types-2.2")
@spec("OIDC-Core-3.3.2.1")
def test_a_registered_response_type_may_be_written_in_any_order(caller: Caller, tenant: Tenant) -> None:
    here = every_type_visit(caller, tenant, response_types=("code", "token id_token", "token code"))
    for response_type in ("id_token token", "code token"):
        assert "access_token" in here.answer(response_type=response_type).fragment


@spec("OIDC-Core-16.16")
@spec("RFC9700-2.1.2")
@pytest.mark.parametrize("response_type", [*IMPLICIT, *HYBRID])
def test_a_tenant_has_them_off_unless_it_says_so(here: Visit, response_type: str) -> None:
    with changed_environment(IMPLICIT_GRANT="off"):
        with unchanged():
            answer = here.answer(response_type=response_type)
        assert "code" in here.answer().query
    assert_refused(answer, here.app, "unsupported_response_type", mode="fragment")
    assert "id_token" not in answer.fragment


@spec("OIDC-Core-3.2.2.4")
@spec("OIDC-Core-3.3.2.4")
@spec("OIDC-Core-3.2.2.6")
def test_who_refuses_and_who_cancels_is_told_of_in_the_fragment(caller: Caller, tenant: Tenant) -> None:
    known = visit(caller, tenant)
    known.app = ClientApp(every_type(tenant), caller)
    known.browser.open("/authorize", known.app.request(response_type="code id_token"))
    assert_refused(known.browser.consent("deny"), known.app, "access_denied", mode="fragment")
    known.browser.open("/authorize", known.app.request(response_type="id_token", prompt="login"))
    answer = known.browser.fill(("action", "cancel"))
    assert_refused(answer, known.app, "access_denied", mode="fragment")
