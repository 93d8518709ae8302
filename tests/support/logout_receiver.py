"""Clients that are told of logouts, each at a path of its own of a web server on loopback."""

import itertools
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from chalicelib.protocol.client import Client
from infra.local.stack import LocalStack, _forget
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, verified
from tests.support.environment import skip_where_deployed
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.tenant import Person, Tenant

_numbers = itertools.count(1)
# Until the last try, and Lambda's own two after it.
AGES = 30 * 3_600


@dataclass
class Receiver:
    """One client's backchannel_logout_uri; takes every token, unless told otherwise."""

    origin: Origin
    path: str

    @property
    def uri(self) -> str:
        return self.origin.address + self.path

    @property
    def bodies(self) -> list[bytes]:
        return self.origin.bodies.get(self.path, [])

    @property
    def tokens(self) -> list[str]:
        """The logout tokens it was sent, the first first."""
        return [parse_qs(body.decode(), strict_parsing=True)["logout_token"][0] for body in self.bodies]

    def heads(self) -> list[str]:
        return [head for head in self.origin.seen if head.split(" ")[1] == self.path]

    def answer(self, status: str, **headers: str) -> None:
        self.origin.serve(self.path, "", status=status, **headers)


@dataclass
class Logouts:
    """What clients are told: `later` runs what AWS would, by the time that is said."""

    stack: LocalStack
    origin: Origin
    tenant: Tenant
    caller: Caller

    def receiver(self) -> Receiver:
        receiver = Receiver(self.origin, f"/logouts/{next(_numbers)}")
        receiver.answer("200 OK")
        return receiver

    def client(self, receiver: Receiver, **changes: Any) -> Client:
        return self.tenant.public_client(backchannel_logout_uri=receiver.uri, **changes)

    def app(self, receiver: Receiver, **changes: Any) -> ClientApp:
        return ClientApp(self.client(receiver, **changes), self.caller)

    def sign_in(self, app: ClientApp, browser: Browser, person: Person, **changes: Any) -> dict[str, Any]:
        """The claims of the ID token of a whole sign-in."""
        tokens = app.tokens(browser, person, **changes)
        return {**verified(tokens["id_token"], self.caller), "token": tokens["id_token"]}

    def sign_out(self, browser: Browser, id_token: str) -> None:
        answer = browser.open("/end_session", {"id_token_hint": id_token})
        assert "You are signed out" in answer.body, answer.body

    def end(self, browser: Browser) -> None:
        """Signs out as asked on the page, and has that told."""
        browser.open("/end_session")
        assert "You are signed out" in browser.fill(("decision", "sign_out")).body
        self.deliver()

    def deliver(self, *, within: float = 1.0) -> int:
        """What is due in so many seconds from now is done; returns how many runs that took."""
        return self.stack.later.run(time.time() + within)

    def claims(self, token: str, client: Client) -> dict[str, Any]:
        """A logout token's claims, verified by PyJWT with the published keys."""
        return verified(token, self.caller, audience=client.client_id)

    def forget_clients(self) -> None:
        """A minute passes: records are read anew."""
        skip_where_deployed()
        _forget()
