"""The ports Users, PasswordCredentials, Consents and Sessions."""

from chalicelib.accounts.consent import Consent
from chalicelib.accounts.password import MAX_KNOWN_BROWSERS, PasswordCredential
from chalicelib.accounts.user import User
from chalicelib.aws.calls import batch_get_items
from chalicelib.aws.sessions import PURGE_AFTER, SessionStore
from chalicelib.aws.users import ConsentStore, PasswordStore, UserStore
from chalicelib.record import replace
from tests.stores.fresh import NOW, name, session, table
from tests.support.tenant import ADA, Table


def test_a_person_is_kept_with_every_kind_of_claim() -> None:
    users = UserStore(table("Users"))
    person = User(sub=name(), claims={**ADA, "many": ["A", "B"], "empty": "", "nested": {"a": {"b": [1]}}})
    users.put(person)
    assert users.get(person.sub) == person
    users.put(replace(person, disabled=True))
    assert users.get(person.sub) == replace(person, disabled=True)
    assert users.get(name()) is None


def credential() -> tuple[PasswordStore, PasswordCredential]:
    store = PasswordStore(table("Users"))
    made = PasswordCredential(login=f"{name()}@example.com", sub=name(), password_hash="a hash")
    store.put(made)
    return store, made


def test_a_password_is_found_by_its_login_alone() -> None:
    store, made = credential()
    assert store.get(made.login) == made
    assert store.get(made.login.upper() + "x") is None
    assert UserStore(table("Users")).get(made.login) is None


def test_the_last_browsers_are_remembered_each_once() -> None:
    store, made = credential()
    for number in (*range(MAX_KNOWN_BROWSERS + 2), 5):
        known = store.get(made.login)
        assert known is not None
        store.remember_browser(known, f"browser-{number}")
    last = store.get(made.login)
    assert last is not None
    assert last.browsers == tuple(f"browser-{n}" for n in (2, 3, 4, 6, 7, 8, 9, 10, 11, 5))


def test_a_hash_is_replaced_only_while_it_is_the_one_that_was_checked() -> None:
    store, made = credential()
    store.replace_hash(made, "a better hash")
    assert store.get(made.login) == replace(made, password_hash="a better hash")
    store.replace_hash(made, "a late hash")
    store.remember_browser(made, "a late browser")
    assert store.get(made.login) == replace(made, password_hash="a better hash")


def test_a_password_that_is_gone_does_not_come_back() -> None:
    store = PasswordStore(table("Users"))
    gone = PasswordCredential(login=name(), sub=name(), password_hash="a hash")
    store.remember_browser(gone, "a browser")
    store.replace_hash(gone, "another")
    assert store.get(gone.login) is None


def test_a_consent_is_kept_by_person_and_client() -> None:
    store = ConsentStore(table("Users"))
    given = Consent(sub=name(), client_id=name(), allowed={"https://a.example/": ("read",)})
    store.put(given)
    store.put(given.extended({"https://a.example/": ("write",)}, interaction="an interaction", now=5))
    (item,) = batch_get_items([store.key(given.sub, given.client_id)])
    assert store.record(item) == replace(
        given, allowed={"https://a.example/": ("read", "write")}, interaction="an interaction", given_at=5
    )
    other = batch_get_items([store.key(given.client_id, given.sub)])
    assert [store.record(item) for item in other] == [None]


def test_a_session_is_kept_until_it_is_deleted() -> None:
    store, made = SessionStore(table("Sessions")), session(selection_interaction="chosen")
    store.put(made)
    assert store.get(made.session_hash) == made
    swept = Table(table("Sessions")).find(session_hash=made.session_hash)["purge_at"]
    assert swept == made.exp + PURGE_AFTER
    for _ in range(2):
        store.delete(made.session_hash)
    assert store.get(made.session_hash) is None


def test_a_touch_and_a_selection_change_one_thing_each() -> None:
    store, made = SessionStore(table("Sessions")), session()
    store.put(made)
    store.touch(made, idle_exp=NOW + 500)
    store.select(made, interaction="another")
    assert store.get(made.session_hash) == replace(made, idle_exp=NOW + 500, selection_interaction="another")


def test_a_session_that_is_gone_does_not_come_back() -> None:
    store, gone = SessionStore(table("Sessions")), session()
    store.touch(gone, idle_exp=NOW + 500)
    store.select(gone, interaction="another")
    assert store.get(gone.session_hash) is None
