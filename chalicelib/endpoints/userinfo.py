"""UserInfo endpoint: OpenID Connect Core section 5.3, a protected resource of RFC 6750."""

import time
from functools import cache

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.kms import KeyRing
from chalicelib.composition.access_tokens import access_tokens, token_statuses
from chalicelib.composition.client_signer import sealing
from chalicelib.composition.key_ring import key_ring
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.errors import bearer_error
from chalicelib.gateway.form import form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import NO_STORE, Response, json_response
from chalicelib.protocol.bearer import bearer_token
from chalicelib.protocol.claims import userinfo_claims
from chalicelib.protocol.errors import InsufficientScope, InvalidToken
from chalicelib.protocol.opaque_token import AccessTokens
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.token_status import TokenStatuses, is_live
from chalicelib.protocol.userinfo_response import userinfo_jwt
from chalicelib.record import Record

MEDIA_TYPE = "application/jwt"


class Ports(Record, kw_only=True):
    """What the UserInfo endpoint works with."""

    settings: Settings
    access_tokens: AccessTokens
    statuses: TokenStatuses
    keys: KeyRing


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """The claims the token's scope gives. Raises InvalidRequest, InvalidToken, InsufficientScope,
    TemporarilyUnavailable.
    """
    form = Parameters({})
    if request.method == "POST" and request.body:
        form = form_parameters(request)
    text = bearer_token(request.header("authorization"), form)
    token = ports.access_tokens.verify(text, now=now)
    request.facts.update(client_id=token.client_id, **token.facts)
    # RFC 9068 section 4: a token of another resource server is none of ours, whoever signed it.
    if ports.settings.issuer not in token.audience:
        raise InvalidToken("The access token is not for this endpoint.", reason="token_of_another")
    if "openid" not in token.scope:
        raise InsufficientScope("The access token lacks the scope openid.", reason="scope_openid_missing")
    status = ports.statuses.read(token)
    user, grant, client = status.user, status.grant, status.client
    if not is_live(token, status) or user is None or grant is None or client is None:
        raise InvalidToken("The access token is invalid or has expired.", reason="token_revoked")
    claims = userinfo_claims(user, scope=token.scope, grant=grant, client_id=token.client_id)
    # Section 5.3.2: the same as in the ID token, which may be the client's alone.
    claims["sub"] = token.claims["sub"]
    as_jwt = userinfo_jwt(
        claims, client=client, issuer=ports.settings.issuer, sealing=lambda: sealing(ports.keys), now=now
    )
    if as_jwt is None:
        return json_response(claims, log={"outcome": "claims"})
    return Response(headers={"content-type": MEDIA_TYPE, **NO_STORE}, body=as_jwt, log={"outcome": "claims"})


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    keys = key_ring()
    return Ports(
        settings=settings(),
        access_tokens=access_tokens(keys=keys),
        statuses=token_statuses(),
        keys=keys,
    )


@endpoint("userinfo", methods=("GET", "POST"), errors=bearer_error, cors=True, prepare=ports)
def handler(request: Request) -> Response:
    """GET and POST /userinfo."""
    return respond(request, ports(), now=int(time.time()))
