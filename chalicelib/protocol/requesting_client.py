"""Which client an authorization request is of, and where to it is answered: RFC 6749 sections 3.1.2 and
4.1.2.1. Faults here are told to the person alone: nobody is sent to where nobody has registered.
"""

from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import MAX_BYTES, Parameters, fits
from chalicelib.protocol.redirect_uri import RedirectTarget, is_registered
from chalicelib.protocol.response_type import goes_back_whole, response_mode
from chalicelib.protocol.settings import Settings


def find_client(parameters: Parameters, *, clients: Clients) -> Client:
    """RFC 6749 section 4.1.2.1: without a known client, only the person is told. Raises InvalidRequest."""
    return known_client(parameters.require("client_id"), clients=clients)


def known_client(client_id: str, *, clients: Clients) -> Client:
    """The client of this name. Raises InvalidRequest, for the person, where there is none."""
    client = clients.get(client_id)
    if client is None:
        raise InvalidRequest("This app is not known here.", reason="client_unknown")
    return client


def find_redirect_target(parameters: Parameters, *, client: Client, settings: Settings) -> RedirectTarget:
    """RFC 6749 section 3.1.2.4: without a registered redirect_uri, only the person is told.

    It may be left out where one is registered (section 3.1.2.3). Raises InvalidRequest.
    """
    redirect_uri = parameters.get("redirect_uri")
    if redirect_uri is None:
        if len(client.redirect_uris) != 1:
            raise InvalidRequest("The app did not say where to return to.", reason="redirect_uri_missing")
        redirect_uri = client.redirect_uris[0]
    elif not is_registered(redirect_uri, client):
        raise InvalidRequest(
            "The app asked to return to an address it has not registered.",
            reason="redirect_uri_unregistered",
        )
    try:
        state = parameters.get("state")
    except InvalidRequest:
        state = None
    mode = response_mode(parameters, redirect_uri)
    known = fits(state, MAX_BYTES) and goes_back_whole(state, mode)
    return RedirectTarget(redirect_uri, state if known else None, settings.issuer, mode)
