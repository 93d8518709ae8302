"""People: made, changed, renamed; one login name is one person's."""

from typing import Any

import pytest

from chalicelib.accounts.consent import Consent
from chalicelib.accounts.password import verify_password
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember, NotRegistered
from chalicelib.administration.users import UserAdministration
from chalicelib.aws.logins import LoginStore
from chalicelib.aws.users import ConsentStore, UserStore
from tests.stores.fresh import NOW, active, grants, name, table
from tests.support.race import at_once
from tests.support.tenant import ADA, Tenant

PASSWORD = "a good long pass phrase"


def login() -> str:
    return f"{name().lower()}@example.com"


def test_a_person_is_made_with_a_login_name_and_a_password(users: UserAdministration) -> None:
    typed = login()
    made = users.create(f" {typed.upper()} ", password=PASSWORD, claims=ADA, now=NOW).record
    assert (made.login, made.claims, made.disabled) == (typed, ADA, False)
    assert UserStore(table("Users")).get(made.sub) == made
    credential = LoginStore(table("Users")).get(typed)
    assert verify_password(PASSWORD, credential)
    assert credential is not None
    assert credential.sub == made.sub
    assert users.find(typed.upper()) == users.find(made.sub)


def test_without_a_password_there_is_nothing_to_sign_in_with_until_one_is_set(
    users: UserAdministration,
) -> None:
    made = users.create(login(), password=None, claims={}, now=NOW).record
    store = LoginStore(table("Users"))
    without = store.get(made.login or "")
    assert without is not None
    for tried in ("", PASSWORD):
        assert not verify_password(tried, without)
    with pytest.raises(AlreadyRegistered):
        users.create(made.login or "", password=PASSWORD, claims={}, now=NOW)
    users.set_password(made.sub, PASSWORD, now=NOW)
    assert verify_password(PASSWORD, store.get(made.login or ""))


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaaaa", "Password1234", "1q2w3e4r5t6y", "a" * 300])
def test_a_weak_password_is_refused_and_nobody_is_made(users: UserAdministration, weak: str) -> None:
    typed = login()
    with pytest.raises(InvalidMember, match="password"):
        users.create(typed, password=weak, claims={}, now=NOW)
    with pytest.raises(NotRegistered):
        users.find(typed)


def test_a_login_name_is_no_password(users: UserAdministration) -> None:
    typed = login()
    with pytest.raises(InvalidMember, match="guess"):
        users.create(typed, password=typed.upper(), claims={}, now=NOW)


def test_of_parallel_registrations_of_one_login_name_one_succeeds(users: UserAdministration) -> None:
    typed = login()

    def create() -> str | None:
        try:
            return users.create(typed, password=PASSWORD, claims={}, now=NOW).record.sub
        except AlreadyRegistered:
            return None

    subs = [sub for sub in at_once(create, 6) if sub]
    assert len(subs) == 1
    credential = LoginStore(table("Users")).get(typed)
    assert credential is not None
    assert credential.sub == subs[0]
    left = [one.record.sub for one in users.users.all() if one.record.login == typed]
    assert left == subs


def test_a_sub_is_one_persons(users: UserAdministration) -> None:
    sub = name()
    users.create(login(), password=None, claims={}, sub=sub, now=NOW)
    with pytest.raises(AlreadyRegistered, match=sub):
        users.create(login(), password=None, claims={}, sub=sub, now=NOW)
    with pytest.raises(InvalidMember, match="ASCII"):
        users.create(login(), password=None, claims={}, sub="ключ", now=NOW)


def test_a_sub_that_was_somebody_s_has_none_of_their_sessions(users: UserAdministration) -> None:
    sub = name()
    users.create(login(), password=None, claims={}, sub=sub, now=NOW)
    users.delete(sub, now=NOW + 10)
    made = users.create(login(), password=None, claims={}, sub=sub, now=NOW + 20).record
    assert not made.is_signed_in(since=NOW + 5)
    assert made.is_signed_in(since=NOW + 20)


@pytest.mark.parametrize("wild", ["", "   ", "a" * 255, "a\u0000b"])
def test_a_login_name_is_printable_and_not_too_long(users: UserAdministration, wild: str) -> None:
    with pytest.raises(InvalidMember, match="login name"):
        users.create(wild, password=None, claims={}, now=NOW)


def test_claims_of_two_operators_at_once_are_both_kept(users: UserAdministration) -> None:
    made = users.create(login(), password=None, claims={"name": "A", "nickname": "B"}, now=NOW).record
    changes: list[dict[str, Any]] = [{"name": "Ada"}, {"locale": "en"}, {"nickname": None}]
    at_once(lambda: users.update_claims(made.sub, changes.pop(), now=NOW + 1), 3)
    after = users.find(made.sub).record.claims
    assert after == {"name": "Ada", "locale": "en", "updated_at": NOW + 1}
    assert users.update_claims(made.sub, {"name": "Ada"}, now=NOW + 9).updated_at == NOW + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"email_verified": "true"},
        {"updated_at": "now"},
        {"address": "London"},
        {"address": {"locality": 1}},
        {"address": {"city": "London"}},
        {"birthdate": "10 December 1815"},
        {"birthdate": "1815-13-10"},
        {"email_verified#fr": "true"},
        {"name#": "Ada"},
        {"name#a language": "Ada"},
        {"sub#fr": "b"},
        {"#fr": "b"},
        {"name": 1},
        {"sub": "b"},
        {"": "a"},
        {"level": 1.5},
        {"roles": ["a", None]},
        {"deep": [[[[[[[[[[]]]]]]]]]]},
    ],
    ids=str,
)
def test_a_claim_of_another_type_is_refused(users: UserAdministration, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidMember) as raised:
        users.create(login(), password=None, claims=wrong, now=NOW)
    assert raised.value.member == next(iter(wrong))


def test_a_claim_may_stand_in_several_languages(users: UserAdministration) -> None:
    claims = {
        "name": "Ada",
        "name#ja-Kana-JP": "エイダ",
        "address#fr": {"locality": "Londres"},
        "birthdate": "0000-12-10",
        "roles#x": ["countess"],
    }
    assert users.create(login(), password=None, claims=claims, now=NOW).record.claims == claims
    year = {"birthdate": "1815"}
    assert users.create(login(), password=None, claims=year, now=NOW).record.claims == year


def test_a_renamed_person_keeps_the_password_and_frees_the_name(users: UserAdministration) -> None:
    old, new = login(), login()
    made = users.create(old, password=PASSWORD, claims={}, now=NOW).record
    for _ in range(2):
        assert users.rename(made.sub, new, now=NOW).record.login == new
    store = LoginStore(table("Users"))
    assert store.get(old) is None
    assert verify_password(PASSWORD, store.get(new))
    other = users.create(old, password=PASSWORD, claims={}, now=NOW).record
    with pytest.raises(AlreadyRegistered):
        users.rename(other.sub, new, now=NOW)
    assert users.find(old).record.sub == other.sub


def test_of_a_deleted_person_nothing_is_left_but_ended_grants(users: UserAdministration) -> None:
    made = users.create(login(), password=PASSWORD, claims=ADA, now=NOW).record
    kept = users.create(login(), password=PASSWORD, claims=ADA, now=NOW).record
    for sub in (made.sub, kept.sub):
        ConsentStore(table("Users")).put(Consent(sub=sub, client_id="client-a"))
    grant = active(sub=made.sub)
    assert users.delete(made.sub, now=NOW) == 1
    ended = grants().get(grant.grant_id)
    assert ended is not None
    assert ended.state == "revoked"
    store = LoginStore(table("Users"))
    left = [item for item in tenant_items() if item.get("sub") == made.sub]
    assert (left, store.get(made.login or "")) == ([], None)
    assert len([item for item in tenant_items() if item.get("sub") == kept.sub]) == 3
    with pytest.raises(NotRegistered):
        users.delete(made.sub, now=NOW)


def tenant_items() -> list[dict[str, Any]]:
    return Tenant().table("Users").items()


def test_a_disabled_person_is_enabled_and_keeps_other_claims(users: UserAdministration) -> None:
    claims = {"level": 5, "roles": ["a", {"b": True}]}
    made = users.create(login(), password=None, claims=claims, now=NOW).record
    users.disable(made.sub, now=NOW)
    assert users.find(made.sub).record.disabled
    enabled = users.enable(made.sub, now=NOW).record
    assert (enabled.disabled, enabled.claims, enabled.signed_out_at) == (False, claims, NOW)
