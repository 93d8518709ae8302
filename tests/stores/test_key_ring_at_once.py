"""The key ring of a fresh instance, asked by many at the same time: the laptop's gateway has threads."""

from chalicelib.composition.key_ring import key_ring
from chalicelib.protocol.jws import UnsignedToken
from infra.local.stack import LocalStack
from tests.support.race import at_once

MANY = 8


def test_parallel_signing_with_keys_not_read_yet_ends(stack: LocalStack) -> None:
    del stack
    ring = key_ring()
    tokens = [UnsignedToken(alg=alg, typ="JWT", claims={}) for alg in ("ES256", "RS256")]
    signed = at_once(lambda: ring.sign(tokens), MANY)
    assert [len(each) for each in signed] == [2] * MANY
