"""What is declared at the moment somebody else registers the same name: the rules alone, in memory."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import pytest

from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.declared_client import ClientSecret, DeclaredClient
from chalicelib.administration.declared_resource_server import DeclaredResourceServer
from chalicelib.administration.declared_trusted_issuer import DeclaredTrustedIssuer
from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registry import Registered
from chalicelib.administration.resource_servers import ResourceServerAdministration
from chalicelib.administration.trusted_issuers import TrustedIssuerAdministration
from chalicelib.record import replace

Record = TypeVar("Record")
ME, OTHER = "arn:aws:cloudformation:::stack/app/1 One", "arn:aws:cloudformation:::stack/other/2 One"
SECRET = "s" * 43


class Contested(Generic[Record]):
    """A registry in which `first` makes what another is about to make, a moment earlier."""

    def __init__(self, first: str) -> None:
        self.first = first
        self.kept: Registered[Record] | None = None

    def find(self, name: str) -> Registered[Record] | None:
        del name
        return self.kept

    def create(self, registered: Registered[Record]) -> bool:
        self.kept = replace(registered, owner=self.first, revision="theirs")
        return False

    def replace(self, registered: Registered[Record], *, revision: str | None) -> bool:
        assert self.kept
        assert self.kept.revision == revision
        self.kept = registered
        return True

    def remove(self, name: str, *, revision: str | None) -> bool:
        raise AssertionError(name, revision)

    def all(self, *, after: str | None = None) -> Iterator[Registered[Record]]:
        raise AssertionError(after)


class Secrets:
    def ensure(self, client_id: str, *, version: str, new: str, owner: str) -> ClientSecret:
        del version, new, owner
        return ClientSecret(arn=f"arn:{client_id}", value=SECRET)

    def remove(self, client_id: str, *, owner: str) -> None:
        raise AssertionError(client_id, owner)


def random() -> Callable[[int], str]:
    numbers = itertools.count()
    return lambda size: f"{next(numbers):0{size}}"


def declared_client(registry: Contested[Any]) -> DeclaredClient:
    administration = ClientAdministration(clients=registry, random=random())
    return DeclaredClient(
        administration=administration, secrets=Secrets(), issuer="https://i.example", random=random(), now=1
    )


def declared_resource_server(registry: Contested[Any]) -> DeclaredResourceServer:
    administration = ResourceServerAdministration(resource_servers=registry, random=random())
    return DeclaredResourceServer(administration=administration, issuer="https://i.example", now=1)


def declared_trusted_issuer(registry: Contested[Any]) -> DeclaredTrustedIssuer:
    administration = TrustedIssuerAdministration(trusted_issuers=registry, random=random())
    return DeclaredTrustedIssuer(administration=administration, issuer="https://i.example", now=1)


CLIENT = {"client_name": "App", "grant_types": ["client_credentials"]}
SERVER = {"resource": "urn:a", "resource_name": "A"}
ISSUER = {"issuer": "https://a.example", "issuer_name": "A", "jwks_uri": "https://a.example/jwks"}
NAME = ISSUER["issuer"]


def test_the_same_event_at_the_same_moment_goes_on_with_what_the_other_made() -> None:
    clients, servers, issuers = Contested[Any](ME), Contested[Any](ME), Contested[Any](ME)
    made = declared_client(clients).make("one", CLIENT, before=None, owner=ME)
    assert made.attributes["client_secret_arn"] == "arn:one"
    assert clients.kept
    assert clients.kept.record.client_name == "App"
    assert declared_resource_server(servers).make("urn:a", SERVER, before=None, owner=ME).attributes
    assert servers.kept
    assert (servers.kept.owner, servers.kept.record.resource_name) == (ME, "A")
    assert declared_trusted_issuer(issuers).make(NAME, ISSUER, before=None, owner=ME).attributes
    assert issuers.kept
    assert (issuers.kept.owner, issuers.kept.record.issuer_name) == (ME, "A")


def test_another_stack_that_was_a_moment_earlier_keeps_what_it_made() -> None:
    with pytest.raises(InvalidMember, match=r"There is a client one already\. Declare another client_id"):
        declared_client(Contested(OTHER)).make("one", CLIENT, before=None, owner=ME)
    with pytest.raises(InvalidMember, match=r"already\. Declare another resource"):
        declared_resource_server(Contested(OTHER)).make("urn:a", SERVER, before=None, owner=ME)
    with pytest.raises(InvalidMember, match=r"trusted already\. One declaration has all of it"):
        declared_trusted_issuer(Contested(OTHER)).make(NAME, ISSUER, before=None, owner=ME)


@pytest.mark.parametrize("before", [{"colour": "red"}, {"resource": "urn:a", "scopes": "text"}])
def test_properties_of_before_that_are_refused_today_tell_no_drift(before: dict[str, Any]) -> None:
    """A release may refuse what an earlier one took."""
    clients, servers, issuers = Contested[Any](ME), Contested[Any](ME), Contested[Any](ME)
    for _ in range(2):
        made = declared_client(clients).make("one", CLIENT, before=before, owner=ME)
        served = declared_resource_server(servers).make("urn:a", SERVER, before=before, owner=ME)
        trusted = declared_trusted_issuer(issuers).make(NAME, ISSUER, before=before, owner=ME)
    assert made.drift == served.drift == trusted.drift == ()
