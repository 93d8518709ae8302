"""Every endpoint tells of a fault below it in its own shape, and works again once the fault is over."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.device import GRANT_TYPES, device, enter
from tests.support.environment import changed_environment
from tests.support.faults import Aws, Kind
from tests.support.http import Answer, Caller, encode
from tests.support.log_lines import assert_line
from tests.support.refusal import assert_json_error, assert_page
from tests.support.registration import NATIVE, Registrar, path_of
from tests.support.tenant import Tenant
from tests.support.visit import visit

Send = Callable[[], Answer]
PAGES = {
    "authorization",
    "resume",
    "login",
    "sign in",
    "consent",
    "decide",
    "enter a code",
    "connect",
    "end_session",
}


@dataclass
class World:
    """Somebody signed in, somebody who is about to, and clients no function has seen yet."""

    caller: Caller
    tenant: Tenant

    def requests(self) -> dict[str, Send]:
        """A good request to each endpoint, every one able to be sent again."""
        here = visit(self.caller, self.tenant)
        tokens = here.app.redeem(here.code(scope="openid read offline_access")).json
        new = ClientApp(self.tenant.public_client(), self.caller)
        signing_in = self.begin(Browser(self.caller))
        consenting = self.begin(Browser(self.caller, dict(here.browser.cookies)))
        entering, connecting = Browser(self.caller), Browser(self.caller, dict(here.browser.cookies))
        entering.open("/device")
        enter(connecting, device(self.caller, self.tenant).ask().user_code)
        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        cookies = here.browser.cookies
        registrar = Registrar(self.caller)
        made = registrar.registered()
        own = made["registration_access_token"]
        return {
            "authorization": lambda: self.send("GET", "/authorize?" + encode(new.request()), cookies),
            "resume": lambda: self.again(signing_in, path="/authorize/resume"),
            "login": lambda: self.again(signing_in),
            "sign in": lambda: self.press(
                signing_in, ("action", "sign_in"), login=here.person.login, password=here.person.password
            ),
            "consent": lambda: self.again(consenting),
            "decide": lambda: self.press(consenting, ("decision", "allow")),
            "enter a code": lambda: self.press(entering, ("action", "continue"), user_code="BBBB-BBBB"),
            "connect": lambda: self.again(connecting),
            "device_authorization": lambda: self.app().post("/device_authorization", {"scope": "openid"}),
            "token": lambda: self.app().token({"grant_type": "client_credentials"}),
            "revocation": lambda: self.app().post("/revoke", {"token": "x"}),
            "introspection": lambda: self.app().post("/introspect", {"token": "x"}),
            "userinfo": lambda: self.caller.send("GET", "/userinfo", headers=bearer),
            "end_session": lambda: self.send("GET", "/end_session", cookies),
            "registration": lambda: registrar.register(NATIVE),
            "client_configuration": lambda: registrar.send("GET", path_of(made), token=own),
        }

    def app(self) -> ClientApp:
        """A client that no function keeps."""
        return ClientApp(self.clients.pop(), self.caller)

    def prepare(self, count: int) -> None:
        self.clients: list[Any] = [
            self.tenant.client(grant_types=("client_credentials", *GRANT_TYPES)) for _ in range(count)
        ]

    def begin(self, browser: Browser) -> Browser:
        """At the page an authorization request leads to."""
        browser.open("/authorize", ClientApp(self.tenant.public_client(), self.caller).request())
        assert browser.page is not None
        assert browser.page.status == 200
        return browser

    def again(self, browser: Browser, *, path: str = "") -> Answer:
        before, _, query = browser.url.partition("?")
        return self.send("GET", f"{path or before}?{query}", browser.cookies)

    def press(self, browser: Browser, button: tuple[str, str], **fields: str) -> Answer:
        assert browser.page is not None
        (form,) = [each for each in forms(browser.page.body) if button in each.buttons]
        body = encode({**form.fields, **fields, button[0]: button[1]}).encode()
        return self.send("POST", form.action, browser.cookies, body)

    def send(self, method: str, target: str, cookies: dict[str, str], body: bytes = b"") -> Answer:
        headers = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        return self.caller.send(method, target, headers=headers, cookies=cookies, body=body)


@pytest.fixture
def world(aws: Aws, caller: Caller, tenant: Tenant) -> World:
    del aws
    return World(caller, tenant)


def send_all(requests: dict[str, Send]) -> dict[str, Answer]:
    """All at once, for each waits for time-outs and retries of its own."""
    with ThreadPoolExecutor(len(requests)) as threads:
        answers = {name: threads.submit(send) for name, send in requests.items()}
        return {name: answer.result() for name, answer in answers.items()}


def assert_all_unavailable(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        assert answer.status == 503, (name, answer.status, answer.body)
        assert answer.headers["retry-after"] == "2", name
        if name in PAGES:
            assert_page(answer, status=503)
        else:
            assert_json_error(answer, "temporarily_unavailable", status=503)


def assert_reasons(capsys: pytest.CaptureFixture[str], reason: str) -> None:
    lines = [assert_line(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["reason"] for line in lines} == {reason}
    assert {line["error"] for line in lines} == {"temporarily_unavailable"}
    assert all(line["status"] == 503 for line in lines)


def assert_all_answered(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        assert answer.status in {200, 201, 303}, (name, answer.status, answer.body)


KINDS: dict[Kind, str] = {
    "throttled": "aws_throttled",
    "unavailable": "aws_throttled",
    "cut": "aws_timeout",
    "torn": "aws_timeout",
    "silent": "aws_timeout",
}


@pytest.mark.parametrize("kind", KINDS)
def test_dynamodb_fails_and_then_works(
    aws: Aws, world: World, capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    requests = world.requests()
    for failing in (True, False):
        world.prepare(4)
        capsys.readouterr()
        if failing:
            with aws.dynamodb.failing(kind):
                answers = send_all(requests)
            assert_all_unavailable(answers)
            assert_reasons(capsys, KINDS[kind])
        else:
            # Signing in before the page that resumes it, deciding before the end of the session.
            assert_all_answered({name: send() for name, send in requests.items()})


# What is asked meanwhile: of what takes its time, one endpoint for all.
KMS_KINDS: dict[Kind, tuple[str, set[str]]] = {
    "throttled": ("aws_throttled", {"jwks", "token"}),
    "torn": ("aws_timeout", {"jwks", "token", "introspection", "userinfo", "revocation"}),
    "silent": ("aws_timeout", {"jwks"}),
}


@pytest.mark.parametrize("kind", KMS_KINDS)
def test_kms_fails_while_an_instance_reads_its_keys_and_then_works(
    aws: Aws, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], kind: Kind
) -> None:
    app, api = ClientApp(tenant.client(), caller), ClientApp(tenant.resource_server()[1], caller)
    here = visit(caller, tenant)
    token = here.app.redeem(here.code(scope="openid read")).json["access_token"]
    reason, asked = KMS_KINDS[kind]
    requests: dict[str, Send] = {
        "jwks": lambda: caller.get("/jwks"),
        "token": lambda: app.token({"grant_type": "client_credentials"}),
        "introspection": lambda: api.post("/introspect", {"token": token}),
        "userinfo": lambda: caller.send("GET", "/userinfo", headers={"authorization": f"Bearer {token}"}),
        "revocation": lambda: here.app.post("/revoke", {"token": token}),
    }
    with changed_environment():
        # Instances that have their clients and settings, but no key yet.
        for path in ("/token", "/introspect", "/revoke", "/userinfo"):
            assert caller.send("POST", path, headers={"content-type": "text/plain"}, body=b"x").status == 400
        capsys.readouterr()
        with aws.kms.failing(kind):
            answers = send_all({name: requests[name] for name in asked})
        assert_all_unavailable(answers)
        assert_reasons(capsys, reason)
        assert_all_answered({name: send() for name, send in requests.items()})
