"""Authenticating the client of a request: RFC 6749 sections 2.3 and 3.2.1.

Exactly one method a request, and the one the client is registered for.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.client_authentication import (
    client_assertion,
    client_secret_basic,
    client_secret_post,
    none,
)
from chalicelib.protocol.client_authentication.client_assertion import UsedAssertions, check_claims
from chalicelib.protocol.client_authentication.client_secret import check_client_secret
from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.errors import InvalidClient, InvalidRequest
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.client_authentication.client_secret_jwt import DecryptedSecrets
    from chalicelib.protocol.client_authentication.failures import Failures
    from chalicelib.protocol.client_authentication.private_key_jwt import ClientKeys

ATTEMPT_BYTES = 16

# Where the record may be older than what the client proves itself by: another secret, key or method.
OF_THE_RECORD: frozenset[Reason] = frozenset(
    {
        "assertion_signature",
        "client_auth_method",
        "client_secret_unreadable",
        "client_secret_wrong",
        "jwks_uri_unavailable",
    }
)
# Who guesses gets one of these, and so does who has lost its secret. What was proved and is refused all the
# same (an assertion of yesterday) is no guess.
GUESSES: frozenset[Reason] = frozenset(
    {
        "assertion_signature",
        "client_auth_method",
        "client_secret_unreadable",
        "client_secret_wrong",
        "client_unknown",
    }
)


class ClientAuthenticator(Record, kw_only=True):
    """What authenticating a client needs; the same for every endpoint that does. `secrets` and `failures` are
    made, and what uses them is imported, when they are first needed, which in most instances they never are.
    """

    settings: Settings
    clients: Clients
    keys: "ClientKeys"
    secrets: "Callable[[], DecryptedSecrets]"
    used_assertions: UsedAssertions
    failures: "Callable[[], Failures]"
    random: RandomText

    def authenticate(
        self, *, authorization: str | None, parameters: Parameters, source_ip: str, now: int
    ) -> Client:
        """The client, authenticated by its registered method; a public one is only named.

        `authorization` is the Authorization header. Raises InvalidRequest where two methods are used,
        InvalidClient where the client is unknown, missing or not who it says, TooManyFailures in its place
        where too many from there were neither.
        """
        presented = _presented(authorization, parameters)
        try:
            return self._authenticated(presented, now=now)
        except InvalidClient as refused:
            # Only here: who knows the secret is let in from wherever others guess, and makes no call for it.
            if refused.reason in GUESSES:
                self._count(presented, source_ip=source_ip, facts=refused.facts, now=now)
            raise

    def _count(self, presented: Presented, *, source_ip: str, facts: dict[str, str], now: int) -> None:
        from chalicelib.protocol.client_authentication.failures import check_not_too_many  # noqa: PLC0415

        check_not_too_many(self.failures(), presented.client_id, source_ip=source_ip, facts=facts, now=now)

    def _authenticated(self, presented: Presented, *, now: int) -> Client:
        client = self.clients.get(presented.client_id)
        if client is None:
            raise refuse("client_unknown")
        try:
            self._check(presented, client, now=now)
        except InvalidClient as refused:
            if refused.reason not in OF_THE_RECORD:
                raise
            again = self.clients.look_again(presented.client_id)
            if again is None:
                raise refuse("client_unknown") from None
            if again == client:
                raise
            self._check(presented, again, now=now)
            return again
        return client

    def _check(self, presented: Presented, client: Client, *, now: int) -> None:
        """Raises InvalidClient unless it is this client's. One of method `none` has only named itself."""
        if client.token_endpoint_auth_method != presented.method:
            raise refuse("client_auth_method", client_id=client.client_id)
        match presented.method:
            case "client_secret_basic" | "client_secret_post":
                check_client_secret(presented, client, now=now)
            case "client_secret_jwt":
                self._check_claims(self._verified_with_secret(presented, client, now=now), client, now=now)
            case "private_key_jwt":
                self._check_claims(self._verified_by_key(presented, client), client, now=now)

    def _verified_with_secret(self, presented: Presented, client: Client, *, now: int) -> dict[str, object]:
        from chalicelib.protocol.client_authentication.client_secret_jwt import (  # noqa: PLC0415
            verify_with_secret,
        )

        return verify_with_secret(presented, client, secrets=self.secrets(), now=now)

    def _verified_by_key(self, presented: Presented, client: Client) -> dict[str, object]:
        from chalicelib.protocol.client_authentication.private_key_jwt import verify_by_key  # noqa: PLC0415

        return verify_by_key(presented, client, keys=self.keys)

    def _check_claims(self, claims: dict[str, object], client: Client, *, now: int) -> None:
        check_claims(
            claims,
            client_id=client.client_id,
            audiences=(self.settings.issuer, self.settings.issuer + "/token"),
            used=self.used_assertions,
            attempt=self.random(ATTEMPT_BYTES),
            now=now,
        )


def _presented(authorization: str | None, parameters: Parameters) -> Presented:
    named = none.read(parameters)
    methods = [
        presented
        for presented in (
            client_secret_basic.read(authorization),
            client_secret_post.read(parameters),
            client_assertion.read(parameters),
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
