"""Device authorization endpoint: RFC 8628 section 3.1. A device that has no browser begins here."""

import time
from functools import cache
from urllib.parse import urlencode

from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.device_decisions import DeviceDecisionStore
from chalicelib.aws.user_codes import UserCodeStore
from chalicelib.composition.client_authenticator import client_authenticator
from chalicelib.composition.fresh_clients import FreshClients, fresh_clients
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import single_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.approval import CODE_SECRET_BYTES, GRANT_ID_BYTES
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.device_authorization_request import check_device_authorization_request
from chalicelib.protocol.device_grant import INTERVAL, NewDeviceGrants, pending_grant
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.grant import Code, Grant
from chalicelib.protocol.resource import ResourceServers
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.user_code import ReservedCode, UserCodes, new_user_code, shown_user_code
from chalicelib.record import Record, replace

# One code in 25 million is taken where a thousand are alive: two tries are one more than are ever needed.
TRIES = 3


class Ports(Record, kw_only=True):
    """What the device authorization endpoint works with."""

    settings: Settings
    clients: FreshClients
    authenticator: ClientAuthenticator
    resource_servers: ResourceServers
    user_codes: UserCodes
    grants: NewDeviceGrants
    random: RandomText


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """A device authorization response (RFC 8628 section 3.2). Raises the errors of RFC 6749 section 5.2."""
    parameters = single_form_parameters(request)
    arriving = replace(ports.clients, source_ip=request.source_ip)
    client = replace(ports.authenticator, clients=arriving).authenticate(
        authorization=request.header("authorization"),
        parameters=parameters,
        source_ip=request.source_ip,
        now=now,
    )
    request.facts["client_id"] = client.client_id
    device_request = check_device_authorization_request(
        parameters, client=client, resource_servers=ports.resource_servers, settings=ports.settings
    )
    device_code = Code(ports.random(GRANT_ID_BYTES), ports.random(CODE_SECRET_BYTES))
    grant = pending_grant(device_request, device_code, settings=ports.settings, now=now)
    # The code first: one that leads to no grant yet is no more than a wrong one.
    user_code = shown_user_code(reserve_user_code(grant, ports, source_ip=request.source_ip, now=now))
    ports.grants.start(grant)
    verification_uri = f"{ports.settings.issuer}/device"
    return json_response(
        {
            "device_code": str(device_code),
            "user_code": user_code,
            "verification_uri": verification_uri,
            "verification_uri_complete": f"{verification_uri}?{urlencode({'user_code': user_code})}",
            "expires_in": grant.exp - now,
            "interval": INTERVAL,
        },
        log={"grant_id": grant.grant_id, "outcome": "device_code"},
    )


def reserve_user_code(grant: Grant, ports: Ports, *, source_ip: str, now: int) -> str:
    """A user code that is no other live grant's. Raises TemporarilyUnavailable where none is found."""
    reserved = ReservedCode(grant_id=grant.grant_id, source_ip=source_ip or None)
    for _ in range(TRIES):
        user_code = new_user_code(ports.random)
        if ports.user_codes.reserve(user_code, reserved, exp=grant.exp, now=now):
            return user_code
    raise TemporarilyUnavailable("No user code is free. Try again.", reason="user_codes_taken")


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    clients = fresh_clients()
    return Ports(
        settings=settings(),
        clients=clients,
        authenticator=client_authenticator(clients),
        resource_servers=resource_servers(),
        user_codes=UserCodeStore(required("REQUESTS_TABLE")),
        grants=DeviceDecisionStore(required("GRANTS_TABLE")),
        random=random_text,
    )


@endpoint("device_authorization", methods=("POST",), cors=True, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """POST /device_authorization."""
    return respond(request, ports(), now=int(time.time()))
