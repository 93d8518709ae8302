"""What a password may be, and how it is kept: Argon2id, renewed at a sign-in where today's asks more."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from chalicelib.accounts.password import (
    PasswordRefused,
    check_new_password,
    hash_password,
)
from chalicelib.aws.users import PasswordStore
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.migration import by_password, password_client
from tests.support.tenant import PASSWORD, Tenant
from tests.support.traceability import spec

SALT = b"sixteen bytes it"
TODAYS = "$argon2id$v=19$m=19456,t=2,p=1$"
COMMON = {"password1234", "qwertyuiop123"}


def kept(tenant: Tenant, login: str) -> str:
    item = tenant.table("Users").at(id=f"password#{login}")
    assert item is not None
    return str(item["password_hash"])


def hash_with(*, memory_kib: int, iterations: int, lanes: int = 1) -> str:
    kdf = Argon2id(salt=SALT, length=32, iterations=iterations, lanes=lanes, memory_cost=memory_kib)
    return str(kdf.derive_phc_encoded(PASSWORD.encode()))


def test_a_password_is_kept_as_argon2id_under_its_salt() -> None:
    text = hash_password(PASSWORD, salt=SALT)
    assert text.startswith(TODAYS)
    assert base64.b64encode(SALT).decode().rstrip("=") in text
    assert text != hash_password(PASSWORD, salt=b"another 16 bytes")
    assert PASSWORD not in text


@pytest.mark.parametrize(
    "parameters",
    [
        {"memory_kib": 8 * 1024, "iterations": 2},
        {"memory_kib": 19 * 1024, "iterations": 1},
        {"memory_kib": 19 * 1024, "iterations": 2, "lanes": 2},
    ],
    ids=["less memory", "fewer passes", "more lanes"],
)
def test_an_older_hash_is_renewed_at_the_next_sign_in_and_only_by_the_right_password(
    browser: Browser, app: ClientApp, tenant: Tenant, parameters: dict[str, int]
) -> None:
    person, users = tenant.person(), tenant.table("Users")
    item = users.at(id=f"password#{person.login}")
    assert item is not None
    old = hash_with(**parameters)
    users.change(item, password_hash=old)
    browser.open("/authorize", app.request())
    browser.sign_in(person, password="a wrong password")
    assert kept(tenant, person.login) == old
    browser.sign_in(person)
    assert browser.at("/consent")
    renewed = kept(tenant, person.login)
    assert renewed.startswith(TODAYS)
    # The same password still opens it, and nothing is renewed twice.
    browser.open("/authorize", app.request(prompt="login"))
    browser.sign_in(person)
    assert browser.at("/consent")
    assert kept(tenant, person.login) == renewed


def test_it_is_renewed_where_an_app_asked_for_the_password_as_well(caller: Caller, tenant: Tenant) -> None:
    person, users = tenant.person(), tenant.table("Users")
    item = users.at(id=f"password#{person.login}")
    assert item is not None
    users.change(item, password_hash=hash_with(memory_kib=8 * 1024, iterations=2))
    assert by_password(ClientApp(password_client(tenant), caller), person).status == 200
    assert kept(tenant, person.login).startswith(TODAYS)


def test_renewing_a_hash_does_not_bring_an_old_password_back(tenant: Tenant) -> None:
    person = tenant.person()
    store = PasswordStore(os.environ["USERS_TABLE"])
    before = store.get(person.login)
    assert before is not None
    users = tenant.table("Users")
    item = users.at(id=f"password#{person.login}")
    assert item is not None
    users.change(item, password_hash="changed meanwhile")
    store.replace_hash(before, "renewed of the old one")
    store.remember_browser(before, "b" * 64)
    assert kept(tenant, person.login) == "changed meanwhile"


@spec("NIST-SP800-63B-3.1.1.2")
@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "p" * 257,
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdabcdabcd",
        "password1234",
        "PassWord1234",
        "ada@example.com",
        "ADA@example.com",
    ],
)
def test_a_password_too_short_too_long_or_too_easy_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, login="ada@example.com", common=COMMON)
    assert not password or password not in str(refused.value)


@spec("NIST-SP800-63B-3.1.1.2")
@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "correct horse battery staple",
        "пароль из слов",
        "\U0001f511\U0001f6aa abc déf ghi",
        "abcde" * 51,
    ],
)
def test_any_other_is_accepted_without_rules_on_its_letters(password: str) -> None:
    check_new_password(password, login="ada@example.com", common=COMMON)
