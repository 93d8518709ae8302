"""RFC 8693 sections 2.1 and 4.1: who acts, as a trusted issuer says it in a JWT (RFC 7523 section 3)."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.assertions import Federation, federation
from tests.support.client_app import ClientApp, unverified
from tests.support.exchange import JWT, Middle, another
from tests.support.forgery import resign_as_server
from tests.support.http import Answer, Caller
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written


@pytest.fixture
def office(api: Middle) -> Middle:
    """An API with a client and a target of its own."""
    return another(api)


@pytest.fixture
def idp(caller: Caller, tenant: Tenant, office: Middle) -> Federation:
    """An issuer whose agents call that API."""
    return agents_of(caller, tenant, office)


def agents_of(caller: Caller, tenant: Tenant, office: Middle, **changes: Any) -> Federation:
    changes = {"clients": (office.api.client.client_id,), **changes}
    made = federation(caller, tenant, **changes)
    made.app = ClientApp(office.api.client, caller)
    return made


def exchange(office: Middle, assertion: str, **changes: Any) -> Answer:
    fields = {"actor_token": assertion, "actor_token_type": JWT, **changes}
    subject = fields.pop("subject_token", None) or office.token()
    return office.exchange(subject, **fields)


def act(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return unverified(answer.json["access_token"])[1]["act"]


@spec("RFC8693-4.1")
def test_who_acts_is_told_with_the_issuer_that_knows_them(office: Middle, idp: Federation) -> None:
    answer = exchange(office, idp.assertion(sub="agent-7"))
    assert act(answer) == {"iss": idp.trusted.issuer, "sub": "agent-7"}
    assert unverified(answer.json["access_token"])[1]["sub"] == office.here.person.sub


@spec("RFC8693-4.1")
def test_somebody_of_this_server_is_told_as_that(caller: Caller, tenant: Tenant, office: Middle) -> None:
    idp, agent = agents_of(caller, tenant, office, subject="local"), tenant.person()
    assert act(exchange(office, idp.assertion(sub=agent.sub))) == {"sub": agent.sub}


@spec("RFC8693-4.4")
def test_they_can_be_what_may_act_asks_for(caller: Caller, office: Middle, idp: Federation) -> None:
    named = {"iss": idp.trusted.issuer, "sub": "agent-7"}
    subject = resign_as_server(caller, office.token(), may_act=named)
    assert act(exchange(office, idp.assertion(sub="agent-7"), subject_token=subject)) == named
    answer = exchange(office, idp.assertion(sub="agent-8"), subject_token=subject)
    assert_json_error(answer, "invalid_request")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": 1}, "assertion_expired"),
    "for another server": ({"aud": "https://other.example"}, "assertion_audience"),
    "without a name of its own": ({"jti": None}, "assertion_jti"),
    "about nobody": ({"sub": None}, "assertion_subject"),
    "of an issuer nobody trusts": ({"iss": "https://evil.example"}, "assertion_issuer"),
    "of one who acts for another": ({"act": {"sub": "a"}}, "actor_acts_for_another"),
    "bound to a key": ({"cnf": {"jkt": "a"}}, "assertion_bound"),
}


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize("case", REFUSED)
def test_an_assertion_that_does_not_hold_is_refused(
    office: Middle, idp: Federation, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = REFUSED[case]
    subject, assertion = office.token(), idp.assertion(**changes)
    with nothing_written(stack):
        answer = exchange(office, assertion, subject_token=subject)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, subject, assertion)["reason"] == reason


@spec("RFC8693-2.2.2")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"clients": ("another",)}, "assertion_client"), ({"id_jag": True}, "assertion_type")],
    ids=["for another client", "an identity grant"],
)
def test_an_issuer_that_is_trusted_for_something_else_is_refused(
    caller: Caller, tenant: Tenant, office: Middle, capsys: pytest.CaptureFixture[str],
    *, changes: dict[str, Any], reason: str,
) -> None:  # fmt: skip
    assertion = agents_of(caller, tenant, office, **changes).assertion()
    assert_json_error(exchange(office, assertion), "invalid_request")
    assert last_log(capsys, assertion)["reason"] == reason


@spec("RFC7523-3")
def test_it_is_good_once_and_a_refusal_spends_nothing(
    office: Middle, idp: Federation, capsys: pytest.CaptureFixture[str]
) -> None:
    assertion, subject = idp.assertion(), office.token()
    answer = exchange(office, assertion, subject_token=subject, scope="pay:write")
    assert_json_error(answer, "invalid_scope")
    answers = at_once(lambda: exchange(office, assertion, subject_token=subject), 5)
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400, 400]
    capsys.readouterr()
    assert_json_error(exchange(office, assertion, subject_token=subject), "invalid_request")
    assert last_log(capsys, assertion)["reason"] == "assertion_replayed"


@spec("RFC7523-3")
def test_one_assertion_is_not_both_subject_and_actor(office: Middle, idp: Federation) -> None:
    assertion, other = idp.assertion(), idp.assertion()
    fields = {"subject_token": assertion, "subject_token_type": JWT}
    assert_json_error(exchange(office, assertion, **fields), "invalid_request")
    # Nor was it used up by that: it is the subject here, and another one the actor.
    assert act(exchange(office, other, **fields)) == {"iss": idp.trusted.issuer, "sub": "alice"}
