"""OAuth 2.0 Multiple Response Type Encoding Practices, sections 2.1, 3 and 5: where each response stands."""

from urllib.parse import urlsplit

import pytest

from tests.support.browser import forms
from tests.support.http import Answer, Caller
from tests.support.refusal import answered
from tests.support.response_types import ALL, HYBRID, IMPLICIT, WITH_TOKEN, every_type_visit
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

TOKENS = ("access_token", "id_token")


@pytest.fixture
def here(caller: Caller, tenant: Tenant) -> Visit:
    return every_type_visit(caller, tenant)


@spec("OAuth-MultipleResponseTypes-2.1")
@spec("OAuth-MultipleResponseTypes-5")
@pytest.mark.parametrize("response_type", ALL)
def test_each_type_has_its_usual_mode(here: Visit, response_type: str) -> None:
    mode = "query" if response_type in {"code", "none"} else "fragment"
    usual = answered(here.answer(response_type=response_type), here.app, mode=mode)
    asked = here.answer(response_type=response_type, response_mode=mode)
    assert set(answered(asked, here.app, mode=mode)) == set(usual)


@spec("OAuth-MultipleResponseTypes-2.1")
@pytest.mark.parametrize("response_type", ["code", "none"])
def test_a_mode_other_than_the_usual_one_may_be_asked_for(here: Visit, response_type: str) -> None:
    answer = here.answer(response_type=response_type, response_mode="fragment")
    assert answered(answer, here.app, mode="fragment")["state"] == "a state"


MODES = ["query", "QUERY", " query", "query ", "query fragment", "fragment query", "query.jwt", "", "none"]


@spec("OAuth-MultipleResponseTypes-5")
@pytest.mark.parametrize("response_type", [*IMPLICIT, *HYBRID, "token"])
def test_no_token_is_ever_in_a_query(here: Visit, response_type: str) -> None:
    """A query is in the logs of proxies and servers, and goes on in a Referer."""
    asked: list[str | list[str]] = [*MODES, ["query", "fragment"], ["fragment", "query"], ["query", "query"]]
    for mode in asked:
        answer = here.answer(response_type=response_type, response_mode=mode)
        assert not holds_a_token(answer)


def holds_a_token(answer: Answer) -> bool:
    addresses = [answer.headers.get("location", ""), *(form.action for form in forms(answer.body))]
    return any(f"{name}=" in urlsplit(address).query for address in addresses for name in TOKENS)


@spec("OAuth-MultipleResponseTypes-3")
@pytest.mark.parametrize("response_type", ["token code", "token id_token code", "id_token code token"])
def test_the_order_of_words_says_nothing(here: Visit, response_type: str) -> None:
    given = set(here.answer(response_type=response_type).fragment)
    assert given == set(here.answer(response_type=" ".join(sorted(response_type.split()))).fragment)


@spec("OAuth-MultipleResponseTypes-5")
@pytest.mark.parametrize("response_type", WITH_TOKEN)
def test_a_registered_query_stays_and_the_response_is_behind_it(
    caller: Caller, tenant: Tenant, response_type: str
) -> None:
    uri = "https://app.example.com/callback?tenant=a"
    here = every_type_visit(caller, tenant, redirect_uris=(uri,))
    answer = here.answer(response_type=response_type)
    assert answer.location.partition("#")[0] == uri
    assert "access_token" in answer.fragment


@spec("RFC9207-2")
@pytest.mark.parametrize("mode", ["fragment", "form_post"])
@pytest.mark.parametrize("response_type", ALL)
def test_every_response_says_who_it_is_from_so_that_no_other_server_s_is_taken_for_it(
    here: Visit, response_type: str, mode: str
) -> None:
    for changes in ({}, {"scope": '"'}):
        answer = here.answer(response_type=response_type, response_mode=mode, **changes)
        assert answered(answer, here.app, mode=mode)["iss"] == here.app.caller.issuer
