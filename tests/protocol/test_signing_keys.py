"""The times of signing keys: how they fit the caches, the tokens and each other."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.protocol.key_schedule import LEASE_SECONDS, QUIET_SECONDS
from chalicelib.protocol.resource_server_metadata import MAX_TOKEN_LIFETIME
from chalicelib.protocol.settings import LIMITS
from chalicelib.protocol.signing_keys import (
    ANNOUNCED_SECONDS,
    CLIENT_CACHE_SECONDS,
    JWKS_MAX_AGE_SECONDS,
    LONGEST_TOKEN_SECONDS,
    MARGIN_SECONDS,
    RECORD_CACHE_SECONDS,
    SETTLING_SECONDS,
    SigningKey,
    phase,
    published_keys,
    retention_seconds,
    signing_key,
)
from infra.local.template import read_template

RETENTION = retention_seconds(session_lifetime=3_600)
HIGHEST = {name: high for name, _, high in LIMITS}
LOWEST = {name: low for name, low, _ in LIMITS}


def test_a_key_is_announced_for_longer_than_all_caches_together() -> None:
    caches = RECORD_CACHE_SECONDS + JWKS_MAX_AGE_SECONDS + CLIENT_CACHE_SECONDS
    assert caches + MARGIN_SECONDS <= ANNOUNCED_SECONDS


def test_no_token_lives_longer_than_its_key_is_published() -> None:
    assert HIGHEST["access_token_lifetime"] <= LONGEST_TOKEN_SECONDS
    assert HIGHEST["id_token_lifetime"] <= LONGEST_TOKEN_SECONDS
    assert MAX_TOKEN_LIFETIME <= LONGEST_TOKEN_SECONDS
    assert retention_seconds(session_lifetime=0) >= LONGEST_TOKEN_SECONDS + RECORD_CACHE_SECONDS
    assert retention_seconds(session_lifetime=10**6) > 10**6


def test_a_key_signs_for_longer_than_its_successor_is_announced() -> None:
    assert LOWEST["key_rotation_period"] > ANNOUNCED_SECONDS + SETTLING_SECONDS


def test_a_run_is_over_before_another_takes_up_what_it_began() -> None:
    (rotation,) = (one for one in read_template().functions if one.endpoint == "key_rotation")
    assert rotation.timeout < LEASE_SECONDS
    assert RECORD_CACHE_SECONDS + rotation.timeout < QUIET_SECONDS


def test_by_a_clock_that_is_behind_the_first_key_signs() -> None:
    keys = (key(100), key(200))
    assert signing_key(keys, kty="EC", now=50) == keys[0]
    assert phase(keys[0], keys, now=50, retention=RETENTION) == "signing"
    assert signing_key(keys, kty="RSA", now=50) is None


def key(sign_from: int) -> SigningKey:
    return SigningKey(key_id=f"key-{sign_from}", kty="EC", publish_from=sign_from - 60, sign_from=sign_from)


@given(st.sets(st.integers(100, 10**6), min_size=1, max_size=5), st.integers(0, 2 * 10**6))
def test_at_any_time_one_key_signs_and_is_the_first_of_those_published(times: set[int], now: int) -> None:
    keys = [key(time) for time in times]
    phases = [phase(one, keys, now=now, retention=RETENTION) for one in keys]
    assert phases.count("signing") == 1
    published = published_keys(keys, now=now, retention=RETENTION)
    assert published[0] == signing_key(keys, kty="EC", now=now) == keys[phases.index("signing")]
    assert {one.key_id for one in published} == {
        one.key_id
        for one, found in zip(keys, phases, strict=True)
        if found in {"signing", "announced", "retiring"}
    }


@given(st.sets(st.integers(100, 10**6), min_size=1, max_size=5), st.integers(0, 10**6))
def test_what_signed_is_published_until_its_last_token_has_expired(times: set[int], now: int) -> None:
    keys = [key(time) for time in times]
    signing = signing_key(keys, kty="EC", now=now)
    for later in (0, LONGEST_TOKEN_SECONDS, RETENTION - 1):
        assert signing in published_keys(keys, now=now + later, retention=RETENTION)
