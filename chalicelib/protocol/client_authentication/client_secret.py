"""Checking a client secret, however it was sent: RFC 6749 section 2.3.1."""

import hashlib
import hmac

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.presented import Presented, refuse


def check_client_secret(presented: Presented, client: Client, *, now: int) -> None:
    """Raises InvalidClient unless the secret is one of the client's, in constant time.

    Secrets are made here with 256 random bits, so their plain SHA-256 is what is kept; two may be
    valid while one replaces the other, for as long as the client's record says.
    """
    if not _is_one_of(presented.credential, client.secret_hashes(now=now)):
        raise refuse("client_secret_wrong", client_id=client.client_id)


def _is_one_of(secret: str, hashes: tuple[str, ...]) -> bool:
    digest = hash_client_secret(secret)
    # All are compared, whichever it is.
    matches = [hmac.compare_digest(digest, known) for known in hashes]
    return any(matches)


def hash_client_secret(secret: str) -> str:
    """What is kept of a client secret: SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
