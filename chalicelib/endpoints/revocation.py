"""Revocation endpoint: RFC 7009."""

import time
from functools import cache

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.opaque_tokens import OpaqueTokenStore
from chalicelib.aws.requests import RevokedTokenStore
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.key_ring import key_ring
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import NO_STORE, Response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.opaque_token import OpaqueTokenRevocation
from chalicelib.protocol.revocation_request import RefreshTokenRevocation, RevokedTokens, revoke_token
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record


class Ports(Record, kw_only=True):
    """What the revocation endpoint works with."""

    settings: Settings
    authenticator: ClientAuthenticator
    keys: VerificationKeys
    grants: RefreshTokenRevocation
    revoked_tokens: RevokedTokens
    opaque_tokens: OpaqueTokenRevocation


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """200 and nothing else, whatever the token was (RFC 7009 section 2.2)."""
    parameters = single_form_parameters(request)
    token = parameters.require("token")
    client = ports.authenticator.authenticate(
        authorization=request.header("authorization"),
        parameters=parameters,
        source_ip=request.source_ip,
        now=now,
    )
    request.facts["client_id"] = client.client_id
    facts = revoke_token(
        token,
        client=client,
        settings=ports.settings,
        keys=ports.keys,
        grants=ports.grants,
        revoked_tokens=ports.revoked_tokens,
        opaque_tokens=ports.opaque_tokens,
        now=now,
    )
    return Response(headers=NO_STORE, log=facts)


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    requests_table = required("REQUESTS_TABLE")
    return Ports(
        settings=settings(),
        authenticator=client_authenticator(),
        keys=key_ring(),
        grants=GrantStore(required("GRANTS_TABLE")),
        revoked_tokens=RevokedTokenStore(requests_table),
        opaque_tokens=OpaqueTokenStore(requests_table),
    )


@endpoint("revocation", methods=("POST",), cors=True, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """POST /revoke."""
    return respond(request, ports(), now=int(time.time()))
