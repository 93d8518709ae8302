"""Introspection endpoint: RFC 7662. For resource servers, about access tokens meant for them."""

import time
from functools import cache

from chalicelib.aws.clients import ClientStore
from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.requests import RevokedTokenStore
from chalicelib.aws.token_status import TokenStatusStore
from chalicelib.aws.users import UserStore
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.key_ring import key_ring
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.access_token import verify_access_token
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import InvalidClient, InvalidToken
from chalicelib.protocol.introspection_response import INACTIVE, introspection_response, is_meant_for
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.token_status import is_live
from chalicelib.record import Record


class Ports(Record, kw_only=True):
    """What the introspection endpoint works with."""

    settings: Settings
    authenticator: ClientAuthenticator
    keys: VerificationKeys
    tokens: TokenStatusStore


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
        access_token = verify_access_token(token, keys=ports.keys, issuer=ports.settings.issuer, now=now)
    except InvalidToken as error:
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": error.reason})
    if not is_meant_for(access_token, client):
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": "token_of_another"})
    request.facts.update(access_token.facts)
    if not is_live(access_token, ports.tokens.read(access_token)):
        return json_response(INACTIVE, log={"outcome": "inactive", "reason": "token_revoked"})
    return json_response(introspection_response(access_token), log={"outcome": "active"})


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    return Ports(
        settings=settings(),
        authenticator=client_authenticator(),
        keys=key_ring(),
        tokens=TokenStatusStore(
            clients=ClientStore(required("CLIENTS_TABLE")),
            grants=GrantStore(required("GRANTS_TABLE")),
            revoked_tokens=RevokedTokenStore(required("REQUESTS_TABLE")),
            users=UserStore(required("USERS_TABLE")),
        ),
    )


@endpoint("introspection", methods=("POST",), prepare=ports)
def handler(request: Request) -> Response:
    """POST /introspect."""
    return respond(request, ports(), now=int(time.time()))
