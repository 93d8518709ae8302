"""The secrets of a client: made once, rotated, ended."""

import pytest

from chalicelib.administration.clients import (
    MAX_FORMER_SECONDS,
    ClientAdministration,
)
from chalicelib.administration.refusals import InvalidMember
from chalicelib.record import replace
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


class Encryption:
    """Makes ciphertexts that can be read."""

    def encrypt(self, client_id: str, secret: str) -> str:
        return f"{client_id}:{secret}"


HMAC_SERVICE = {**SERVICE, "token_endpoint_auth_method": "client_secret_jwt"}


def test_a_secret_that_has_to_come_out_again_is_encrypted_for_its_client(
    clients: ClientAdministration,
) -> None:
    encrypting = replace(clients, encryption=Encryption())
    client_id, first, second = name(), secret(), secret()
    made = encrypting.register(HMAC_SERVICE, client_id=client_id, secret=first, now=NOW).record
    assert made.client_secret_ciphertexts == (f"{client_id}:{first}",)
    both = encrypting.rotate_secret(client_id, second, former_for=60, now=NOW).record
    assert both.secret_ciphertexts(now=NOW + 59) == (f"{client_id}:{second}", f"{client_id}:{first}")
    assert both.secret_ciphertexts(now=NOW + 60) == (f"{client_id}:{second}",)
    ended = encrypting.end_former_secrets(client_id, now=NOW).record
    assert ended.client_secret_ciphertexts == (f"{client_id}:{second}",)
    basic = {"token_endpoint_auth_method": "client_secret_basic"}
    left = encrypting.update(client_id, basic, now=NOW).record
    assert (left.client_secret_hashes, left.client_secret_ciphertexts) == ((hash_of(second),), ())
    # From the hash it can't be had again.
    hmac = {"token_endpoint_auth_method": "client_secret_jwt"}
    with pytest.raises(InvalidMember, match="random"):
        encrypting.update(client_id, hmac, now=NOW)
    assert encrypting.update(client_id, hmac, secret=first, now=NOW).record.client_secret_hashes == (
        hash_of(first),
    )


def test_where_nothing_encrypts_no_client_comes_to_need_it(clients: ClientAdministration) -> None:
    with pytest.raises(InvalidMember, match="client_secret_jwt"):
        clients.register(HMAC_SERVICE, client_id=name(), secret=secret(), now=NOW)


def test_a_secret_too_short_for_an_hmac_is_none(clients: ClientAdministration) -> None:
    encrypting, short = replace(clients, encryption=Encryption()), secret()[:63]
    with pytest.raises(InvalidMember, match="too short"):
        encrypting.register(HMAC_SERVICE, client_id=name(), secret=short, now=NOW)
    encrypting.register(SERVICE, client_id=name(), secret=short, now=NOW)
