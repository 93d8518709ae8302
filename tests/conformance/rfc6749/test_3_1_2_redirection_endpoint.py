"""RFC 6749 section 3.1.2: the redirection endpoint. Until it holds, an error is for the person alone."""

from urllib.parse import urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.tenant import REDIRECT_URI, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

OTHER_URI = "https://app.example.com/other"


@spec("RFC6749-3.1.2")
@pytest.mark.parametrize("query", ["tenant=a", "a=b&c=d%20e", "a", "a=", ""])
def test_query_of_a_registered_uri_is_kept(caller: Caller, tenant: Tenant, query: str) -> None:
    uri = f"https://app.example.com/callback?{query}"
    here = visit(caller, tenant, tenant.public_client(redirect_uris=(uri,)))
    for answer in (here.answer(), here.answer(response_type="none")):
        assert answer.location.startswith(f"{uri}&")
        assert "#" not in answer.location
        assert answer.location.count("?") == 1
        assert urlsplit(answer.location).query.endswith(
            f"&iss={caller.issuer.replace(':', '%3A').replace('/', '%2F')}"
        )


@spec("RFC6749-3.1.2.3")
def test_left_out_redirect_uri_means_the_only_registered_one(here: Visit) -> None:
    answer = here.answer(redirect_uri=None, scope="read")
    assert answer.location.startswith(f"{REDIRECT_URI}?")
    assert here.app.redeem(answer.query["code"], redirect_uri=None).status == 200


@spec("RFC6749-3.1.2.3")
@pytest.mark.parametrize("uris", [(), (REDIRECT_URI, OTHER_URI)], ids=["none", "two"])
def test_left_out_redirect_uri_with_none_or_two_registered_is_told_to_the_person(
    stack: LocalStack,
    caller: Caller,
    tenant: Tenant,
    capsys: pytest.CaptureFixture[str],
    uris: tuple[str, ...],
) -> None:
    here = visit(caller, tenant, tenant.public_client(redirect_uris=uris))
    with nothing_written(stack):
        assert_page(here.answer(redirect_uri=None, scope="read"))
    assert last_log(capsys)["reason"] == "redirect_uri_missing"


@spec("RFC6749-3.1.2.3")
def test_each_of_several_registered_uris_can_be_asked_for(caller: Caller, tenant: Tenant) -> None:
    here = visit(caller, tenant, tenant.public_client(redirect_uris=(REDIRECT_URI, OTHER_URI)))
    for uri in (REDIRECT_URI, OTHER_URI):
        answer = here.answer(redirect_uri=uri)
        assert answer.location.startswith(f"{uri}?")
        assert here.app.redeem(answer.query["code"], redirect_uri=uri).status == 200


UNTRUSTED: dict[str, tuple[dict[str, str | None], str]] = {
    "no client": ({"client_id": None}, "parameter_missing"),
    "empty client": ({"client_id": ""}, "parameter_missing"),
    "unknown client": ({"client_id": "nobody"}, "client_unknown"),
    "client_id with a key's prefix": ({"client_id": "client#x"}, "client_unknown"),
    "client_id of a resource server": ({"client_id": "urn:example:api"}, "client_unknown"),
    "client_id too long for a key": ({"client_id": "x" * 3000}, "client_unknown"),
    "client_id not ASCII": ({"client_id": "é\u202e"}, "client_unknown"),
    "unregistered redirect_uri": ({"redirect_uri": "https://evil.example/"}, "redirect_uri_unregistered"),
    "redirect_uri that is no URI": ({"redirect_uri": "::not a uri::"}, "redirect_uri_unregistered"),
    "redirect_uri with a script": ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_unregistered"),
}
FAULTS_FOR_THE_CLIENT: dict[str, dict[str, str | None]] = {
    "and nothing else wrong": {},
    "and response_type wrong": {"response_type": "none"},
    "and scope wrong": {"scope": '"'},
    "and prompt none": {"prompt": "none"},
}


@spec("RFC6749-3.1.2.4")
@pytest.mark.parametrize("also", FAULTS_FOR_THE_CLIENT)
@pytest.mark.parametrize("case", UNTRUSTED)
def test_until_client_and_redirect_uri_hold_nobody_is_redirected(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str, also: str
) -> None:
    changes, reason = UNTRUSTED[case]
    request = here.app.request(**FAULTS_FOR_THE_CLIENT[also], **changes)
    here.tenant.resource_server("urn:example:api")
    with nothing_written(stack):
        answers = [here.browser.open("/authorize", request), here.browser.submit("/authorize", request)]
        answers.append(here.app.caller.post("/authorize", request))
    for answer in answers:
        assert_page(answer)
        assert "evil.example" not in answer.body
        assert "<script" not in answer.body
    line = last_log(capsys, "evil.example")
    assert (line["endpoint"], line["status"], line["reason"]) == ("authorization", 400, reason)


@spec("RFC6749-3.1.2.4")
def test_redirect_uri_of_another_client_is_told_to_the_person(
    stack: LocalStack, caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    here, other = visit(caller, tenant), tenant.public_client(redirect_uris=(OTHER_URI,))
    with nothing_written(stack):
        assert_page(here.answer(redirect_uri=OTHER_URI))
        assert_page(here.answer(client_id=other.client_id))
    assert last_log(capsys)["reason"] == "redirect_uri_unregistered"


@spec("RFC6749-3.1.2.5")
def test_answer_runs_nothing_and_carries_no_body(here: Visit) -> None:
    answer = here.answer()
    assert (answer.status, answer.body) == (303, "")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


@spec("RFC6749-3.1.2.4")
def test_once_client_and_redirect_uri_hold_the_client_is_told(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.public_client(), caller)
    assert_refused(caller.get("/authorize", app.request(response_type=None)), app, "invalid_request")
