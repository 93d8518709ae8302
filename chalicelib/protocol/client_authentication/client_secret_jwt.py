"""`client_secret_jwt`: an assertion with an HMAC by the client's secret (OpenID Connect Core section 9)."""

import hmac
from typing import Any, Protocol

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.presented import Presented, refuse
from chalicelib.protocol.jws import CompactToken, parse_compact

DEFAULT_ALG = "HS256"
# RFC 7518 section 3.2: the hash, and its size in bytes, as long as which a key has to be at least.
_HASHES = {"HS256": ("sha256", 32), "HS384": ("sha384", 48), "HS512": ("sha512", 64)}


class DecryptedSecrets(Protocol):
    """The secrets of clients, out of the ciphertexts that are kept of them."""

    def decrypt(self, client_id: str, ciphertext: str) -> str | None:
        """The secret, None for what this tenant's key did not encrypt for this client. Raises
        TemporarilyUnavailable.
        """


class SecretsUnreadable(Exception):
    """Of a client's secrets none is kept that can be read."""


def verify_with_secret(
    presented: Presented, client: Client, *, secrets: DecryptedSecrets, now: int
) -> dict[str, Any]:
    """The assertion's claims. Raises InvalidClient unless it was made with one of the client's secrets that
    are good now, by the algorithm it is registered for.
    """
    alg = client.token_endpoint_auth_signing_alg or DEFAULT_ALG
    parsed = parse_compact(presented.credential)
    try:
        authentic = is_mac_of(client, parsed, alg=alg, secrets=secrets, now=now)
    except SecretsUnreadable:
        raise refuse("client_secret_unreadable", client_id=client.client_id) from None
    if not authentic:
        raise refuse("assertion_signature", client_id=client.client_id)
    # They were read before, to learn which client it is.
    return parsed.claims()


def is_mac_of(client: Client, parsed: CompactToken, *, alg: str, secrets: DecryptedSecrets, now: int) -> bool:
    """Whether a token was made with one of the client's secrets that are good now, by `alg` and no other
    algorithm; compared in constant time. Raises SecretsUnreadable, TemporarilyUnavailable.
    """
    # RFC 7515 section 4.1.11: there is no extension this server understands.
    if parsed.header.get("alg") != alg or alg not in _HASHES or "crit" in parsed.header:
        return False
    hashing, size = _HASHES[alg]
    found = [secrets.decrypt(client.client_id, one) for one in client.secret_ciphertexts(now=now)]
    keys = [secret.encode() for secret in found if secret is not None]
    if not keys:
        raise SecretsUnreadable
    # All are compared, whichever it is.
    matches = [
        hmac.compare_digest(hmac.digest(key, parsed.signed, hashing), parsed.signature)
        for key in keys
        if len(key) >= size
    ]
    return any(matches)
