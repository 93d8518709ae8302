"""This server's keys: those of the record, or those the stack was made with where there is none yet."""

from chalicelib.aws.kms import KeyRing
from chalicelib.aws.signing_keys import read_signing_keys
from chalicelib.gateway.environment import required, settings
from chalicelib.protocol.signing_keys import SigningKey, retention_seconds


def key_ring() -> KeyRing:
    """Made once an instance: it keeps the record and the public keys."""
    table = required("CLIENTS_TABLE")
    return KeyRing(
        lambda: read_signing_keys(table),
        first=first_keys(),
        retention=retention_seconds(session_lifetime=settings().session_lifetime),
    )


def first_keys() -> tuple[SigningKey, ...]:
    """The keys of the stack itself, as if they had signed since ever."""
    return (
        SigningKey(key_id=required("SIGNING_KEY_ES256"), kty="EC", told="signing"),
        SigningKey(key_id=required("SIGNING_KEY_RSA"), kty="RSA", told="signing"),
    )
