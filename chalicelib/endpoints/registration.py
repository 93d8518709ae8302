"""Client registration endpoint: RFC 7591 section 3, where the tenant has dynamic registration."""

import time
from functools import cache

from chalicelib.administration.client_information import client_information
from chalicelib.administration.dynamic_registration import DynamicRegistration
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.registration_counts import RegistrationCountStore
from chalicelib.aws.registration_tokens import RegistrationTokenStore
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
from chalicelib.gateway.response import Response, json_response
from chalicelib.gateway.security_events import event_of_request


def respond(request: Request, registration: DynamicRegistration, *, now: int) -> Response:
    """A client information response (RFC 7591 section 3.2.1). Raises the errors of section 3.2.2."""
    given = request.header("authorization") is not None
    made = registration.register(
        json_body(request),
        access_token=access_token_of(request) if given else None,
        source_ip=request.source_ip,
        now=now,
    )
    request.facts["client_id"] = made.client.client_id
    return json_response(
        client_information(made, issuer=registration.settings.issuer),
        status=201,
        headers={"pragma": "no-cache"},
        log={"outcome": "known" if made.known else "registered"},
    )


@cache
def registration() -> DynamicRegistration:
    """What registering takes, made once an instance."""
    connect_dynamodb()
    clients_table, requests_table = required("CLIENTS_TABLE"), required("REQUESTS_TABLE")
    return DynamicRegistration(
        settings=settings(),
        clients=ClientRegistry(clients_table, ensure_salt),
        tokens=RegistrationTokenStore(clients_table),
        statements=software_statements(),
        attempts=AttemptStore(requests_table),
        counts=RegistrationCountStore(requests_table),
        encryption=SecretsEncryption(required("SECRETS_KEY")),
        sectors=FetchedSectors(requests_table, allowed_origins=settings().fetch_allowed_origins),
        random=random_text,
    )


@endpoint(
    "registration",
    methods=("POST",),
    errors=registration_error,
    cors=True,
    prepare=registration,
    event_of=event_of_request,
)
def handler(request: Request) -> Response:
    """POST /register."""
    return respond(request, registration(), now=int(time.time()))
