"""RFC 6749 section 4.1, steps B and C: a request waits for its person, in one browser, to one end."""

from dataclasses import dataclass

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.pages import expire, interaction_of, link, links
from tests.support.race import at_once
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.tenant import Person, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

MANY = 20


@dataclass
class Asked:
    """A person who is signed in and asked to consent to an app that is new to them."""

    app: ClientApp
    browser: Browser
    person: Person
    tenant: Tenant
    interaction: str

    def open(self, path: str, browser: Browser | None = None) -> Answer:
        return (browser or self.browser).open(path, {"interaction": self.interaction})


@pytest.fixture
def asked(here: Visit) -> Asked:
    app = ClientApp(here.tenant.public_client(), here.app.caller)
    here.browser.open("/authorize", app.request())
    assert here.browser.at("/consent")
    return Asked(app, here.browser, here.person, here.tenant, interaction_of(here.browser))


@spec("RFC6749-4.1")
def test_interaction_is_completed_once(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    code = asked.browser.consent().query["code"]
    before = asked.tenant.snapshot()
    again = asked.open("/authorize/resume")
    assert_page(again)
    assert last_log(capsys, code, asked.interaction)["reason"] == "interaction_completed"
    assert asked.tenant.snapshot() == before
    assert asked.app.redeem(code).status == 200
    # The way on is the same request again: consent is given, so the app has its answer at once.
    fresh = asked.browser.open(link(again, "Start again"))
    assert fresh.query["state"] == "a state"
    assert asked.app.redeem(fresh.query["code"]).status == 200


@spec("RFC6749-4.1")
def test_of_many_parallel_resumes_one_gets_the_code(asked: Asked) -> None:
    before = len(asked.tenant.table("Grants").items())
    target = _press_allow(asked.browser).location
    cookies, caller = asked.browser.cookies, asked.app.caller
    answers = at_once(lambda: caller.send("GET", target, cookies=cookies), MANY)
    assert sorted(answer.status for answer in answers) == [303, *[400] * (MANY - 1)]
    assert len(asked.tenant.table("Grants").items()) == before + 1
    (done,) = [answer for answer in answers if answer.status == 303]
    assert asked.app.redeem(done.query["code"]).status == 200


def _press_allow(browser: Browser) -> Answer:
    """The consent form sent, and its redirect not followed."""
    still = _Still(browser.caller, browser.cookies, browser.page, browser.url)
    return still.consent()


class _Still(Browser):
    def _follow(self, answer: Answer) -> Answer:
        return answer


@spec("RFC6749-10.12")
@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
@pytest.mark.parametrize("who", ["nobody", "somebody else"])
def test_interaction_of_another_browser_is_refused(
    asked: Asked, stack: LocalStack, capsys: pytest.CaptureFixture[str], path: str, who: str
) -> None:
    """Else whoever began it could have someone else finish it, or finish it for them."""
    other = Browser(asked.browser.caller)
    if who == "somebody else":
        # Signed in as the very same person, so that only the browser differs.
        other.open("/authorize", asked.app.request())
        session = {name: v for name, v in asked.browser.cookies.items() if name.endswith("session")}
        other.cookies = {**other.cookies, **session}
    with nothing_written(stack):
        answer = asked.open(path, other)
    assert_page(answer)
    assert links(answer) == []
    assert last_log(capsys, asked.interaction)["reason"] == "interaction_other_browser"
    assert "code" in asked.browser.consent().query


@spec("RFC6749-4.1")
@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
@pytest.mark.parametrize("value", ["x" * 43, "x", "é", "' OR 1=1", "../x", "interaction#x"])
def test_unknown_interaction_is_a_page(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], path: str, value: str
) -> None:
    with nothing_written(stack):
        assert_page(here.browser.open(path, {"interaction": value}))
    assert last_log(capsys)["reason"] == "interaction_unknown"


@spec("RFC6749-4.1")
@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
def test_missing_or_repeated_interaction_is_a_page(asked: Asked, stack: LocalStack, path: str) -> None:
    for values in (None, "", [asked.interaction, asked.interaction]):
        with nothing_written(stack):
            assert_page(asked.browser.open(path, {"interaction": values}))


@spec("RFC6749-4.1")
@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_coming_back_from_a_page_is_a_get(asked: Asked, stack: LocalStack, method: str) -> None:
    target = f"/authorize/resume?interaction={asked.interaction}"
    with nothing_written(stack):
        answer = asked.browser.caller.send(method, target, cookies=asked.browser.cookies)
    assert_page(answer, status=405)


@spec("RFC6749-4.1")
@pytest.mark.parametrize("path", ["/login", "/consent", "/authorize/resume"])
def test_expired_interaction_is_a_page_with_a_way_on(
    asked: Asked, stack: LocalStack, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    expire(asked.interaction, asked.tenant)
    with nothing_written(stack):
        answer = asked.open(path)
    assert_page(answer)
    assert last_log(capsys, asked.interaction)["reason"] == "interaction_expired"
    asked.browser.open(link(answer, "Start again"))
    assert asked.browser.at("/consent")
    assert interaction_of(asked.browser) != asked.interaction
    done = asked.browser.consent()
    assert done.query["state"] == "a state"
    assert asked.app.redeem(done.query["code"]).status == 200


@spec("RFC6749-4.1")
def test_form_of_an_expired_interaction_does_nothing(asked: Asked, stack: LocalStack) -> None:
    expire(asked.interaction, asked.tenant)
    with nothing_written(stack):
        answer = asked.browser.consent()
    assert_page(answer)
    assert links(answer) == ["Start again"]


@spec("RFC6749-4.1")
def test_reload_shows_the_page_again(asked: Asked) -> None:
    first, again = asked.open("/consent"), asked.open("/consent")
    assert (again.status, again.body) == (first.status, first.body)
    assert "code" in asked.browser.consent().query


@spec("RFC6749-4.1")
def test_back_to_a_finished_consent_leads_to_a_clear_end(asked: Asked) -> None:
    page, url = asked.browser.page, asked.browser.url
    code = asked.browser.consent().query["code"]
    asked.browser.page, asked.browser.url = page, url
    answer = asked.browser.consent()
    assert_page(answer)
    assert links(answer) == ["Start again"]
    assert asked.app.redeem(code).status == 200


@spec("RFC6749-4.1")
def test_two_tabs_end_each_with_its_own_answer(caller: Caller, tenant: Tenant) -> None:
    app, person, first = ClientApp(tenant.public_client(), caller), tenant.person(), Browser(caller)
    first.open("/authorize", app.request(state="first"))
    second = Browser(caller, first.cookies)
    second.open("/authorize", app.request(state="second"))
    assert first.at("/login")
    assert second.at("/login")
    first.sign_in(person)
    done = first.consent()
    # The second tab still shows the form it was given before anybody signed in.
    last = second.sign_in(person)
    assert (done.query["state"], last.query["state"]) == ("first", "second")
    for answer in (done, last):
        assert app.redeem(answer.query["code"]).status == 200


@spec("RFC6749-4.1.2.1")
def test_person_who_refuses_or_cancels_is_told_to_the_client(
    asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    grants = asked.tenant.table("Grants").items()
    assert_refused(asked.browser.consent("deny"), asked.app, "access_denied")
    assert last_log(capsys)["reason"] == "consent_refused"
    stranger = Browser(asked.browser.caller)
    stranger.open("/authorize", asked.app.request())
    assert_refused(stranger.fill(("action", "cancel")), asked.app, "access_denied")
    assert last_log(capsys)["reason"] == "login_cancelled"
    assert asked.tenant.table("Grants").items() == grants


@spec("RFC6749-4.1")
def test_neither_interaction_nor_browser_is_kept_as_it_is(asked: Asked) -> None:
    kept = repr(asked.tenant.snapshot())
    assert asked.interaction not in kept
    for cookie in asked.browser.cookies.values():
        assert cookie.rpartition(".")[2] not in kept
