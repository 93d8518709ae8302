"""For which client a token is made in a way of its own: OpenID Connect Core section 10.

Most tokens have no recipient: one of this server's keys signs them, and that is all.
"""

from chalicelib.protocol.client import Client
from chalicelib.protocol.supported import SIGNING_ALGORITHMS
from chalicelib.record import Record


class ContentEncryption(Record):
    """A JWE `alg` and `enc` (RFC 7516 section 4.1)."""

    alg: str
    enc: str


class Recipient(Record):
    """A client, and how what it is sent is encrypted; None where it is not."""

    client: Client
    encryption: ContentEncryption | None


def id_token_recipient(client: Client) -> Recipient | None:
    """None where a signature by one of this server's keys is all that the client's ID tokens take."""
    return _recipient(
        client,
        signed=client.id_token_signed_response_alg,
        alg=client.id_token_encrypted_response_alg,
        enc=client.id_token_encrypted_response_enc,
    )


def userinfo_recipient(client: Client) -> Recipient | None:
    """The same for its userinfo responses; not None where they are not signed."""
    return _recipient(
        client,
        signed=client.userinfo_signed_response_alg,
        alg=client.userinfo_encrypted_response_alg,
        enc=client.userinfo_encrypted_response_enc,
    )


def _recipient(client: Client, *, signed: str | None, alg: str | None, enc: str | None) -> Recipient | None:
    if alg is not None and enc is not None:
        return Recipient(client, ContentEncryption(alg, enc))
    return None if signed in SIGNING_ALGORITHMS else Recipient(client, None)
