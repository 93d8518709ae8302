"""The salt of pairwise subjects is made once, whoever comes first, and never again."""

import os
from collections.abc import Iterator

import pytest

from chalicelib.administration.registry import Registered
from chalicelib.aws.pairwise_salt import ITEM_ID, PairwiseSalt
from chalicelib.aws.registries import ClientRegistry
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import ServerError
from chalicelib.protocol.subject import SALT_BYTES
from tests.support.race import at_once
from tests.support.tenant import Tenant
from tests.support.unmade_salt import unmade_salt


def salt() -> PairwiseSalt:
    """As a new instance of a function has it."""
    return PairwiseSalt(os.environ["CLIENTS_TABLE"], os.environ["SECRETS_KEY"])


@pytest.fixture
def unmade(tenant: Tenant) -> Iterator[Tenant]:
    """A tenant that has none yet; afterwards it has again what functions know."""
    with unmade_salt():
        yield tenant


def test_of_many_at_once_all_have_the_same(unmade: Tenant) -> None:
    def made() -> bytes:
        one = salt()
        one.ensure()
        return one.read()

    (kept,) = set(at_once(made, 8))
    assert len(kept) == SALT_BYTES
    salt().ensure()
    assert salt().read() == kept
    # Whoever reads the tables alone has nothing of it.
    item = unmade.table("Clients").find(id=ITEM_ID)
    assert item.keys() == {"id", "ciphertext"}


def test_it_is_read_once_an_instance(unmade: Tenant) -> None:
    one = salt()
    one.ensure()
    before = one.read()
    unmade.table("Clients").delete(id=ITEM_ID)
    assert one.read() == before


def test_where_there_is_none_nobody_is_named(unmade: Tenant) -> None:
    del unmade
    with pytest.raises(ServerError) as refused:
        salt().read()
    assert refused.value.reason == "pairwise_salt_missing"


def test_a_client_that_needs_it_is_kept_where_it_is_made(unmade: Tenant) -> None:
    client = Client(
        client_id="needs-it",
        client_name="A",
        token_endpoint_auth_method="none",
        subject_type="pairwise",
    )
    kept = Registered(record=client, revision="a")
    with pytest.raises(ValueError, match="salt"):
        ClientRegistry(os.environ["CLIENTS_TABLE"]).create(kept)
    assert unmade.table("Clients").at(id="client#needs-it") is None
    registry = ClientRegistry(os.environ["CLIENTS_TABLE"], salt().ensure)
    assert registry.create(kept)
    assert salt().read()
    registry.remove("needs-it", revision="a")
