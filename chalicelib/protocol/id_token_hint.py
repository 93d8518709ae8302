"""ID tokens shown back to this server as a hint: OpenID Connect Core section 3.1.2.1 id_token_hint.

One without a signature is none, whatever its client is registered for: anybody could have written it. One
that is encrypted is none either: the client decrypts it, as that section says.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.jws import CompactToken, JwtError, parse_compact
from chalicelib.protocol.jwt_verification import VerificationKeys, verify_own
from chalicelib.protocol.subject import Subjects
from chalicelib.protocol.supported import HMAC
from chalicelib.protocol.unsigned_tokens import JWT
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.client_authentication.client_secret_jwt import DecryptedSecrets


class IdTokenHint(Record):
    """Who an ID token of ours was about, as its client knows them; it may have expired."""

    sub: str
    client_id: str
    sid: str | None


class IdTokenHints(Record, kw_only=True):
    """What they are verified with, and what says whom they name."""

    issuer: str
    keys: VerificationKeys
    subjects: Subjects
    clients: Clients
    secrets: Callable[[], "DecryptedSecrets"]

    def parse(self, token: str, *, now: int) -> IdTokenHint:
        """An ID token this server signed, expired or not (OpenID Connect RP-Initiated Logout section 4).

        Raises InvalidRequest for anything else, TemporarilyUnavailable.
        """
        try:
            claims = self._verified(token, now=now)
        except JwtError:
            claims = {}
        sub, client_id, sid = claims.get("sub"), claims.get("aud"), claims.get("sid")
        ours = claims.get("iss") == self.issuer and "exp" in claims
        if not ours or not isinstance(sub, str) or not isinstance(client_id, str):
            raise InvalidRequest(
                "The id_token_hint is not an ID token of this server.", reason="hint_invalid"
            )
        return IdTokenHint(sub, client_id, sid)

    def _verified(self, token: str, *, now: int) -> dict[str, Any]:
        parsed = parse_compact(token)
        if parsed.header.get("alg") == HMAC:
            return self._verified_by_secret(parsed, now=now)
        return verify_own(token, keys=self.keys, typ=JWT)

    def _verified_by_secret(self, parsed: CompactToken, *, now: int) -> dict[str, Any]:
        """By a secret, good now, of the client it says it is for, and only where that client's ID tokens are
        made so: nobody's public key is ever taken for a secret (RFC 8725 section 2.1). Raises JwtError.
        """
        # Imported where it is first needed: few clients' ID tokens are made so.
        from chalicelib.protocol.client_authentication.client_secret_jwt import (  # noqa: PLC0415
            SecretsUnreadable,
            is_mac_of,
        )

        claims = parsed.claims()
        client_id = claims.get("aud")
        client = self.clients.get(client_id) if isinstance(client_id, str) else None
        if client is None or client.id_token_signed_response_alg != HMAC or parsed.header.get("typ") != JWT:
            raise JwtError
        try:
            authentic = is_mac_of(client, parsed, alg=HMAC, secrets=self.secrets(), now=now)
        except SecretsUnreadable:
            authentic = False
        if not authentic or not self._is_told(client, claims.get("sub")):
            raise JwtError
        return claims

    def _is_told(self, client: Client, sub: Any) -> bool:
        """Whether this client could be told this sub: whoever has the secret writes what they like, and must
        not have the sub of another sector looked up.
        """
        return isinstance(sub, str) and self.subjects.of(client, self.subjects.local(sub)) == sub
