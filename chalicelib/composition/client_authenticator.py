"""Client authentication over the stack's tables, the same for every endpoint that has it."""

from chalicelib.aws.clients import ClientStore
from chalicelib.aws.requests import AssertionStore
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import form_parameters
from chalicelib.gateway.request import Request
from chalicelib.outbound.client_keys import FetchedClientKeys
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.authenticate import ClientAuthenticator
from chalicelib.protocol.parameters import Parameters


def client_authenticator() -> ClientAuthenticator:
    """Made once an instance: it keeps client records and their keys."""
    return ClientAuthenticator(
        settings=settings(),
        clients=ClientStore(required("CLIENTS_TABLE")),
        keys=FetchedClientKeys(allowed_origins=settings().fetch_allowed_origins),
        used_assertions=AssertionStore(required("REQUESTS_TABLE")),
        random=random_text,
    )


def authenticated_form(
    request: Request, authenticator: ClientAuthenticator, *, requires: str, now: int
) -> tuple[Parameters, Client]:
    """The form of a POST and the client that sent it, whose one needed parameter is there.

    Raises InvalidRequest, InvalidClient.
    """
    parameters = form_parameters(request)
    parameters.check_none_repeated()
    parameters.require(requires)
    client = authenticator.authenticate(
        authorization=request.header("authorization"), parameters=parameters, now=now
    )
    return parameters, client
