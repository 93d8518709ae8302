"""Requests of clients that get tokens made in a way of their own."""

from tests.bench.sending import Sending, form
from tests.bench.world import SCOPE, World
from tests.support.client_app import ClientApp
from tests.support.tenant import SECRET


def refresh_by_secret(world: World) -> Sending:
    return _refresh(world, world.by_secret)


def refresh_encrypted(world: World) -> Sending:
    return _refresh(world, world.encrypted)


def userinfo_by_secret(world: World) -> Sending:
    return _userinfo(world, world.by_secret)


def userinfo_encrypted(world: World) -> Sending:
    return _userinfo(world, world.encrypted)


def _refresh(world: World, app: ClientApp) -> Sending:
    tokens = app.tokens(world.browser, world.person, scope=SCOPE)
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return form("/token", fields, auth=(app.client.client_id, SECRET))


def _userinfo(world: World, app: ClientApp) -> Sending:
    token = app.tokens(world.browser, world.person, scope=SCOPE)["access_token"]
    return Sending("GET", "/userinfo", {"authorization": f"Bearer {token}"})
