"""Client configuration endpoint: RFC 7592 section 2. A client manages the record it registered itself."""

import time
from functools import cache

from chalicelib.administration.client_configuration import ClientConfiguration
from chalicelib.administration.client_information import PATH, Registration, client_information
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.registries import ClientRegistry
from chalicelib.composition.registration import SecretsEncryption, access_token_of, software_statements
from chalicelib.composition.sector_documents import FetchedSectors
from chalicelib.composition.subjects import ensure_salt
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.errors import registration_error
from chalicelib.gateway.json_body import json_body
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import NO_STORE, Response, json_response
from chalicelib.gateway.security_events import event_of_request


def respond(request: Request, configuration: ClientConfiguration, *, now: int) -> Response:
    """The client's metadata, or nothing where it was deleted. Raises the errors of RFC 7592 section 2."""
    access_token = access_token_of(request)
    client_id = request.path.removeprefix(f"{PATH}/")
    match request.method:
        case "GET":
            found = configuration.read(client_id, access_token=access_token, now=now)
            return told(found, request, configuration, outcome="read")
        case "PUT":
            document = json_body(request)
            found = configuration.update(client_id, document, access_token=access_token, now=now)
            return told(found, request, configuration, outcome="changed")
        case _:
            configuration.delete(client_id, access_token=access_token, now=now)
            request.facts["client_id"] = client_id
            return Response(status=204, headers=NO_STORE, log={"outcome": "deleted"})


def told(
    found: Registration, request: Request, configuration: ClientConfiguration, *, outcome: str
) -> Response:
    """A client information response (RFC 7592 section 3)."""
    request.facts["client_id"] = found.client.client_id
    return json_response(
        client_information(found, issuer=configuration.settings.issuer),
        headers={"pragma": "no-cache"},
        log={"outcome": outcome},
    )


@cache
def configuration() -> ClientConfiguration:
    """What managing a registration takes, made once an instance."""
    connect_dynamodb()
    return ClientConfiguration(
        settings=settings(),
        clients=ClientRegistry(required("CLIENTS_TABLE"), ensure_salt),
        statements=software_statements(),
        encryption=SecretsEncryption(required("SECRETS_KEY")),
        sectors=FetchedSectors(required("REQUESTS_TABLE"), allowed_origins=settings().fetch_allowed_origins),
        random=random_text,
    )


@endpoint(
    "client_configuration",
    methods=("GET", "PUT", "DELETE"),
    errors=registration_error,
    cors=True,
    prepare=configuration,
    event_of=event_of_request,
)
def handler(request: Request) -> Response:
    """GET, PUT and DELETE /register/{client_id}."""
    return respond(request, configuration(), now=int(time.time()))
