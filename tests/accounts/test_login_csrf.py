"""Forms count only from their own page, browser and interaction: no signing in or consenting for others."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.protocol.interaction import hash_identifier
from infra.local.stack import LocalStack
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


@dataclass
class Scene:
    """A person at a page of theirs, and an attacker with browser, account and interactions of their own."""

    app: ClientApp
    caller: Caller
    browser: Browser
    person: Person
    attacker: Browser
    attackers_account: Person

    def fields(self, browser: Browser) -> dict[str, str]:
        assert browser.page is not None
        return forms(browser.page.body)[-1].fields

    def other_interaction(self) -> dict[str, str]:
        """The hidden fields of the same page in the same browser, for another request."""
        other = Browser(self.caller, dict(self.browser.cookies))
        other.open("/authorize", self.app.request(prompt="login"))
        return self.fields(other)


@pytest.fixture
def scene(app: ClientApp, caller: Caller, tenant: Tenant) -> Scene:
    browser, attacker = Browser(caller), Browser(caller)
    for each in (browser, attacker):
        each.open("/authorize", app.request())
    return Scene(app, caller, browser, tenant.person(), attacker, tenant.person())


FORGED_TOKENS: dict[str, Callable[[Scene], str]] = {
    "missing": lambda _scene: "",
    "invented": lambda _scene: "0" * 64,
    "of another browser": lambda scene: scene.fields(scene.attacker)["csrf"],
    "of another interaction": lambda scene: scene.other_interaction()["csrf"],
    "in capitals": lambda scene: scene.fields(scene.browser)["csrf"].upper() + "0",
    "not ascii": lambda _scene: "ключ",
}


@spec("RFC6749-10.12")
@pytest.mark.parametrize("case", FORGED_TOKENS)
def test_nobody_is_signed_in_by_a_form_of_another_site(
    stack: LocalStack, scene: Scene, capsys: Log, case: str
) -> None:
    fields = {
        **scene.fields(scene.browser),
        "csrf": FORGED_TOKENS[case](scene),
        "login": scene.attackers_account.login,
        "password": scene.attackers_account.password,
        "action": "sign_in",
    }
    with nothing_written(stack):
        answer = scene.browser.submit("/login", fields)
    assert (answer.status, answer.cookies) == (400, ())
    assert last_log(capsys, scene.attackers_account.password)["reason"] == "csrf"


@spec("RFC6749-10.12")
@pytest.mark.parametrize("action", ["continue", "cancel"])
def test_no_button_of_the_login_page_can_be_pressed_from_elsewhere(
    stack: LocalStack, scene: Scene, capsys: Log, action: str
) -> None:
    with nothing_written(stack):
        answer = scene.browser.submit(
            "/login", {**scene.fields(scene.browser), "csrf": "0" * 64, "action": action}
        )
    assert answer.status == 400
    assert last_log(capsys)["reason"] == "csrf"


@spec("RFC6749-10.12")
@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("case", [*FORGED_TOKENS, "of the login page"])
def test_nobody_consents_by_a_form_of_another_site(
    stack: LocalStack, scene: Scene, capsys: Log, *, case: str, decision: str
) -> None:
    login_token = scene.fields(scene.browser)["csrf"]
    scene.browser.sign_in(scene.person)
    assert scene.browser.at("/consent")
    token = login_token if case == "of the login page" else FORGED_TOKENS[case](scene)
    fields = {**scene.fields(scene.browser), "csrf": token, "decision": decision}
    with nothing_written(stack):
        answer = scene.browser.submit("/consent", fields)
    assert (answer.status, "location" in answer.headers) == (400, False)
    assert last_log(capsys)["reason"] == "csrf"


@spec("RFC6749-10.12")
@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
@pytest.mark.parametrize("cookies", ["none", "the attacker's"])
def test_an_interaction_belongs_to_its_browser(
    stack: LocalStack, scene: Scene, capsys: Log, *, path: str, cookies: str
) -> None:
    """Else an attacker could have a victim finish what the attacker began, or the other way round."""
    interaction = scene.fields(scene.browser)["interaction"]
    other = Browser(scene.caller, dict(scene.attacker.cookies) if cookies != "none" else {})
    with nothing_written(stack):
        answer = other.open(path, {"interaction": interaction})
    assert_ended(answer)
    assert last_log(capsys, interaction)["reason"] == "interaction_other_browser"


@spec("RFC6749-10.12")
def test_an_attackers_own_form_does_not_work_in_a_victims_browser(
    stack: LocalStack, scene: Scene, capsys: Log
) -> None:
    fields = {
        **scene.fields(scene.attacker),
        "login": scene.attackers_account.login,
        "password": scene.attackers_account.password,
        "action": "sign_in",
    }
    with nothing_written(stack):
        assert_ended(scene.browser.submit("/login", fields))
    assert last_log(capsys)["reason"] == "interaction_other_browser"


@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
def test_an_interaction_nobody_began_is_unknown(
    stack: LocalStack, scene: Scene, capsys: Log, path: str
) -> None:
    with nothing_written(stack):
        assert_ended(scene.browser.open(path, {"interaction": "A" * 43}))
    assert last_log(capsys)["reason"] == "interaction_unknown"


@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
def test_an_interaction_that_expired_starts_again_at_one_click(
    scene: Scene, tenant: Tenant, capsys: Log, path: str
) -> None:
    interaction = scene.fields(scene.browser)["interaction"]
    requests = tenant.table("Requests")
    item = requests.at(id=f"interaction#{hash_identifier(interaction)}")
    assert item is not None
    requests.change(item, exp=int(time.time()))
    answer = scene.browser.open(path, {"interaction": interaction})
    assert_ended(answer)
    assert last_log(capsys, interaction)["reason"] == "interaction_expired"
    way_on = answer.body.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert way_on.startswith("/authorize?")
    scene.browser.open(way_on)
    scene.browser.sign_in(scene.person)
    assert scene.browser.consent().query["state"] == "a state"


def test_an_interaction_is_completed_once(scene: Scene, capsys: Log) -> None:
    interaction = scene.fields(scene.browser)["interaction"]
    scene.browser.sign_in(scene.person)
    assert scene.browser.at("/consent")
    form = scene.fields(scene.browser)
    code = scene.browser.consent().query["code"]
    # The person goes Back and sends the page again.
    again = scene.browser.submit("/consent", {**form, "decision": "allow"})
    assert_ended(again)
    assert last_log(capsys, code)["reason"] == "interaction_completed"
    assert_ended(scene.browser.open("/authorize/resume", {"interaction": interaction}))
    assert scene.app.redeem(code).status == 200


def assert_ended(answer: Answer) -> None:
    """A page for the person, which leads nowhere by itself."""
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers
    assert answer.cookies == ()
