"""The page at check_session_iframe in a real browser, framed by an app of another site."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chromium import ARGUMENTS, PATIENCE_MS, authorize_url, chromium_path, type_credentials
from tests.support.demo import Demo
from tests.support.http import Caller, HttpTransport
from tests.support.origin import Origin
from tests.support.registration import NATIVE, Registrar
from tests.support.traceability import spec

NewProfile = Callable[..., BrowserContext]

# What an app's frame does: OpenID Connect Session Management section 3.1.
PAGE = """
<!doctype html><meta charset="utf-8"><title>App</title>
<iframe src="{issuer}/check_session_iframe"></iframe>
<script>
const op = document.querySelector("iframe").contentWindow;
window.ask = (message) => new Promise((resolve) => {
  addEventListener("message", (event) => {
    if (event.origin === "{issuer}" && event.source === op) resolve(event.data);
  }, { once: true });
  setTimeout(resolve, 10000, "nothing");
  op.postMessage(message, "{issuer}");
});
</script>
"""


@dataclass
class App:
    """An app of another site than the issuer's, in a browser of its own."""

    demo: Demo
    profile: BrowserContext
    address: str
    page: Page
    client_id: str

    def ask(self, message: str) -> str:
        """What the issuer's page answers."""
        return str(self.page.evaluate("(message) => ask(message)", message))

    def sign_in(self) -> str:
        """Somebody signs in, in another tab. Returns what the app asks from then on."""
        page = self.profile.new_page()
        asked = {"client_id": self.client_id, "redirect_uri": f"{self.address}/callback", "scope": "openid"}
        page.goto(authorize_url(self.demo, **asked, prompt="consent", response_mode="fragment"))
        type_credentials(page)
        page.get_by_role("button", name="Allow", exact=True).click()
        page.wait_for_url(f"{self.address}/callback#**")
        (told,) = parse_qs(urlsplit(page.url).fragment)["session_state"]
        page.close()
        return f"{self.client_id} {told}"

    def sign_out(self) -> None:
        page = self.profile.new_page()
        page.goto(f"{self.demo.issuer}/end_session")
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")
        page.close()


@contextlib.contextmanager
def app_in(profile: BrowserContext, demo: Demo) -> Iterator[App]:
    """The issuer is at localhost, the app at 127.0.0.1: to a browser these are two sites."""
    with Origin() as origin:
        origin.serve("/", PAGE.replace("{issuer}", demo.issuer), content_type="text/html")
        origin.serve("/callback", "Signed in.", content_type="text/plain")
        registrar = Registrar(Caller(HttpTransport(demo.issuer)))
        made = registrar.registered(NATIVE, redirect_uris=[f"{origin.address}/callback"])
        page = profile.new_page()
        page.goto(origin.address)
        yield App(demo, profile, origin.address, page, str(made["client_id"]))


@spec("OIDC-Session-3.2")
def test_an_app_of_another_site_sees_unchanged_and_after_signing_out_changed(
    demo: Demo, chromium: Chromium, tmp_path: Path
) -> None:
    """In a profile that shows cookies to frames of other sites."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    usual = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium_path(), args=ARGUMENTS
    )
    usual.set_default_timeout(PATIENCE_MS)
    with contextlib.closing(usual), app_in(usual, demo) as app:
        assert app.ask(f"{app.client_id} {'A' * 43}.salt") == "error", "nobody was here: nothing is known"
        message = app.sign_in()
        assert app.ask(message) == "unchanged"
        for wrong in ("", app.client_id, f"{message} ", f"{message}.x", f"x {message}"):
            assert app.ask(wrong) == "error", wrong
        assert app.ask(f"x{message}") == "changed", "another client's"
        app.sign_out()
        assert app.ask(message) == "changed"
        again = app.sign_in()
        assert (app.ask(message), app.ask(again)) == ("changed", "unchanged")


@spec("OIDC-Session-5.1")
def test_where_cookies_are_kept_from_other_sites_nothing_is_known(
    demo: Demo, new_profile: NewProfile
) -> None:
    """In a private profile Chromium keeps them: `changed` would have every app ask again for ever."""
    with app_in(new_profile(), demo) as app:
        message = app.sign_in()
        assert app.ask(message) == "error"
        app.sign_out()
        assert app.ask(message) == "error"
