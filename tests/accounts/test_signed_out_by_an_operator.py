"""Signing a person out everywhere, disabling them, another password: what they had ends, at once."""

import time
from collections.abc import Callable

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.code_use import live_at, the_api
from tests.support.http import Caller
from tests.support.operator import people
from tests.support.tenant import Tenant
from tests.support.visit import Visit

OTHER_PASSWORD = "another good long pass phrase"


ENDS: dict[str, Callable[[str, int], object]] = {
    "signed out": lambda sub, now: people().sign_out(sub, now=now),
    "disabled": lambda sub, now: people().disable(sub, now=now),
    "deleted": lambda sub, now: people().delete(sub, now=now),
    "another password": lambda sub, now: people().set_password(sub, OTHER_PASSWORD, now=now),
}


@pytest.fixture
def here(caller: Caller, tenant: Tenant, browser: Browser) -> Visit:
    """A person of their own, signed in at an app."""
    person, app = tenant.person(), ClientApp(tenant.public_client(), caller)
    users = people()
    users.rename(person.sub, person.login, now=0)
    return Visit(app, browser, person, tenant)


@pytest.mark.parametrize("how", ENDS)
def test_session_tokens_and_refresh_tokens_end(here: Visit, how: str) -> None:
    api = the_api(here.tenant)
    tokens = here.app.tokens(here.browser, here.person, scope="openid read offline_access")
    assert live_at(here, tokens, api) == (True, True)
    ENDS[how](here.person.sub, int(time.time()))
    assert live_at(here, tokens, api) == (False, False)
    refused = here.app.refresh(tokens["refresh_token"])
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    here.browser.open("/authorize", here.app.request())
    assert here.browser.at("/login")


def test_the_mark_alone_ends_what_the_index_does_not_show_yet(here: Visit) -> None:
    """A grant that is being given while the person is signed out shows in the index only later."""
    api = the_api(here.tenant)
    tokens = here.app.tokens(here.browser, here.person, scope="openid read")
    item = here.tenant.table("Users").find(id=f"user#{here.person.sub}")
    here.tenant.table("Users").change(item, signed_out_at=int(time.time()))
    assert live_at(here, tokens, api) == (False, False)
    here.browser.open("/authorize", here.app.request())
    assert here.browser.at("/login")


def test_who_was_signed_out_signs_in_again_and_stays_so(here: Visit) -> None:
    here.app.tokens(here.browser, here.person)
    people().sign_out(here.person.sub, now=int(time.time()) - 1)
    item = here.tenant.table("Users").find(id=f"user#{here.person.sub}")
    # As if the session that ended were an hour old.
    for session in here.tenant.table("Sessions").items():
        if session["sub"] == here.person.sub:
            here.tenant.table("Sessions").change(session, auth_time=item["signed_out_at"])
    here.browser.open("/authorize", here.app.request())
    assert here.browser.at("/login")
    here.app.tokens(here.browser, here.person)
    assert here.browser.open("/authorize", here.app.request()).status == 303


def test_a_disabled_person_who_is_enabled_again_signs_in_anew(here: Visit) -> None:
    here.app.tokens(here.browser, here.person)
    people().disable(here.person.sub, now=int(time.time()) - 1)
    here.browser.open("/authorize", here.app.request())
    assert here.browser.sign_in(here.person).status == 403
    people().enable(here.person.sub, now=int(time.time()))
    assert here.app.tokens(here.browser, here.person)["access_token"]
