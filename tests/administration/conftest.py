"""Administration over the stack's tables, as the command line and the CloudFormation resources have it."""

import secrets
from collections.abc import Callable

import pytest

from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.resource_servers import ResourceServerAdministration
from chalicelib.administration.users import UserAdministration
from chalicelib.aws.registries import ClientRegistry, ResourceServerRegistry
from infra.local.stack import LocalStack
from tests.stores.fresh import table
from tests.support.operator import people


@pytest.fixture(autouse=True)
def tables(stack: LocalStack) -> None:
    """The tables are there and the environment names them."""
    del stack


@pytest.fixture
def clients() -> ClientAdministration:
    """An operator's."""
    return clients_of(None)


@pytest.fixture
def resource_servers() -> ResourceServerAdministration:
    """An operator's."""
    return ResourceServerAdministration(
        resource_servers=ResourceServerRegistry(table("Clients")), random=secrets.token_urlsafe
    )


@pytest.fixture
def owned() -> Callable[[str], ClientAdministration]:
    """An owner's."""
    return clients_of


@pytest.fixture
def users() -> UserAdministration:
    """An operator's."""
    return people()


def clients_of(owner: str | None) -> ClientAdministration:
    return ClientAdministration(
        clients=ClientRegistry(table("Clients")), random=secrets.token_urlsafe, owner=owner
    )
