"""Who a person is to others: what they are called, which names they may have, whose session it is."""

from typing import Any

import pytest

from chalicelib.accounts.session import SessionCookie, live_session
from chalicelib.accounts.user import MAX_SUB, User, check_user
from tests.stores.fresh import NOW, session
from tests.support.traceability import spec


@pytest.mark.parametrize(
    ("claims", "called"),
    [
        ({"name": "Ada Lovelace", "given_name": "Ada"}, "Ada Lovelace"),
        ({"name": "", "given_name": "Ada"}, "Ada"),
        ({"name": 5, "preferred_username": "ada"}, "ada"),
        ({"email": "ada@example.com"}, "ada@example.com"),
        ({}, "person-1"),
    ],
)
def test_a_person_is_called_by_the_best_name_there_is(claims: dict[str, Any], called: str) -> None:
    assert User(sub="person-1", claims=claims).display_name == called


@spec("OIDC-Core-2")
@pytest.mark.parametrize("sub", ["", "a" * (MAX_SUB + 1), "ключ", "a\nb", "\x7f"])
def test_a_sub_that_could_not_stand_in_a_token_is_refused(sub: str) -> None:
    with pytest.raises(ValueError, match="sub"):
        check_user(User(sub=sub))


@spec("OIDC-Core-2")
@pytest.mark.parametrize("sub", ["a", "a" * MAX_SUB, "auth0|123", "a b"])
def test_other_subs_are_taken(sub: str) -> None:
    check_user(User(sub=sub))


def test_a_session_is_only_its_own_cookies() -> None:
    mine = session()
    cookie = SessionCookie(mine.sub, mine.session_hash)
    assert live_session(mine, cookie, now=NOW) is mine
    assert live_session(mine, None, now=NOW) is None
    assert live_session(None, cookie, now=NOW) is None
    assert live_session(mine, SessionCookie("somebody-else", mine.session_hash), now=NOW) is None
    assert live_session(mine, SessionCookie(mine.sub, "another"), now=NOW) is None
    assert live_session(mine, cookie, now=mine.idle_exp) is None
