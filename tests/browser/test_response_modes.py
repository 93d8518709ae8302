"""How answers reach an app in a real browser: in the query, in the fragment and by a form, with and without
JavaScript.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import type_credentials
from tests.support.demo import Demo
from tests.support.http import Caller, HttpTransport
from tests.support.origin import Origin

NewProfile = Callable[..., BrowserContext]
HOSTILE = "\"><script>document.title='hacked'</script>&quot; ü ⚑ %22 \u202e{{ 7*7 }}"
HYBRID = "code id_token token"
CALLBACK = "/callback"


@dataclass
class App:
    """An app on this machine that registered itself, and what it is sent."""

    demo: Demo
    origin: Origin
    client_id: str

    @property
    def redirect_uri(self) -> str:
        return self.origin.address + CALLBACK

    def url(self, **parameters: str) -> str:
        fields = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": HYBRID,
            "scope": "openid",
            "nonce": "a nonce",
            "state": "a state",
            **parameters,
        }
        return f"{self.demo.issuer}/authorize?{urlencode(fields)}"

    def received(self, page: Page, mode: str) -> dict[str, str]:
        """What came, by the way it was to come, once."""
        heads = [head for head in self.origin.seen if head.split(" ")[1].startswith(CALLBACK)]
        parts = urlsplit(page.url)
        sent = {"query": parts.query, "fragment": parts.fragment}.get(mode, "")
        if mode == "form_post":
            (body,) = self.origin.bodies[CALLBACK]
            sent = body.decode()
        assert [head.split(" ")[0] for head in heads] == ["POST" if mode == "form_post" else "GET"]
        # Of what is in a fragment or a form, no address that a server sees has anything.
        assert ("?" in heads[0].split(" ")[1]) is (mode == "query")
        return {name: value for name, (value,) in parse_qs(sent, strict_parsing=True).items()}


@pytest.fixture
def app(demo: Demo) -> Iterator[App]:
    with Origin() as origin:
        metadata: dict[str, Any] = {
            "redirect_uris": [origin.address + CALLBACK],
            "application_type": "native",
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "implicit"],
            "response_types": ["code", HYBRID],
        }
        answer = Caller(HttpTransport(demo.issuer)).send(
            "POST",
            "/register",
            headers={"content_type": "application/json"},
            body=json.dumps(metadata).encode(),
        )
        made = App(demo, origin, answer.json["client_id"])
        origin.serve(CALLBACK, "<!doctype html><title>The app</title>", content_type="text/html")
        yield made


def allow(page: Page) -> None:
    """Signs in and consents."""
    type_credentials(page)
    page.get_by_role("button", name="Allow", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(
    ("response_type", "mode"),
    [("code", "query"), (HYBRID, "fragment"), (HYBRID, "form_post"), ("code", "form_post")],
)
def test_an_answer_arrives(
    app: App, new_profile: NewProfile, response_type: str, mode: str, *, scripts: bool
) -> None:
    page = new_profile(java_script_enabled=scripts).new_page()
    page.goto(app.url(response_type=response_type, response_mode=mode))
    allow(page)
    if mode == "form_post" and not scripts:
        expect(page.get_by_role("heading", level=1)).to_have_text("Returning to the app")
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{app.redirect_uri}*")
    expect(page).to_have_title("The app")
    given = app.received(page, mode)
    words = {"id_token": "id_token", "token": "access_token", "code": "code"}
    assert {words[word] for word in response_type.split()} <= set(given)
    assert (given["state"], given["iss"]) == ("a state", app.demo.issuer)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_hostile_state_is_posted_back_byte_for_byte(
    app: App, new_profile: NewProfile, *, scripts: bool
) -> None:
    page = new_profile(java_script_enabled=scripts).new_page()
    page.goto(app.url(response_mode="form_post", prompt="none", state=HOSTILE))
    if not scripts:
        assert "hacked" not in page.title()
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url(app.redirect_uri)
    expect(page).to_have_title("The app")
    given = app.received(page, "form_post")
    assert (given["error"], given["state"]) == ("login_required", HOSTILE)


def test_back_from_the_app_sends_nothing_again(app: App, page: Page) -> None:
    page.goto(app.url(response_mode="form_post"))
    allow(page)
    page.wait_for_url(app.redirect_uri)
    expect(page).to_have_title("The app")
    page.go_back()
    page.wait_for_url(f"{app.demo.issuer}/*")
    app.received(page, "form_post")


def test_an_answer_on_its_way_is_not_sent_twice(app: App, page: Page) -> None:
    """A second POST would replay the code, and end what the first one gave."""
    # Which leaves the page where it is.
    page.route(app.redirect_uri, lambda route: route.fulfill(status=204))
    page.goto(app.url(response_mode="form_post"))
    with page.expect_request(app.redirect_uri):
        allow(page)
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
