"""OpenID Connect Core Error Code unmet_authentication_requirements section 2: what the sign-in can't be is
said before anybody is asked.
"""

import json
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


def essential(**said: Any) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, **said}}})


UNMET = {
    "a value nobody here has": essential(value="urn:unheard:of"),
    "several of them": essential(values=["1", "2"]),
    "another case": essential(value="URN:KEYTURN:ACR:PWD"),
    "no text": essential(values=[1, None, {"urn:keyturn:acr:pwd": True}]),
}


@spec("OIDC-UnmetAuthenticationRequirements-2")
@pytest.mark.parametrize("case", UNMET)
@pytest.mark.parametrize("prompt", ["none", "login", None])
def test_an_essential_acr_that_can_not_be_met_is_said_to_who_is_signed_in(
    stack: LocalStack, here: Visit, capsys: Log, *, case: str, prompt: str | None
) -> None:
    with nothing_written(stack):
        answer = here.answer(claims=UNMET[case], prompt=prompt)
    assert_refused(answer, here.app, "unmet_authentication_requirements")
    assert last_log(capsys)["reason"] == "acr_unmet"


@spec("OIDC-UnmetAuthenticationRequirements-2")
def test_and_to_who_is_not_without_a_page(
    stack: LocalStack, caller: Caller, tenant: Tenant, browser: Browser
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    with nothing_written(stack):
        answer = browser.open("/authorize", app.request(claims=UNMET["several of them"]))
    assert_refused(answer, app, "unmet_authentication_requirements")


@spec("OIDC-UnmetAuthenticationRequirements-2")
def test_acr_values_beside_an_essential_acr_do_not_weaken_it(here: Visit) -> None:
    claims = UNMET["several of them"]
    answer = here.answer(claims=claims, acr_values="urn:keyturn:acr:pwd")
    assert_refused(answer, here.app, "unmet_authentication_requirements")
