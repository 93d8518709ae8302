"""Signing in waits for AWS as few times as it can: what needs not wait for another does not."""

import threading
from types import SimpleNamespace
from typing import Any, cast

from chalicelib.accounts.password import PasswordCredential, hash_password
from chalicelib.accounts.password_check import PasswordCheck
from chalicelib.accounts.user import User
from chalicelib.aws.at_once import both
from chalicelib.composition.password_sign_in import REFUSALS, PasswordSignIn, Refusal
from chalicelib.protocol.settings import Settings

NOW = 1_800_000_000
PASSWORD = "a password of some length"
CREDENTIAL = PasswordCredential(
    login="ada", sub="person-1", password_hash=hash_password(PASSWORD, salt=bytes(16))
)
# The session, three counts of attempts, the browser.
WRITES = 5
PATIENCE = 60


class Stores:
    """All stores in one. A write ends once all the others have begun."""

    def __init__(self, *, wait: int = 0, disabled: bool = False) -> None:
        self.written: list[str] = []
        self.begun = 0
        self._wait = wait
        self._user = User(sub=CREDENTIAL.sub, disabled=disabled)
        self._all = threading.Barrier(WRITES)

    def get(self, name: str) -> Any:
        return CREDENTIAL if name == CREDENTIAL.login else self._user

    def begin(self, attempt: Any, *, now: int) -> int:
        del attempt, now
        self.begun += 1
        return self._wait

    def put(self, session: Any) -> None:
        self._write(f"session of {session.sub}")

    def take_back(self, attempt: Any) -> None:
        del attempt
        self._write("take back")

    def forget(self, attempt: Any) -> None:
        del attempt
        self._write("forget")

    def remember_browser(self, credential: Any, browser: str) -> None:
        del credential, browser
        self._write("browser")

    def _write(self, what: str) -> None:
        self._all.wait(PATIENCE)
        self.written.append(what)


def sign_in(stores: Stores, password: str = PASSWORD) -> Refusal | str:
    ports = cast("Any", stores)
    signing_in = PasswordSignIn(
        settings=Settings(issuer="https://login.example.com"),
        sessions=ports,
        check=PasswordCheck(users=ports, passwords=ports, attempts=ports, salt=lambda: bytes(16), both=both),
        notices=lambda: ports,
        random=lambda size: "r" * size,
    )
    request = cast("Any", SimpleNamespace(facts={}, source_ip="203.0.113.7"))
    opened = cast("Any", SimpleNamespace(browser="b", session=None, interaction_hash="i"))
    return signing_in.attempt(request, opened, login=CREDENTIAL.login, password=password, now=NOW)


def test_a_new_browsers_writes_are_made_side_by_side() -> None:
    stores = Stores()
    assert isinstance(sign_in(stores), str)
    assert sorted(stores.written) == ["browser", "forget", "session of person-1", "take back", "take back"]


def test_where_one_count_says_wait_nothing_is_counted_under_the_next() -> None:
    stores = Stores(wait=4)
    refused = sign_in(stores)
    assert isinstance(refused, Refusal)
    assert refused.wait == 4
    assert (stores.begun, stores.written) == (1, [])


def test_nothing_is_written_for_a_wrong_password_or_who_may_not_sign_in() -> None:
    for stores, password, expected in (
        (Stores(), "another password", REFUSALS["password_wrong"]),
        (Stores(disabled=True), PASSWORD, REFUSALS["account_disabled"]),
    ):
        assert sign_in(stores, password) is expected
        assert stores.written == []
