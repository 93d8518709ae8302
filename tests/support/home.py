"""A person signed in at their browser, and an app that has their tokens: where every logout begins."""

from dataclasses import dataclass
from typing import Any

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer
from tests.support.tenant import Person, Tenant

COOKIE = "keyturn_session"


@dataclass
class Home:
    """`cookie` is the session's, as the browser had it before anything ended."""

    app: ClientApp
    browser: Browser
    person: Person
    tenant: Tenant
    tokens: dict[str, Any]
    cookie: str

    @property
    def hint(self) -> str:
        token: str = self.tokens["id_token"]
        return token

    def sign_out(self, **fields: str | list[str] | None) -> Answer:
        """GET /end_session with these parameters."""
        return self.browser.open("/end_session", fields)

    def is_signed_in(self) -> bool:
        """Whether the session lives, asked with the cookie the browser had."""
        browser = Browser(self.app.caller, {COOKIE: self.cookie})
        return "code" in browser.open("/authorize", self.app.request(prompt="none")).query
