"""How long a metadata document is used, and who fetches count for."""

import pytest

from chalicelib.protocol.metadata_document import (
    DEFAULT_AGE,
    DEFAULT_KEYS_AGE,
    MAX_AGE,
    MAX_STALE,
    MIN_AGE,
    REFETCH_AFTER,
    KeptDocument,
    fresh_until,
    kept_until,
    network_key,
)
from chalicelib.protocol.settings import LIMITS, Settings
from chalicelib.record import replace
from tests.support.traceability import spec

NOW = 1_800_000_000


@spec("CIMD-5.2")
@pytest.mark.parametrize(
    ("max_age", "keys", "keys_max_age", "age"),
    [
        (None, False, None, DEFAULT_AGE),
        (0, False, None, MIN_AGE),
        (600, False, None, 600),
        (10**9, False, None, MAX_AGE),
        (None, True, None, DEFAULT_KEYS_AGE),
        (7200, True, 3600, 3600),
        (3600, True, 7200, 3600),
        (3600, True, 0, MIN_AGE),
    ],
)
def test_a_document_is_as_fresh_as_http_says_between_bounds_and_no_fresher_than_its_keys(
    *, max_age: int | None, keys: bool, keys_max_age: int | None, age: int
) -> None:
    until = fresh_until(now=NOW, max_age=max_age, keys=keys, keys_max_age=keys_max_age)
    assert until == NOW + age


def test_a_document_is_used_stale_and_fetched_anew_in_its_time() -> None:
    kept = KeptDocument(
        client_id="a", document={}, fetched_at=NOW, fresh_until=NOW + 600, kept_until=NOW + 10**6
    )
    assert kept.is_fresh(now=NOW + 599)
    assert not kept.is_fresh(now=NOW + 600)
    assert kept.is_usable(now=NOW + 600 + MAX_STALE - 1)
    assert not kept.is_usable(now=NOW + 600 + MAX_STALE)
    assert not kept.is_refetchable(now=NOW + REFETCH_AFTER - 1)
    assert kept.is_refetchable(now=NOW + REFETCH_AFTER)


@pytest.mark.parametrize("idle", [300, 14 * 86_400])
def test_a_document_outlives_whatever_was_issued_while_it_could_be_used(idle: int) -> None:
    settings = replace(Settings(issuer="https://login.example.com"), refresh_token_idle_lifetime=idle)
    longest = max(high for name, _, high in LIMITS if name == "access_token_lifetime")
    last_use = NOW + MAX_STALE
    assert kept_until(fresh_until=NOW, settings=settings) >= last_use + max(idle, longest)


def test_a_network_is_counted_as_one_and_its_address_is_not_kept() -> None:
    assert network_key("2001:db8::1") == network_key("2001:db8::ffff") != network_key("2001:db8:0:1::1")
    assert "192.0.2.1" not in network_key("192.0.2.1")
