"""OpenID Connect Core section 8: subs of people as clients know them, and the way back."""

import os
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import ServerError
from chalicelib.protocol.subject import MAX_TOLD, PREFIX, SALT_BYTES, Subjects, sector_of
from chalicelib.record import replace
from tests.support.traceability import spec

SALT = os.urandom(SALT_BYTES)
SUBJECTS = Subjects(lambda: SALT)
# As accounts/user.py lets them be.
SUBS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=155)
APP = Client(
    client_id="app",
    client_name="App",
    token_endpoint_auth_method="none",
    subject_type="pairwise",
    redirect_uris=("https://App.example/callback",),
)


def of(host: str, **changes: Any) -> Client:
    return replace(APP, redirect_uris=(f"https://{host}/callback",), **changes)


def nobodys() -> bytes:
    raise AssertionError("the salt is not asked for")


@spec("OIDC-Core-8")
@given(SUBS)
@example("p.")
@example("p.AAAA")
def test_a_public_sub_is_the_persons_own_and_costs_nothing(sub: str) -> None:
    assert Subjects(nobodys).of(replace(APP, subject_type="public"), sub) == sub
    if not sub.startswith(PREFIX):
        assert Subjects(nobodys).local(sub) == sub


@spec("OIDC-Core-8.1")
@given(SUBS)
def test_a_pairwise_one_is_the_same_each_time_and_leads_back(sub: str) -> None:
    told = SUBJECTS.of(APP, sub)
    assert told == SUBJECTS.of(APP, sub)
    assert told.startswith(PREFIX)
    assert len(told) <= MAX_TOLD
    assert told.isascii()
    assert SUBJECTS.local(told) == sub


@spec("OIDC-Core-8.1")
def test_another_person_sector_or_tenant_has_another() -> None:
    told = SUBJECTS.of(APP, "ada")
    others = [
        SUBJECTS.of(APP, "bob"),
        SUBJECTS.of(of("www.app.example"), "ada"),
        SUBJECTS.of(of("app.example", sector_identifier_uri="https://b.example/s"), "ada"),
        Subjects(lambda: bytes(SALT_BYTES)).of(APP, "ada"),
    ]
    assert len({told, *others}) == len(others) + 1
    # Nothing of one is in the other, by which somebody who has both could put them together.
    assert all(told[2:22] != other[2:22] and told[-20:] != other[-20:] for other in others)


@spec("OIDC-Core-8.1")
def test_clients_of_one_sector_know_people_by_the_same() -> None:
    sector = "https://sector.example/uris"
    one, other = (
        of(host, sector_identifier_uri=sector, client_id=host) for host in ("a.example", "b.example")
    )
    assert SUBJECTS.of(one, "ada") == SUBJECTS.of(other, "ada")
    assert SUBJECTS.of(of("sector.example"), "ada") == SUBJECTS.of(one, "ada")


@spec("OIDC-Core-8.1")
def test_the_sector_is_a_host_in_small_letters() -> None:
    assert sector_of(APP) == "app.example"
    assert sector_of(replace(APP, sector_identifier_uri="https://S.example:8443/a")) == "s.example"
    assert sector_of(replace(APP, redirect_uris=())) == ""


@spec("OIDC-Core-8.1")
@pytest.mark.parametrize(
    "wrong",
    ["p.", "p.a", "p.ada", "p.AAAA", "p.éé", "p." + "A" * 72, "p.=", "p.\n", "p.." * 9],
)
def test_what_was_not_made_here_is_what_it_is(wrong: str) -> None:
    assert SUBJECTS.local(wrong) == wrong


@spec("OIDC-Core-8.1")
def test_a_changed_one_or_another_tenants_is_nobodys() -> None:
    told = SUBJECTS.of(APP, "ada")
    changed = told[:-1] + ("A" if told[-1] != "A" else "B")
    assert SUBJECTS.local(changed) != "ada"
    assert Subjects(lambda: bytes(SALT_BYTES)).local(told) == told


@spec("OIDC-Core-2")
def test_a_sub_too_long_to_be_told_so_is_refused() -> None:
    assert SUBJECTS.local(SUBJECTS.of(APP, "a" * 157)) == "a" * 157
    with pytest.raises(ServerError) as refused:
        SUBJECTS.of(APP, "a" * 158)
    assert refused.value.reason == "subject_too_long"


@spec("OIDC-Core-17.3")
def test_a_session_is_told_by_another_name_in_each_sector_and_only_there() -> None:
    names = [SUBJECTS.session_of(of(host), "s") for host in ("one.example", "one.example", "two.example")]
    assert names[0] == names[1] != names[2]
    assert SUBJECTS.session_of(of("one.example"), "t") not in names
    # Nobody without the salt can tell one from the other.
    assert Subjects(lambda: bytes(SALT_BYTES)).session_of(of("one.example"), "s") not in names
    assert Subjects(nobodys).session_of(replace(APP, subject_type="public"), "s") == "s"
