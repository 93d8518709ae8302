"""RFC 6749 section 4.2.2.1: what is refused of the implicit grant, and how it is told."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.migration import by_implicit, implicit_client, implicit_request, implicit_visit
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return implicit_visit(caller, tenant)


REFUSED: dict[str, tuple[dict[str, str | list[str] | None], str, str]] = {
    "response_mode=query": ({"response_mode": "query"}, "invalid_request", "response_mode_not_supported"),
    "another mode": ({"response_mode": "web_message"}, "invalid_request", "response_mode_not_supported"),
    "an unknown scope": ({"scope": "fly"}, "invalid_scope", "scope_unknown"),
    "offline_access alone": ({"scope": "offline_access"}, "invalid_scope", "scope_empty"),
    "an unknown resource": ({"resource": "https://x.example/"}, "invalid_target", "resource_unknown"),
    "two scopes": ({"scope": ["read", "write"]}, "invalid_request", "parameter_repeated"),
    "two types": ({"response_type": ["token", "code"]}, "invalid_request", "parameter_repeated"),
    "an ID token": ({"response_type": "id_token"}, "unauthorized_client", "response_type_not_allowed"),
    "both tokens": ({"response_type": "token id_token"}, "unauthorized_client", "response_type_not_allowed"),
    "hybrid": ({"response_type": "code token"}, "unauthorized_client", "response_type_not_allowed"),
    "twice": ({"response_type": "token token"}, "unsupported_response_type", "response_type_not_supported"),
    "plain PKCE": (
        {"code_challenge": "a" * 43, "code_challenge_method": "plain"},
        "invalid_request",
        "pkce_method",
    ),
    "nobody asked": ({"prompt": "none", "scope": "read", "max_age": "0"}, "login_required", "login_needed"),
}


@spec("RFC6749-4.2.2.1")
@pytest.mark.parametrize("case", REFUSED)
def test_an_error_is_told_in_the_fragment_and_nothing_is_written(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, error, reason = REFUSED[case]
    capsys.readouterr()
    with unchanged():
        answer = by_implicit(here, **changes)
    assert_refused(answer, here.app, error, mode="fragment")
    assert last_log(capsys)["reason"] == reason


@spec("RFC6749-4.2.2.1")
def test_who_does_not_consent_is_told_of_in_the_fragment(caller: Caller, tenant: Tenant, here: Visit) -> None:
    here.app = ClientApp(implicit_client(tenant), caller)
    here.browser.open("/authorize", implicit_request(here.app))
    assert_refused(here.browser.consent("deny"), here.app, "access_denied", mode="fragment")


@spec("RFC6749-4.2.2.1")
def test_until_the_redirect_uri_holds_only_the_person_is_told(here: Visit) -> None:
    with unchanged():
        assert_page(by_implicit(here, redirect_uri="https://evil.example/"))
        assert_page(by_implicit(here, client_id="nobody"))


@spec("RFC6749-4.2.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"grant_types": ("authorization_code",), "response_types": ("code",)},
        {"grant_types": ("authorization_code",), "response_types": ("code", "token")},
        {"grant_types": ("implicit", "authorization_code"), "response_types": ("code",)},
    ],
)
def test_only_what_the_client_is_registered_for(
    caller: Caller, tenant: Tenant, here: Visit, changes: dict[str, Any]
) -> None:
    here.app = ClientApp(implicit_client(tenant, **changes), caller)
    with unchanged():
        assert_refused(by_implicit(here), here.app, "unauthorized_client", mode="fragment")


@spec("RFC6749-4.1.1")
def test_a_client_of_it_alone_gets_no_codes(here: Visit) -> None:
    with unchanged():
        assert_refused(by_implicit(here, response_type="code"), here.app, "unauthorized_client")


@spec("RFC9700-2.1.2")
def test_a_tenant_has_it_off_unless_it_says_so(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    for off in ("off", ""):
        with changed_environment(IMPLICIT_GRANT=off):
            told = here.app.caller.get("/.well-known/openid-configuration").json
            with unchanged():
                answer = by_implicit(here)
            by_code = by_implicit(here, response_type="code", response_mode="fragment")
        assert_refused(answer, here.app, "unsupported_response_type", mode="fragment")
        assert_refused(by_code, here.app, "unauthorized_client", mode="fragment")
        assert told["response_types_supported"] == ["code", "none"]
        assert "implicit" not in told["grant_types_supported"]
    del capsys
