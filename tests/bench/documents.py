"""The requests of clients that are known by the URL of their metadata document, which was fetched before."""

import itertools

from chalicelib.protocol.client import Client
from tests.bench.sending import Sending, form
from tests.bench.world import World
from tests.support.client_app import ClientApp
from tests.support.client_documents import keep
from tests.support.http import encode
from tests.support.tenant import REDIRECT_URI

SCOPE = "openid profile offline_access"
_numbers = itertools.count(1)


def authorization(world: World) -> Sending:
    app = _app(world, "https://harbour.example/bench.json")
    app.code(world.browser, world.person, scope=SCOPE)
    return _request(world, app)


def authorization_of_new_url(world: World) -> Sending:
    return _request(world, _app(world, f"https://harbour.example/{next(_numbers)}.json"))


def refresh(world: World) -> Sending:
    app = _app(world, "https://harbour.example/refresh.json")
    tokens = app.tokens(world.browser, world.person, scope="offline_access")
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return form("/token", {**fields, "client_id": app.client.client_id})


def _app(world: World, url: str) -> ClientApp:
    keep(world.tenant, url)
    client = Client(
        client_id=url,
        client_name="Harbour",
        token_endpoint_auth_method="none",
        redirect_uris=(REDIRECT_URI,),
    )
    return ClientApp(client, world.caller)


def _request(world: World, app: ClientApp) -> Sending:
    request = encode(app.request(scope=SCOPE))
    return Sending("GET", f"/authorize?{request}", cookies=world.browser.cookies, status=303)
