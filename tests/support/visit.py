"""A person who is signed in at their browser, before an app they consented to: a code is one request away."""

from dataclasses import dataclass
from typing import Any

from chalicelib.protocol.client import Client
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Person, Tenant

# Signing in is meant to be slow: one person does it once for each stack, and each test gets their
# cookies. The app is the same as well, where a test needs none of its own: tables stay small.
_signed_in: dict[str, tuple[Person, dict[str, str], Client]] = {}


def forget_visits() -> None:
    """For a test that empties the tables: the next one signs in anew."""
    _signed_in.clear()


@dataclass
class Visit:
    """Someone signed in, and an app with their consent."""

    app: ClientApp
    browser: Browser
    person: Person
    tenant: Tenant

    def answer(self, **changes: str | list[str] | None) -> Answer:
        """The authorization response; nobody is asked anything."""
        return self.browser.open("/authorize", self.app.request(**changes))

    def code(self, **changes: str | list[str] | None) -> str:
        """A code; an app that is asked about each time is consented to again."""
        return self.browser.authorize(self.person, self.app.request(**changes)).query["code"]

    def grant(self, code: str) -> dict[str, Any]:
        """The grant of a code as it is kept."""
        return self.tenant.table("Grants").find(grant_id=code.partition(".")[0])

    def change_grant(self, code: str, **members: Any) -> None:
        """How time passes for a code: `exp` in the past."""
        self.tenant.table("Grants").change(self.grant(code), **members)


def visit(caller: Caller, tenant: Tenant, client: Client | None = None) -> Visit:
    """A public app (or another client's) and a signed-in person's own browser."""
    person, cookies, app = _signed_in.get(caller.issuer) or _sign_in(caller)
    browser = Browser(caller, dict(cookies))
    if client is not None:
        browser.open("/authorize", everything(client, caller))
        # A client that can ask for nothing has nothing to consent to.
        if browser.at("/consent"):
            browser.consent()
    return Visit(ClientApp(client or app, caller), browser, person, tenant)


def _sign_in(caller: Caller) -> tuple[Person, dict[str, str], Client]:
    tenant = Tenant()  # not the test's own, whose records go with it
    person, browser = tenant.person(), Browser(caller)
    # One that could be registered: exports of other tests have it.
    client = tenant.public_client(grant_types=("authorization_code", "refresh_token"))
    browser.open("/authorize", everything(client, caller))
    browser.sign_in(person)
    browser.consent()
    return _signed_in.setdefault(caller.issuer, (person, browser.cookies, client))


def everything(client: Client, caller: Caller) -> dict[str, Any]:
    """A request for all the client is registered for at the example API."""
    scope = " ".join(name for name in client.scope if name != "other:read")
    return ClientApp(client, caller).request(scope=scope, prompt="consent")
