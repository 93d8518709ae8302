"""Where a client says who it is: its logo, policy and terms on the pages of a sign-in (OpenID Connect Dynamic
Client Registration section 2, RFC 7591 section 5).
"""

import re
import threading
from collections.abc import Iterator

import pytest

from chalicelib.composition import client_logo
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Answer, Caller
from tests.support.origin import Origin
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec

PNG = b"\x89PNG\r\n\x1a\n and \x00\xff bytes"


@pytest.fixture
def site() -> Iterator[Origin]:
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        client_logo._kept.clear()
        yield origin


def logo(browser: Browser) -> Answer:
    """What a browser gets for the image of the page it shows."""
    assert browser.page is not None
    (path,) = re.findall(r'<img class="logo" src="([^"]*)" alt=""', browser.page.body)
    return browser.caller.send("GET", path.replace("&amp;", "&"), headers={}, cookies=browser.cookies)


def at_login(caller: Caller, tenant: Tenant, **members: object) -> tuple[ClientApp, Browser]:
    app, browser = ClientApp(tenant.public_client(**members), caller), Browser(caller)
    browser.open("/authorize", app.request())
    return app, browser


@spec("OIDC-Registration-2")
@spec("RFC7591-5")
@pytest.mark.parametrize("registration", ["operator", "dynamic"])
def test_a_logo_is_shown_and_its_host_is_asked_by_this_server(
    caller: Caller,
    tenant: Tenant,
    site: Origin,
    capsys: pytest.CaptureFixture[str],
    *,
    registration: str,
) -> None:
    url = site.serve("/logo.png", PNG, content_type="image/png")
    _, browser = at_login(caller, tenant, logo_uri=url, registration=registration)
    answer = logo(browser)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == PNG
    # One batched read; a stranger's host is counted while it is asked.
    line = last_log(capsys)
    assert (line["outcome"], line["dynamodb_calls"]) == ("logo", 1 if registration == "operator" else 3)
    assert answer.headers["content-security-policy"].endswith("; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert browser.page is not None
    policy = browser.page.headers["content-security-policy"]
    assert "img-src 'self'" in policy
    assert site.address not in policy
    assert site.address not in browser.page.body
    browser.sign_in(tenant.person())
    assert browser.at("/consent")
    assert logo(browser).content == PNG
    assert site.asked("/logo.png") == 1
    assert browser.consent().query["code"]


@spec("OIDC-Registration-2")
def test_policy_and_terms_are_linked_from_login_and_consent(caller: Caller, tenant: Tenant) -> None:
    localized = {"policy_uri#fr": "https://app.example.com/confidentialite"}
    app, browser = at_login(
        caller,
        tenant,
        policy_uri="https://app.example.com/privacy",
        tos_uri="https://app.example.com/terms",
        localized=localized,
    )
    pages = [browser.page, browser.sign_in(tenant.person())]
    for page in pages:
        assert page is not None
        for name in ("privacy", "terms"):
            link = f'<a href="https://app.example.com/{name}" target="_blank" rel="noopener noreferrer">'
            assert link in page.body
        assert "img-src" not in page.headers["content-security-policy"]
    french = Browser(caller).open("/authorize", app.request(ui_locales="fr")).body
    assert "https://app.example.com/confidentialite" in french
    assert "https://app.example.com/terms" in french


@spec("RFC7591-5")
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<script>alert(1)</script>", {"content_type": "text/html"}),
        (b"\x00", {"content_type": "application/octet-stream"}),
        (PNG, {}),
        (b"x" * 65_537, {"content_type": "image/png"}),
        (PNG, {"content_type": "image/png", "status": "302 Found", "location": "/other"}),
        (b"", {"content_type": "image/png", "status": "500 Oh"}),
    ],
    ids=["a page", "anything", "of no type", "too large", "a redirect", "a fault"],
)
def test_what_is_no_logo_is_not_passed_on(
    caller: Caller,
    tenant: Tenant,
    site: Origin,
    capsys: pytest.CaptureFixture[str],
    *,
    body: bytes,
    headers: dict[str, str],
) -> None:
    url = site.serve("/logo", body, **headers)
    _, browser = at_login(caller, tenant, logo_uri=url)
    answer = logo(browser)
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert last_log(capsys)["reason"] == "logo_unavailable"
    # Asking again and again asks nobody.
    logo(browser)
    assert site.asked("/logo") == 1
    # The sign-in goes on without it.
    assert browser.sign_in(tenant.person()).status == 200


@spec("RFC7591-5")
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/logo.png", "https://localhost/logo.png"])
def test_a_logo_on_this_network_is_not_fetched(caller: Caller, tenant: Tenant, url: str) -> None:
    _, browser = at_login(caller, tenant, logo_uri=url)
    assert logo(browser).status == 404


@spec("RFC7591-5")
def test_a_logo_is_for_the_browser_that_signs_in(caller: Caller, tenant: Tenant, site: Origin) -> None:
    url = site.serve("/logo.png", PNG, content_type="image/png")
    _, browser = at_login(caller, tenant, logo_uri=url)
    browser.cookies.clear()
    assert logo(browser).status == 400
    assert browser.caller.get("/login/logo").status == 400
    posted = browser.caller.send("POST", "/login/logo", headers={}, cookies={}, body=b"")
    assert (posted.status, posted.headers["allow"]) == (405, "GET")
    assert site.asked("/logo.png") == 0


@spec("RFC7591-5")
def test_few_wait_for_the_logo_of_a_stranger(caller: Caller, tenant: Tenant, site: Origin) -> None:
    """A host that never answers keeps twenty functions at most, and then none for a while."""
    lock, waiting = threading.Lock(), []

    def slow(_: object) -> None:
        with lock:
            waiting.append(1)

    urls = [site.write(f"/{number}.png", slow) for number in range(25)]
    answers = []
    for url in urls:
        _, browser = at_login(caller, tenant, logo_uri=url, registration="dynamic")
        answers.append(logo(browser).status)
    assert answers == [404] * 25
    assert len(waiting) == 20
