"""Requests of clients that register themselves. By an initial access token, as a network has only so many."""

import json
import os
import secrets
import time
from typing import Any

from chalicelib.administration.registration_token import RegistrationTokenAdministration
from chalicelib.aws.registries import RegistrationTokenRegistry
from tests.bench.sending import Sending
from tests.bench.world import World
from tests.support.registration import NATIVE, WEB, Registrar, path_of

BY_HMAC = {"token_endpoint_auth_method": "client_secret_jwt"}


def by_a_token(world: World) -> Sending:
    del world
    return _send("POST", "/register", WEB, token=_token(), status=201)


def by_hmac(world: World) -> Sending:
    del world
    return _send("POST", "/register", {**WEB, **BY_HMAC}, token=_token(), status=201)


def known(world: World) -> Sending:
    Registrar(world.caller).registered(NATIVE, token=_token())
    return _send("POST", "/register", NATIVE, status=201)


def read(world: World) -> Sending:
    made = _registered(world)
    return _send("GET", path_of(made), token=made["registration_access_token"])


def replaced(world: World) -> Sending:
    return _replacement(_registered(world), WEB)


def to_hmac(world: World) -> Sending:
    return _replacement(_registered(world), {**WEB, **BY_HMAC})


def replaced_by_hmac(world: World) -> Sending:
    return _replacement(_registered(world, **BY_HMAC), {**WEB, **BY_HMAC})


def deleted(world: World) -> Sending:
    made = _registered(world)
    return _send("DELETE", path_of(made), token=made["registration_access_token"], status=204)


def _registered(world: World, **changes: Any) -> dict[str, Any]:
    return Registrar(world.caller).registered(token=_token(), **changes)


def _replacement(made: dict[str, Any], document: dict[str, Any]) -> Sending:
    token = made["registration_access_token"]
    return _send("PUT", path_of(made), {**document, "client_id": made["client_id"]}, token=token)


def _token() -> str:
    registry = RegistrationTokenRegistry(os.environ["CLIENTS_TABLE"])
    tokens = RegistrationTokenAdministration(tokens=registry, random=secrets.token_urlsafe)
    return tokens.create({"token_name": "Bench"}, now=int(time.time()))[1]


def _send(
    method: str, path: str, document: Any = None, *, token: str | None = None, status: int = 200
) -> Sending:
    headers = {"content-type": "application/json"} if document is not None else {}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    body = b"" if document is None else json.dumps(document).encode()
    return Sending(method, path, headers, {}, body, status)
