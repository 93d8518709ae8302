"""docs/on-behalf-of.md, step by step: two real APIs on loopback, which verify tokens by the JWKS."""

import itertools
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import JWT_BEARER, TOKEN_EXCHANGE
from infra.local.stack import LocalStack
from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    ProtectedResource,
    RefusedError,
    Request,
    ResourceServer,
)
from tests.support.client_app import ClientApp
from tests.support.exchange import ACCESS_TOKEN, allow, api_client
from tests.support.http import Caller, HttpTransport, basic
from tests.support.tenant import SECRET, Tenant
from tests.support.visit import visit

# Of each test its own: functions keep records for a minute.
_worlds = itertools.count(1)


@dataclass
class Api:
    """One API: verifies what it is shown for its own audience and answers what `serve` makes of it."""

    issuer: str
    audience: str
    scope: str
    serve: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        api = self
        server = ResourceServer(
            ProtectedResource(resource=self.audience), JwtAccessTokens(Issuer(self.issuer), self.audience)
        )

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                authorization = self.headers.get("authorization", "")
                request = Request(method="GET", url=api.audience, authorization=authorization)
                try:
                    claims = dict(server.authorize(request, api.scope).claims)
                except RefusedError as refused:
                    return self.reply(refused.status, refused.document)
                api.seen.append(claims)
                return self.reply(*api.serve(authorization.removeprefix("Bearer "), claims))

            def reply(self, status: int, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing: a test is quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def ask(url: str, *, token: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})  # noqa: S310 - loopback
    return read(request)


def read(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


FORMS: dict[str, Callable[[str, str], dict[str, str]]] = {
    "RFC 8693": lambda token, stock: {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
        "resource": stock,
    },
    "Entra's form": lambda token, stock: {
        "grant_type": JWT_BEARER,
        "requested_token_use": "on_behalf_of",
        "assertion": token,
        "scope": f"openid {stock}stock:read",
    },
}


@dataclass
class World:
    """The order API, which asks the stock API for whoever calls it, and an app with a person."""

    orders: Api
    stock: Api
    client: Client
    user_token: Callable[[str], str]
    sub: str
    form: str = "RFC 8693"


@pytest.fixture
def world(stack: LocalStack, tenant: Tenant) -> Iterator[World]:
    caller = Caller(HttpTransport(stack.issuer))
    number = next(_worlds)
    at_orders, at_stock = f"https://orders-{number}.test/", f"https://stock-{number}.test/"
    client = api_client(tenant, resources=(at_orders,), exchange_audiences=(at_stock,))
    allow(at_orders, scopes={"read": "See your orders", "write": "Order"}, exchange_scopes={})
    allow(
        at_stock, client, scopes={"stock:read": "See what is there", "stock:write": "Take from it"},
        exchange_scopes={"stock:read": ("read",), "stock:write": ("write",)},
    )  # fmt: skip
    here = visit(caller, tenant, tenant.client())

    def user_token(scope: str) -> str:
        token: str = here.app.redeem(here.code(scope=scope, resource=at_orders)).json["access_token"]
        return token

    def call_stock(token: str, _: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        body = urllib.parse.urlencode(FORMS[made.form](token, at_stock)).encode()
        headers = {"authorization": basic(client.client_id, SECRET)}
        status, got = read(urllib.request.Request(f"{stack.issuer}/token", body, headers))  # noqa: S310
        if status != 200:
            return 502, {"at": "token", **got}
        return ask(stock.url, token=got["access_token"])

    stock = Api(
        stack.issuer, at_stock, "stock:read", lambda _, claims: (200, {"stock": 7, "for": claims["sub"]})
    )
    orders = Api(stack.issuer, at_orders, "read", call_stock)
    made = World(orders, stock, client, user_token, here.person.sub)
    try:
        yield made
    finally:
        orders.close()
        stock.close()


@pytest.mark.parametrize("form", FORMS)
def test_an_api_calls_another_for_the_person(world: World, form: str) -> None:
    world.form = form
    token = world.user_token("read")
    assert ask(world.orders.url, token=token) == (200, {"stock": 7, "for": world.sub})
    (at_stock,) = world.stock.seen
    assert at_stock["aud"] == world.stock.audience
    assert at_stock["act"] == {"sub": world.client.client_id}
    assert at_stock["scope"] == "stock:read"


def test_the_persons_token_is_none_of_the_second_apis(world: World) -> None:
    assert ask(world.stock.url, token=world.user_token("read"))[0] == 401


@pytest.mark.parametrize("form", FORMS)
def test_who_may_not_read_orders_does_not_reach_the_stock(world: World, form: str) -> None:
    world.form = form
    assert ask(world.orders.url, token=world.user_token("write"))[0] == 403
    assert world.stock.seen == []


def test_a_token_of_the_second_api_is_not_exchanged_by_the_first(world: World, stack: LocalStack) -> None:
    app = ClientApp(world.client, Caller(HttpTransport(stack.issuer)))
    exchanged = app.token(FORMS["RFC 8693"](world.user_token("read"), world.stock.audience))
    again = app.token(FORMS["RFC 8693"](exchanged.json["access_token"], world.stock.audience))
    assert again.error == "invalid_request"
