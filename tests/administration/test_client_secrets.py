"""The secrets of a client: made once, rotated, ended."""

import pytest

from chalicelib.administration.clients import (
    MAX_FORMER_SECONDS,
    ClientAdministration,
)
from chalicelib.administration.refusals import InvalidMember
from tests.administration.documents import SERVICE, SPA, secret
from tests.stores.fresh import NOW, name
from tests.support.tenant import hash_of


def test_a_secret_is_rotated_and_the_former_one_ends_in_time(clients: ClientAdministration) -> None:
    client_id, first, second, third = name(), secret(), secret(), secret()
    clients.register(SERVICE, client_id=client_id, secret=first, now=NOW)
    both = clients.rotate_secret(client_id, second, former_for=60, now=NOW).record
    assert both.secret_hashes(now=NOW + 59) == (hash_of(second), hash_of(first))
    assert both.secret_hashes(now=NOW + 60) == (hash_of(second),)
    # The same request again, its answer lost.
    assert clients.rotate_secret(client_id, second, former_for=60, now=NOW + 30).record == both
    after = clients.rotate_secret(client_id, third, former_for=60, now=NOW + 10).record
    assert after.client_secret_hashes == (hash_of(third), hash_of(second))
    ended = clients.end_former_secrets(client_id, now=NOW).record
    assert (ended.client_secret_hashes, ended.former_secrets_expire_at) == ((hash_of(third),), None)
    at_once_ended = clients.rotate_secret(client_id, first, former_for=0, now=NOW).record
    assert at_once_ended.client_secret_hashes == (hash_of(first),)


def test_who_has_no_secret_gets_none(clients: ClientAdministration) -> None:
    client_id = name()
    with pytest.raises(InvalidMember, match="no secret"):
        clients.register(SPA, client_id=client_id, secret=secret(), now=NOW)
    clients.register(SPA, client_id=client_id, secret=None, now=NOW)
    with pytest.raises(InvalidMember, match="no secret"):
        clients.rotate_secret(client_id, secret(), former_for=0, now=NOW)
    for seconds in (-1, MAX_FORMER_SECONDS + 1):
        with pytest.raises(InvalidMember, match="seconds"):
            clients.rotate_secret(client_id, secret(), former_for=seconds, now=NOW)


def test_a_short_secret_is_none(clients: ClientAdministration) -> None:
    for short in (None, "", "short", secret()[:42]):
        with pytest.raises(InvalidMember, match="random"):
            clients.register(SERVICE, client_id=name(), secret=short, now=NOW)
