"""Introspection endpoint: RFC 7662, with signed responses, RFC 9701. For resource servers, about access
tokens meant for them.
"""

import time
from functools import cache
from typing import Any

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.composition.access_tokens import access_tokens, token_statuses
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.accept import prefers
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import NO_STORE, Response, json_response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import InvalidClient, InvalidRequest, InvalidToken
from chalicelib.protocol.introspection_response import (
    INACTIVE,
    INTROSPECTION_JWT,
    introspection_response,
    is_meant_for,
    unsigned_introspection_response,
)
from chalicelib.protocol.jws import Signer
from chalicelib.protocol.opaque_token import AccessTokens
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.resource import ResourceServers
from chalicelib.protocol.token_status import TokenStatuses, is_live
from chalicelib.record import Record

MEDIA_TYPE = f"application/{INTROSPECTION_JWT}"


class Ports(Record, kw_only=True):
    """What the introspection endpoint works with."""

    authenticator: ClientAuthenticator
    access_tokens: AccessTokens
    statuses: TokenStatuses
    resource_servers: ResourceServers
    signer: Signer


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """An introspection response; inactive says nothing more (RFC 7662 section 2.2). As a signed JWT where the
    resource server asks for one by its media type (RFC 9701 section 4).
    """
    parameters = single_form_parameters(request)
    token = parameters.require("token")
    signed = prefers(request.header("accept"), MEDIA_TYPE, over="application/json")
    if signed:
        check_authenticates(request, parameters)
    client = ports.authenticator.authenticate(
        authorization=request.header("authorization"),
        parameters=parameters,
        source_ip=request.source_ip,
        now=now,
    )
    request.facts["client_id"] = client.client_id
    # RFC 7662 section 2.1: the caller is authenticated, against scanning; a public client is not.
    if client.public:
        raise InvalidClient("Client authentication failed.", reason="client_public")
    told, log = introspect(token, client, request.facts, ports, now=now)
    if not signed:
        return json_response(told, log=log)
    unsigned = unsigned_introspection_response(
        told, client=client, issuer=ports.access_tokens.issuer, now=now
    )
    (body,) = ports.signer.sign([unsigned])
    return Response(headers={"content-type": MEDIA_TYPE, **NO_STORE}, body=body, log=log)


def introspect(
    token: str, client: Client, facts: dict[str, str], ports: Ports, *, now: int
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the resource server is told of a token, and what the log line says of that."""
    try:
        access_token = ports.access_tokens.verify(token, now=now)
    except InvalidToken as error:
        return INACTIVE, {"outcome": "inactive", "reason": error.reason}
    if not is_meant_for(access_token, client):
        return INACTIVE, {"outcome": "inactive", "reason": "token_of_another"}
    facts.update(access_token.facts)
    if not is_live(access_token, ports.statuses.read(access_token)):
        return INACTIVE, {"outcome": "inactive", "reason": "token_revoked"}
    told = introspection_response(access_token, client=client, resource_servers=ports.resource_servers)
    return told, {"outcome": "active"}


def check_authenticates(request: Request, parameters: Parameters) -> None:
    """RFC 9701 section 5: a request that does not authenticate its caller is refused with 400. One that does
    so wrongly has 401, as everywhere. Raises InvalidRequest.
    """
    given = (request.header("authorization"), *map(parameters.get, ("client_secret", "client_assertion")))
    if not any(given):
        raise InvalidRequest("The caller has to authenticate.", reason="client_missing")


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    keys = key_ring()
    return Ports(
        authenticator=client_authenticator(),
        access_tokens=access_tokens(keys=keys),
        statuses=token_statuses(),
        resource_servers=resource_servers(),
        signer=keys,
    )


@endpoint("introspection", methods=("POST",), prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """POST /introspect."""
    return respond(request, ports(), now=int(time.time()))
