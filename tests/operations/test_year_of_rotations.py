"""A year of rotations by a moved clock: at every moment every token can be verified, also by a client that
keeps the JWKS for as long as it may, and nobody signs with a key that is not published or past its time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest

from chalicelib.protocol.jwk import VerificationKey
from chalicelib.protocol.signing_keys import (
    CLIENT_CACHE_SECONDS,
    JWKS_MAX_AGE_SECONDS,
    LONGEST_TOKEN_SECONDS,
    RECORD_CACHE_SECONDS,
    SigningKey,
    phase,
    unpublished_at,
)
from infra.local.stack import LocalStack
from tests.support.key_world import BEGIN, DAY, KeyWorld, key_world, sign
from tests.support.traceability import spec

YEAR = 365 * DAY
ALGS = ("ES256", "PS256", "EdDSA")
# The leeway of a client, and what its clock may be behind.
SKEW = 300


@dataclass
class Kept:
    """What somebody fetched and keeps for so long, from a function or from somebody who keeps it, too."""

    source: Any
    seconds: int
    offset: int = 0
    at: int = -1
    keys: dict[str, VerificationKey] = field(default_factory=dict)

    def look(self, now: int) -> dict[str, VerificationKey]:
        """The keys as they are known here; fetched anew only once they are too old."""
        if self.at < 0 or now - self.at >= self.seconds:
            # At the first look as if it had begun earlier, so that not all fetch at the same time.
            self.at = now - self.offset if self.at < 0 else now
            self.keys = dict(self.source.look(now))
        return self.keys


@dataclass
class Function:
    """An instance of jwks that is never replaced: it has its record for up to a minute."""

    world: KeyWorld

    def __post_init__(self) -> None:
        self.ring = self.world.ring()

    def look(self, now: int) -> dict[str, VerificationKey]:
        assert now == self.world.now
        return {key.kid: key for key in self.ring.verification_keys()}


@dataclass
class LongestCache:
    """Whoever fetched at the worst moment: it sees the JWKS as it was so many seconds ago."""

    source: Any
    seconds: int
    seen: list[tuple[int, dict[str, VerificationKey]]] = field(default_factory=list)

    def look(self, now: int) -> dict[str, VerificationKey]:
        self.seen.append((now, dict(self.source.look(now))))
        # The last one that is as old; of the first days the first.
        while len(self.seen) > 1 and self.seen[1][0] <= now - self.seconds:
            del self.seen[0]
        return self.seen[0][1]


def clients(world: KeyWorld) -> list[Any]:
    """Who verifies: at once, a day long from some time of day on, and from the worst moment on."""
    return [
        Kept(Function(world), 0),
        Kept(Kept(Function(world), JWKS_MAX_AGE_SECONDS), CLIENT_CACHE_SECONDS, DAY // 2),
        LongestCache(Function(world), JWKS_MAX_AGE_SECONDS + CLIENT_CACHE_SECONDS),
    ]


def edges(world: KeyWorld, keys: Sequence[SigningKey]) -> list[int]:
    """The moments around which something changes, by these keys."""
    ends = [unpublished_at(key, keys, retention=world.retention) for key in keys]
    moments = [*(key.publish_from for key in keys), *(key.sign_from for key in keys), *filter(None, ends)]
    around = (-1, 0, RECORD_CACHE_SECONDS - 1, RECORD_CACHE_SECONDS)
    return sorted({moment + offset for moment in moments for offset in around})


def next_moment(world: KeyWorld, keys: Sequence[SigningKey]) -> int:
    """The next edge, or not quite a day later."""
    return min([world.now + DAY - 1_801, *(edge for edge in edges(world, keys) if edge > world.now)])


@dataclass(frozen=True)
class Token:
    text: str
    kid: str
    alg: str
    expires: int


def check(token: Token, keys: dict[str, VerificationKey]) -> None:
    """As a client does it that knows these keys: with a library of others."""
    assert token.kid in keys
    key = jwt.PyJWK(keys[token.kid].jwk, algorithm=token.alg).key
    jwt.decode(token.text, key, algorithms=[token.alg])


@pytest.fixture(params=[(90 * DAY, DAY), (60 * DAY, 10 * DAY)], ids=["90 days", "60 days, long sessions"])
def world(stack: LocalStack, request: pytest.FixtureRequest) -> Iterator[KeyWorld]:
    period, session_lifetime = request.param
    with key_world(stack, period=period, session_lifetime=session_lifetime, eddsa=True) as made:
        yield made


@spec("OIDC-Core-10.1.1")
def test_a_year_in_which_every_token_has_its_published_key(world: KeyWorld) -> None:
    world.run()
    signer, verifiers, live = world.ring(), clients(world), list[Token]()
    signed_by: set[str] = set()
    known = world.key_set().keys
    while world.now < BEGIN + YEAR:
        world.now = now = next_moment(world, known)
        world.run()
        known = world.key_set().keys
        views = [verifier.look(now) for verifier in verifiers]
        live = [token for token in live if token.expires + SKEW > now]
        for token in live:
            assert all(token.kid in view for view in views)
        for text, alg in zip(sign(signer, *ALGS), ALGS, strict=True):
            kid = jwt.get_unverified_header(text)["kid"]
            token = Token(text, kid, alg, now + LONGEST_TOKEN_SECONDS)
            (key,) = (one for one in known if one.kid == kid)
            # The signer goes by a record that is a minute old at most.
            assert "signing" in {
                phase(key, known, now=at, retention=world.retention)
                for at in (now - RECORD_CACHE_SECONDS, now)
            }
            for view in views[-1:] if kid in signed_by else views:
                check(token, view)
            signed_by.add(kid)
            live.append(token)
    # A run once a day finds a key due up to a day late.
    assert len(signed_by) >= 2 * (YEAR // (world.period + DAY))
    assert not world.orphans()


def test_every_key_is_ended_in_its_time_and_the_stacks_own_are_only_disabled(world: KeyWorld) -> None:
    world.run()
    for day in range(0, 366, 5):
        world.now = BEGIN + day * DAY
        world.run()
    gone = [key for key in world.in_kms() if key.arn not in {one.key_id for one in world.key_set().keys}]
    first = {key.key_id for key in world.first}
    assert {key.state for key in gone if key.arn in first} == {"Disabled"}
    assert {(key.state, key.deletion_days) for key in gone if key.arn not in first} == {
        ("PendingDeletion", 30)
    }
    told = [(what, key_id) for what, key_id in world.noted if key_id == gone[-1].arn]
    assert [what for what, _ in told] == ["key_announced", "key_signing", "key_retired"]
    assert len(set(world.noted)) == len(world.noted)


@spec("OIDC-Core-10.1.1")
def test_a_rotation_that_did_not_run_for_months_harms_no_token(world: KeyWorld) -> None:
    world.run()
    signer, verifiers = world.ring(), clients(world)
    for days in (0, 20, 200, 201, 204, 260, 262, 263):
        world.now = BEGIN + days * DAY
        if days != 260:
            world.run()
        # A client that was away looks again.
        for verifier in verifiers:
            view = verifier.look(world.now)
            for text, alg in zip(sign(signer, *ALGS), ALGS, strict=True):
                check(Token(text, jwt.get_unverified_header(text)["kid"], alg, 0), view)
