"""A device that asks for access, and the person who connects it."""

import time
from dataclasses import dataclass, field
from typing import Any

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import DEVICE_CODE
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Person, Tenant

GRANT_TYPES = (DEVICE_CODE, "refresh_token")
SCOPE = "openid profile offline_access read"


@dataclass
class Device:
    """A television, say: it has no browser. `asked` is the last device authorization response."""

    app: ClientApp
    tenant: Tenant
    asked: dict[str, Any] = field(default_factory=dict)

    def authorize(self, **changes: str | list[str] | None) -> Answer:
        """A device authorization request; None takes a parameter away."""
        fields = {"scope": SCOPE, **changes}
        given = {name: value for name, value in fields.items() if value is not None}
        return self.app.post("/device_authorization", given)

    def ask(self, **changes: str | list[str] | None) -> "Device":
        """One that is answered."""
        answer = self.authorize(**changes)
        assert answer.status == 200, answer.body
        self.asked = answer.json
        return self

    @property
    def user_code(self) -> str:
        code: str = self.asked["user_code"]
        return code

    @property
    def grant_id(self) -> str:
        device_code: str = self.asked["device_code"]
        return device_code.partition(".")[0]

    def poll(self, **changes: str | list[str] | None) -> Answer:
        """A device access token request."""
        return self.app.token(
            {"grant_type": DEVICE_CODE, "device_code": self.asked["device_code"], **changes}
        )

    def tokens(self, **changes: str | list[str] | None) -> dict[str, Any]:
        """Those of a device that was allowed."""
        answer = self.poll(**changes)
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = answer.json
        return tokens

    @property
    def grant(self) -> dict[str, Any]:
        """The grant as it is kept."""
        return self.tenant.table("Grants").find(grant_id=self.grant_id)

    def change_grant(self, **members: Any) -> None:
        """How time passes: `exp` or `next_poll_at` in the past."""
        self.tenant.table("Grants").change(self.grant, **members)

    def wait(self) -> None:
        """As if the interval was over."""
        self.change_grant(next_poll_at=int(time.time()) - 1)

    def expire(self) -> None:
        """As if nobody had come in time."""
        past = int(time.time()) - 1
        self.change_grant(exp=past, code_exp=past, refresh_until=past)


def device(caller: Caller, tenant: Tenant, client: Client | None = None) -> Device:
    """A public client's, or this client's."""
    return Device(ClientApp(client or device_client(tenant), caller), tenant)


def device_client(tenant: Tenant, **changes: Any) -> Client:
    """A public client that is registered for nothing else."""
    fields = {"grant_types": GRANT_TYPES, "redirect_uris": (), "response_types": (), **changes}
    return tenant.public_client(**{"client_name": "Example TV", "application_type": "native", **fields})


def enter(browser: Browser, user_code: str) -> Answer:
    """Opens the page and types a code."""
    browser.open("/device")
    return browser.fill(("action", "continue"), user_code=user_code)


def connect(browser: Browser, person: Person, user_code: str, *, decision: str = "allow") -> Answer:
    """Everything a person does: the code, signing in where asked, the decision. Returns the last page."""
    answer = enter(browser, user_code)
    if browser.at("/login"):
        answer = browser.sign_in(person)
    if browser.at("/device") and answer.status == 200:
        answer = browser.consent(decision)
    return answer
