"""Token endpoint: RFC 6749 section 3.2.

The phases every grant shares stand here, in order, so that no grant can forget one.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.aws.clients import ClientStore
from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.device_grants import DeviceGrantStore
from chalicelib.aws.kms import KeyRing
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.fresh_clients import fresh_clients
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.token_issuer import token_issuer
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import required
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.errors import UnauthorizedClient, UnsupportedGrantType
from chalicelib.protocol.grant import grant_facts
from chalicelib.protocol.grants.authorization_code import redeem_code
from chalicelib.protocol.grants.client_credentials import issue_for_client
from chalicelib.protocol.grants.device_code import redeem_device_code
from chalicelib.protocol.grants.refresh_token import refresh
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.scope import parse_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import (
    DEVICE_CODE,
    JWT_BEARER,
    MIGRATION_GRANT_TYPES,
    PASSWORD,
    TOKEN_EXCHANGE,
)
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.exchange import TokenExchanger


class Ports(Record, kw_only=True):
    """What the token endpoint works with."""

    authenticator: ClientAuthenticator
    clients: ClientStore
    issuer: TokenIssuer
    keys: KeyRing
    grants: DeviceGrantStore


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """An access token response (RFC 6749 section 5.1). Raises the errors of section 5.2."""
    parameters = single_form_parameters(request)
    grant_type = parameters.require("grant_type")
    client = ports.authenticator.authenticate(
        authorization=request.header("authorization"),
        parameters=parameters,
        source_ip=request.source_ip,
        now=now,
    )
    request.facts["client_id"] = client.client_id
    grant = find_grant(grant_type, client, ports.issuer.settings)
    request.facts["grant_type"] = grant_type
    if grant_type in MIGRATION_GRANT_TYPES:
        request.facts["warning"] = f"{grant_type}_grant"
    token_request = AccessTokenRequest(
        grant_type=grant_type,
        client=client,
        parameters=parameters,
        scope=parse_scope(parameters.get("scope")),
        resources=parameters.all("resource"),
        source_ip=request.source_ip,
        now=now,
    )
    issued = grant(token_request, ports)
    ports.clients.extend(client, now=now)
    log = {"outcome": "issued", **({"sub": issued.sub} if issued.sub else {}), **grant_facts(issued.grant)}
    return json_response(issued.response, headers={"pragma": "no-cache"}, log=log)


def find_grant(
    grant_type: str, client: Client, settings: Settings
) -> Callable[[AccessTokenRequest, Ports], Issued]:
    """RFC 6749 section 5.2: what this server does not serve, and what this client may not use."""
    grant = GRANTS.get(grant_type)
    off = grant_type in MIGRATION_GRANT_TYPES and grant_type not in settings.migration_grant_types
    if grant is None or off:
        raise UnsupportedGrantType("The grant_type is not supported.", reason="grant_type_not_supported")
    if grant_type not in client.grant_types:
        raise UnauthorizedClient("The client may not use this grant_type.", reason="grant_type_not_allowed")
    return grant


def _exchange_token(request: AccessTokenRequest, ports: Ports) -> Issued:
    # Imported where it is first needed, as the keys of others are slow to verify with, and to import.
    from chalicelib.protocol.grants.token_exchange import exchange_token  # noqa: PLC0415

    return exchange_token(request, exchanger=exchanger(ports))


def _issue_on_assertion(request: AccessTokenRequest, ports: Ports) -> Issued:
    from chalicelib.protocol.grants.jwt_bearer import issue_on_assertion  # noqa: PLC0415 - the same

    return issue_on_assertion(request, exchanger=exchanger(ports))


def _issue_for_password(request: AccessTokenRequest, ports: Ports) -> Issued:
    # Imported where it is first needed: most tenants have it off, and Argon2 takes its time.
    from chalicelib.composition.password_grant import password_ports  # noqa: PLC0415
    from chalicelib.protocol.grants.password import issue_for_password  # noqa: PLC0415

    return issue_for_password(request, issuer=ports.issuer, ports=password_ports())


GRANTS: dict[str, Callable[[AccessTokenRequest, Ports], Issued]] = {
    "authorization_code": lambda request, ports: redeem_code(
        request, issuer=ports.issuer, grants=ports.grants
    ),
    "client_credentials": lambda request, ports: issue_for_client(request, issuer=ports.issuer),
    DEVICE_CODE: lambda request, ports: redeem_device_code(request, issuer=ports.issuer, grants=ports.grants),
    "refresh_token": lambda request, ports: refresh(request, issuer=ports.issuer, grants=ports.grants),
    TOKEN_EXCHANGE: _exchange_token,
    JWT_BEARER: _issue_on_assertion,
    PASSWORD: _issue_for_password,
}


@cache
def exchanger(ports: Ports) -> "TokenExchanger":
    """The adapters of the grants that take tokens and assertions, made once an instance."""
    from chalicelib.composition.token_exchanger import token_exchanger  # noqa: PLC0415 - as above

    return token_exchanger(issuer=ports.issuer, keys=ports.keys)


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_kms()
    keys = key_ring()
    return Ports(
        authenticator=client_authenticator(fresh_clients()),
        clients=ClientStore(required("CLIENTS_TABLE")),
        issuer=token_issuer(keys),
        keys=keys,
        grants=DeviceGrantStore(required("GRANTS_TABLE")),
    )


@endpoint("token", methods=("POST",), cors=True, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """POST /token."""
    return respond(request, ports(), now=int(time.time()))
