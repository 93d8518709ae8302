"""This server's keys, as the stack names them."""

from chalicelib.aws.kms import SIGNING_KEYS, KeyRing
from chalicelib.gateway.environment import required


def key_ring() -> KeyRing:
    """Made once an instance: it keeps the public keys."""
    return KeyRing({required(name): algs for name, algs in SIGNING_KEYS.items()})
