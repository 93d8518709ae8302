"""RFC 9700 sections 4.2, 4.3, 4.11, 4.12 and 4.16: where pages and redirects lead, and what they leave."""

from urllib.parse import urlsplit

import pytest

from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.pages import expire, interaction_of, link, links
from tests.support.refusal import assert_page
from tests.support.tenant import REDIRECT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

EVIL = "https://evil.example/"


class Recorder(Browser):
    """A browser that remembers every answer on its way."""

    def _send(self, method: str, target: str, body: bytes = b"") -> Answer:
        answer = super()._send(method, target, body)
        self.__dict__.setdefault("answers", []).append((method, target, answer))
        return answer

    @property
    def answers(self) -> list[tuple[str, str, Answer]]:
        found: list[tuple[str, str, Answer]] = self.__dict__["answers"]
        return found


@pytest.fixture
def way(caller: Caller, tenant: Tenant) -> list[tuple[str, str, Answer]]:
    """Every answer of a sign-in with consent, and of one that was cancelled and one refused."""
    app, person, browser = ClientApp(tenant.public_client(), caller), tenant.person(), Recorder(caller)
    browser.submit("/authorize", app.request())
    browser.fill(("action", "cancel"))
    browser.open("/authorize", app.request())
    browser.sign_in(person, password="not this one")
    browser.sign_in(person)
    browser.consent("deny")
    browser.open("/authorize", app.request())
    browser.consent()
    browser.open("/authorize", app.request(scope='"'))
    browser.open("/authorize", app.request())
    return browser.answers


@spec("OIDC-Core-16.22")
@spec("RFC9700-4.12")
def test_every_redirect_is_a_303(way: list[tuple[str, str, Answer]]) -> None:
    redirects = [answer for _, _, answer in way if "location" in answer.headers]
    assert len([target for _, target, answer in way if answer.status == 303]) == len(redirects) >= 10
    assert {answer.status for answer in redirects} == {303}
    # The one that follows a password above all: 307 would send it on to the client.
    posts = [answer for method, target, answer in way if method == "POST" and target == "/login"]
    assert [answer.status for answer in posts] == [303, 400, 303]


@spec("RFC9700-4.11.2")
def test_every_redirect_stays_here_or_goes_to_the_registered_uri(way: list[tuple[str, str, Answer]]) -> None:
    for _, _, answer in way:
        target = answer.headers.get("location", "/")
        assert target.startswith(("/", f"{REDIRECT_URI}?"))
        assert not target.startswith(("//", "/\\"))


@spec("RFC9700-4.2.4")
@spec("RFC9700-4.3.1")
def test_nothing_is_kept_and_no_page_says_where_it_was(way: list[tuple[str, str, Answer]]) -> None:
    for _, _, answer in way:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


@spec("RFC9700-4.16")
def test_no_page_can_be_framed(way: list[tuple[str, str, Answer]]) -> None:
    pages = [answer for _, _, answer in way if answer.body]
    assert len(pages) >= 5
    for page in pages:
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"].split("; ")
        assert page.headers["x-frame-options"] == "DENY"


@spec("RFC9700-4.11.2")
@pytest.mark.parametrize(
    "name", ["redirect_uri", "next", "return_to", "continue", "url", "target", "interaction_uri"]
)
def test_no_page_goes_where_a_parameter_says(here: Visit, name: str) -> None:
    app = ClientApp(here.tenant.public_client(), here.app.caller)
    here.browser.open("/authorize", app.request())
    interaction = {"interaction": interaction_of(here.browser)}
    for path in ("/login", "/consent", "/authorize/resume"):
        page = here.browser.open(path, {**interaction, name: EVIL})
        assert "evil.example" not in page.body
        assert all(form.action in {"/login", "/consent"} for form in forms(page.body))
    (form,) = forms(here.browser.open("/consent", {**interaction, name: EVIL}).body)
    answer = here.browser.submit(form.action, {**form.fields, "decision": "allow", name: EVIL})
    assert answer.location.startswith(f"{REDIRECT_URI}?code=")


@spec("RFC9700-4.11.2")
@pytest.mark.parametrize("interaction", [EVIL, "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_interaction_that_is_an_address_leads_nowhere(here: Visit, interaction: str) -> None:
    for path in ("/login", "/consent", "/authorize/resume"):
        answer = here.browser.open(path, {"interaction": interaction})
        assert_page(answer)
        assert links(answer) == []


@spec("RFC9700-4.11.2")
def test_start_again_stays_here_whatever_the_request_held(here: Visit) -> None:
    app = ClientApp(here.tenant.public_client(), here.app.caller)
    hostile = {
        "state": "//evil.example",
        "login_hint": "javascript:alert(1)",
        "nonce": '"><a href="//evil.example">',
    }
    here.browser.open("/authorize", app.request(**hostile))
    interaction = interaction_of(here.browser)
    expire(interaction, here.tenant)
    href = link(here.browser.open("/consent", {"interaction": interaction}), "Start again")
    assert (urlsplit(href).scheme, urlsplit(href).netloc, urlsplit(href).path) == ("", "", "/authorize")


@spec("RFC9700-4.11.2")
def test_post_without_cookies_is_sent_on_to_this_server_alone(here: Visit) -> None:
    for state in ("//evil.example", "/\\evil.example", "\r\nLocation: https://evil.example/"):
        answer = here.app.caller.post("/authorize", here.app.request(state=state))
        assert answer.location.startswith("/authorize?")
        assert answer.location.isprintable()
        assert answer.query["state"] == state
