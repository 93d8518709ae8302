"""What happens where others write first, each time: nothing of theirs is lost, and it is said."""

import secrets
from collections.abc import Iterator

import pytest

from chalicelib.accounts.password import PasswordCredential
from chalicelib.accounts.user import User
from chalicelib.administration.clients import ClientAdministration
from chalicelib.administration.refusals import (
    AlreadyRegistered,
    ChangedMeanwhile,
    InvalidMember,
)
from chalicelib.administration.registry import MAX_TRIES, Registered
from chalicelib.administration.users import UserAdministration
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.logins import LoginStore
from chalicelib.aws.logout_notices import LogoutEvents
from chalicelib.aws.registries import ClientRegistry, UserRegistry
from chalicelib.protocol.client import Client
from tests.administration.documents import SPA
from tests.stores.fresh import NOW, name, table

PASSWORD = "a good long pass phrase"


class Busy:
    """A registry in which somebody else always writes first. Implements the port Registry."""

    tries = 0

    def find(self, name: str) -> Registered[Client]:
        client = Client(client_id=name, client_name="A", token_endpoint_auth_method="none")
        return Registered(record=client, revision=secrets.token_urlsafe())

    def all(self, *, after: str | None = None) -> Iterator[Registered[Client]]:
        yield self.find(after or "a")

    def create(self, registered: Registered[Client]) -> bool:
        return registered is None

    def replace(self, registered: Registered[Client], *, revision: str | None) -> bool:
        self.tries += 1
        return registered.revision == revision

    def remove(self, name: str, *, revision: str | None) -> bool:
        self.tries += 1
        return name == revision


def test_where_others_always_write_first_it_ends_and_says_so() -> None:
    busy = Busy()
    clients = ClientAdministration(clients=busy, random=secrets.token_urlsafe)
    with pytest.raises(ChangedMeanwhile, match="Try again"):
        clients.update("a", {**SPA, "client_name": "B"}, now=NOW)
    with pytest.raises(ChangedMeanwhile, match="Try again"):
        clients.delete("a")
    assert busy.tries == 2 * MAX_TRIES


class Taken(LoginStore):
    """Logins of which each is claimed by somebody between the look and the claim."""

    def get(self, login: str) -> PasswordCredential | None:
        found = super().get(login)
        super().claim(PasswordCredential(login=login, sub="somebody", password_hash="a hash"))
        return found


def test_who_loses_the_race_for_a_login_name_leaves_nobody_behind() -> None:
    users = UserAdministration(
        users=UserRegistry(table("Users")),
        logins=Taken(table("Users")),
        grants=GrantStore(table("Grants")),
        random=secrets.token_urlsafe,
        salt=lambda: secrets.token_bytes(16),
        settle=lambda: None,
        notices=LogoutEvents("nobody's"),
    )
    login, sub = f"{name().lower()}@example.com", name()
    with pytest.raises(AlreadyRegistered, match="somebody's"):
        users.create(login, password=PASSWORD, claims={}, sub=sub, now=NOW)
    assert UserRegistry(table("Users")).find(sub) is None


def test_a_person_whose_login_name_is_not_theirs_gets_no_password(users: UserAdministration) -> None:
    nameless, robbed = User(sub=name()), User(sub=name(), login=f"{name().lower()}@example.com")
    for one in (nameless, robbed):
        UserRegistry(table("Users")).create(Registered(record=one, revision="one"))
    LoginStore(table("Users")).claim(
        PasswordCredential(login=robbed.login or "", sub="somebody", password_hash="a hash")
    )
    with pytest.raises(InvalidMember, match="no login name"):
        users.set_password(nameless.sub, PASSWORD, now=NOW)
    with pytest.raises(AlreadyRegistered, match="somebody else's"):
        users.set_password(robbed.sub, PASSWORD, now=NOW)


def test_a_write_whose_answer_was_lost_is_its_own_when_it_comes_again() -> None:
    registry = ClientRegistry(table("Clients"))
    client = Client(client_id=name(), client_name="A", token_endpoint_auth_method="none")
    first = Registered(record=client, revision="one", updated_at=NOW)
    assert registry.create(first)
    assert registry.create(first)
    assert not registry.create(Registered(record=client, revision="another"))
    second = Registered(record=client, revision="two", updated_at=NOW)
    assert registry.replace(second, revision="one")
    assert registry.replace(second, revision="one")
    assert not registry.replace(Registered(record=client, revision="three"), revision="one")
    assert not registry.replace(Registered(record=client, revision="three"), revision=None)
    assert not registry.remove(client.client_id, revision="one")
    assert registry.remove(client.client_id, revision="two")
    assert registry.remove(client.client_id, revision="two")
    assert not registry.replace(second, revision="one")


def test_a_change_never_brings_back_what_is_gone() -> None:
    registry = ClientRegistry(table("Clients"))
    gone = Client(client_id=name(), client_name="A", token_endpoint_auth_method="none")
    for revision in ("one", None):
        assert not registry.replace(Registered(record=gone, revision="two"), revision=revision)
    assert registry.find(gone.client_id) is None
    assert registry.find("a" * 9_000) is None
