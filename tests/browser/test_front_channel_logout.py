"""Signing out in a real browser, of clients that are told in frames, and sign-ins that others begin."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import authorize_url, type_credentials
from tests.support.client_app import s256, unverified
from tests.support.demo import LOGIN, Demo
from tests.support.http import Caller, HttpTransport
from tests.support.origin import Origin
from tests.support.registration import NATIVE, Registrar, app_of
from tests.support.traceability import spec

NewProfile = Callable[..., BrowserContext]
SAYS_SO = "<!doctype html><meta charset=utf-8><title>Bye</title>Signed out."


@pytest.fixture
def origin() -> Iterator[Origin]:
    """An app's own web server."""
    with Origin() as origin:
        for path in ("/callback", "/signed-out?state=s"):
            origin.serve(path, SAYS_SO, content_type="text/html")
        yield origin


def signed_out_url(demo: Demo, origin: Origin, page: Page) -> tuple[str, str]:
    """Signs in at an app that is told in a frame; where its browser signs out, and what is framed."""
    registrar = Registrar(Caller(HttpTransport(demo.issuer)))
    made = registrar.registered(
        NATIVE,
        redirect_uris=[f"{origin.address}/callback"],
        post_logout_redirect_uris=[f"{origin.address}/signed-out"],
        frontchannel_logout_uri=f"{origin.address}/front",
    )
    app = app_of(made, registrar.caller)
    asked = {"client_id": app.client.client_id, "redirect_uri": app.redirect_uri, "scope": "openid"}
    challenge = s256(app.code_verifier)
    page.goto(authorize_url(demo, **asked, response_mode="fragment", code_challenge=challenge))
    type_credentials(page)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{origin.address}/callback#**")
    code = page.url.partition("code=")[2].partition("&")[0]
    tokens = app.redeem(code).json
    sid = unverified(tokens["id_token"])[1]["sid"]
    told = f"/front?{urlencode({'iss': demo.issuer, 'sid': sid})}"
    origin.serve(told, SAYS_SO, content_type="text/html")
    fields = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": f"{origin.address}/signed-out",
        "state": "s",
    }
    return f"{demo.issuer}/end_session?{urlencode(fields)}", told


@spec("OIDC-FrontChannel-3")
@pytest.mark.parametrize("scripts", [True, False])
def test_the_app_is_told_in_a_frame_before_the_browser_returns_to_it(
    demo: Demo, new_profile: NewProfile, origin: Origin, *, scripts: bool
) -> None:
    page = new_profile(java_script_enabled=scripts).new_page()
    url, told = signed_out_url(demo, origin, page)
    page.goto(url)
    page.wait_for_url(f"{origin.address}/signed-out*")
    assert origin.asked(told) == 1
    seen = [head.split(" ")[1] for head in origin.seen]
    assert seen.index(told) < seen.index("/signed-out?state=s")
    page.goto(f"{demo.issuer}/end_session")
    expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")


@spec("OIDC-Core-4")
def test_somebody_else_begins_a_sign_in_at_the_app(demo: Demo, page: Page) -> None:
    initiate = f"{demo.app}login.html"
    target = f"{demo.app}index.html"
    page.goto(f"{initiate}?{urlencode({'iss': demo.issuer, 'login_hint': LOGIN, 'target_link_uri': target})}")
    expect(page.get_by_label("Email or username")).to_have_value(LOGIN)
    type_credentials(page)
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow.or_(page.get_by_test_id("sign-out"))).to_be_visible()
    if allow.is_visible():
        allow.click()
    page.wait_for_url(target)
    expect(page.get_by_test_id("sign-out")).to_be_visible()


@spec("OIDC-Core-4")
@pytest.mark.parametrize("case", ["another issuer", "no issuer"])
def test_nobody_else_sends_a_person_to_another_server(demo: Demo, page: Page, case: str) -> None:
    asked = {"iss": "https://evil.example"} if case == "another issuer" else {}
    page.goto(f"{demo.app}login.html?{urlencode(asked)}")
    expect(page.get_by_role("alert")).to_contain_text("Another server")
    assert page.url.startswith(demo.app)


@spec("OIDC-Core-4")
def test_what_began_elsewhere_ends_in_this_app_alone(demo: Demo, page: Page) -> None:
    asked = {"iss": demo.issuer, "target_link_uri": "https://evil.example/"}
    page.goto(f"{demo.app}login.html?{urlencode(asked)}")
    expect(page.get_by_label("Password")).to_be_visible()
    type_credentials(page)
    allow = page.get_by_role("button", name="Allow", exact=True)
    expect(allow.or_(page.get_by_test_id("sign-out"))).to_be_visible()
    if allow.is_visible():
        allow.click()
    page.wait_for_url(demo.app)
