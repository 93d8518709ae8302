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


def by_a_token(world: World) -> Sending:
    del world
    return _send("POST", "/register", WEB, token=_token(), status=201)


def known(world: World) -> Sending:
    Registrar(world.caller).registered(NATIVE, token=_token())
    return _send("POST", "/register", NATIVE, status=201)


def read(world: World) -> Sending:
    made = _registered(world)
    return _send("GET", path_of(made), token=made["registration_access_token"])


def replaced(world: World) -> Sending:
    made = _registered(world)
    document = {**WEB, "client_id": made["client_id"]}
    return _send("PUT", path_of(made), document, token=made["registration_access_token"])


def deleted(world: World) -> Sending:
    made = _registered(world)
    return _send("DELETE", path_of(made), token=made["registration_access_token"], status=204)


def _registered(world: World) -> dict[str, Any]:
    return Registrar(world.caller).registered(token=_token())


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
