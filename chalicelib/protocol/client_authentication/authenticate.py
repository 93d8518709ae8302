"""Authenticating the client of a request: RFC 6749 sections 2.3 and 3.2.1.

Exactly one method a request, and the one the client is registered for.
"""

from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.client_authentication import (
    client_secret_basic,
    client_secret_post,
    none,
    private_key_jwt,
)
from chalicelib.protocol.client_authentication.client_secret import check_client_secret, knows
from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.client_authentication.private_key_jwt import (
    ClientKeys,
    UsedAssertions,
    check_assertion,
)
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

ATTEMPT_BYTES = 16


class ClientAuthenticator(Record, kw_only=True):
    """What authenticating a client needs; the same for every endpoint that does."""

    settings: Settings
    clients: Clients
    keys: ClientKeys
    used_assertions: UsedAssertions
    random: RandomText

    def authenticate(self, *, authorization: str | None, parameters: Parameters, now: int) -> Client:
        """The client, authenticated by its registered method; a public one is only named.

        `authorization` is the Authorization header. Raises InvalidRequest where two methods are used,
        InvalidClient where the client is unknown, missing or not who it says.
        """
        presented = _presented(authorization, parameters)
        client = self.clients.get(presented.client_id)
        if client is not None and not knows(client, presented, now=now):
            # It may have been given another secret, or another method, since it was read.
            client = self.clients.look_again(presented.client_id)
        if client is None:
            raise refuse("client_unknown")
        if client.token_endpoint_auth_method != presented.method:
            raise refuse("client_auth_method", client_id=client.client_id)
        # A client of method `none` has only named itself.
        match presented.method:
            case "client_secret_basic" | "client_secret_post":
                check_client_secret(presented, client, now=now)
            case "private_key_jwt":
                check_assertion(
                    presented,
                    client,
                    audiences=(self.settings.issuer, self.settings.issuer + "/token"),
                    keys=self.keys,
                    used=self.used_assertions,
                    attempt=self.random(ATTEMPT_BYTES),
                    now=now,
                )
        return client


def _presented(authorization: str | None, parameters: Parameters) -> Presented:
    named = none.read(parameters)
    methods = [
        presented
        for presented in (
            client_secret_basic.read(authorization),
            client_secret_post.read(parameters),
            private_key_jwt.read(parameters),
        )
        if presented is not None
    ]
    # RFC 6749 section 2.3: not more than one method in each request.
    if len(methods) > 1:
        raise InvalidRequest("The client authenticates in more than one way.", reason="client_auth_several")
    if not methods and named is None:
        raise refuse("client_missing")
    presented = methods[0] if methods else named
    if presented is None or (named is not None and named.client_id != presented.client_id):
        raise refuse("client_id_mismatch")
    return presented
