"""Introspection endpoint: RFC 7662. For resource servers, about access tokens meant for them."""

import time
from functools import cache

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.composition.access_tokens import access_tokens, token_statuses
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import InvalidClient, InvalidToken
from chalicelib.protocol.introspection_response import INACTIVE, introspection_response, is_meant_for
from chalicelib.protocol.opaque_token import AccessTokens
from chalicelib.protocol.resource import ResourceServers
from chalicelib.protocol.token_status import TokenStatuses, is_live
from chalicelib.record import Record


class Ports(Record, kw_only=True):
    """What the introspection endpoint works with."""

    authenticator: ClientAuthenticator
    access_tokens: AccessTokens
    statuses: TokenStatuses
    resource_servers: ResourceServers


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """An introspection response; inactive says nothing more (RFC 7662 section 2.2)."""
    parameters = single_form_parameters(request)
    token = parameters.require("token")
    client = ports.authenticator.authenticate(
        authorization=request.header("authorization"), parameters=parameters, now=now
    )
    request.facts["client_id"] = client.client_id
    # RFC 7662 section 2.1: the caller is authenticated, against scanning; a public client is not.
    if client.public:
        raise InvalidClient("Client authentication failed.", reason="client_public")
    try:
        access_token = ports.access_tokens.verify(token, now=now)
    except InvalidToken as error:
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": error.reason})
    if not is_meant_for(access_token, client):
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": "token_of_another"})
    request.facts.update(access_token.facts)
    if not is_live(access_token, ports.statuses.read(access_token)):
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": "token_revoked"})
    told = introspection_response(access_token, client=client, resource_servers=ports.resource_servers)
    return json_response(told, log={"outcome": "active"})


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    return Ports(
        authenticator=client_authenticator(),
        access_tokens=access_tokens(keys=key_ring()),
        statuses=token_statuses(),
        resource_servers=resource_servers(),
    )


@endpoint("introspection", methods=("POST",), prepare=ports)
def handler(request: Request) -> Response:
    """POST /introspect."""
    return respond(request, ports(), now=int(time.time()))
