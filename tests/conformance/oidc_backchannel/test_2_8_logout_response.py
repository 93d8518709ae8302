"""OpenID Connect Back-Channel Logout section 2.8: what a client answers, and what follows if it does not."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.logout_receiver import AGES, Logouts, Receiver
from tests.support.tenant import Person
from tests.support.traceability import spec

DELAYS = [30, 120, 600, 3_600, 21_600]
NO = "500 Internal Server Error"


@pytest.fixture
def signed_out(
    logouts: Logouts, receiver: Receiver, browser: Browser, person: Person
) -> Callable[..., dict[str, Any]]:
    """Somebody who signed in at one client, and out."""

    def sign_out(**changes: Any) -> dict[str, Any]:
        app = logouts.app(receiver, **changes)
        signed_in = logouts.sign_in(app, browser, person)
        logouts.sign_out(browser, signed_in["token"])
        return {**signed_in, "client": app.client}

    return sign_out


@spec("OIDC-BackChannel-2.8")
@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_a_client_that_took_it_is_told_no_more(
    logouts: Logouts, receiver: Receiver, signed_out: Callable[..., Any], status: str
) -> None:
    receiver.answer(status)
    signed_out()
    logouts.deliver()
    assert len(receiver.tokens) == 1
    assert logouts.stack.later.waiting() == []


@spec("OIDC-BackChannel-2.8")
@pytest.mark.parametrize(
    "status", ["201 Created", "302 Found", "400 Bad Request", "404 Not Found", "429 Too Many", NO, "504 No"]
)
def test_any_other_answer_is_tried_again(
    logouts: Logouts, receiver: Receiver, signed_out: Callable[..., Any], status: str
) -> None:
    receiver.answer(status)
    signed_out()
    before = time.time()
    logouts.deliver()
    (due,) = logouts.stack.later.waiting()
    assert 29 <= due.at - before <= 60
    receiver.answer("200 OK")
    logouts.deliver(within=60)
    assert len(receiver.tokens) == 2
    assert logouts.stack.later.waiting() == []


@spec("OIDC-BackChannel-2.8")
def test_each_try_has_a_fresh_token(
    logouts: Logouts, receiver: Receiver, signed_out: Callable[..., Any]
) -> None:
    receiver.answer(NO)
    client = signed_out()["client"]
    logouts.deliver(within=200)
    claims = [logouts.claims(token, client) for token in receiver.tokens]
    assert len(claims) == 3
    assert len({one["jti"] for one in claims}) == 3
    for one in claims:
        assert one["exp"] - one["iat"] == 120


@spec("OIDC-BackChannel-2.8")
def test_tries_are_further_and_further_apart_and_then_it_is_a_dead_letter(
    logouts: Logouts, receiver: Receiver, signed_out: Callable[..., Any]
) -> None:
    receiver.answer(NO)
    known = len(logouts.stack.queues.bodies())
    told = signed_out()
    logouts.deliver()
    waited = []
    for _ in DELAYS:
        now = time.time()
        (due,) = logouts.stack.later.waiting()
        waited.append(due.at - now)
        logouts.stack.later.run(due.at)
    assert [round(seconds, -1) for seconds in waited] == DELAYS
    # The last one is Lambda's to repeat: twice, and then it leaves it in the queue.
    assert len(receiver.tokens) == 6
    assert len(logouts.stack.queues.bodies()) == known
    logouts.deliver(within=AGES)
    assert len(receiver.tokens) == 8
    assert logouts.stack.later.waiting() == []
    letter = logouts.stack.queues.bodies()[known]
    notice = letter["requestPayload"]["notice"]
    assert (notice["client_id"], notice["sub"], notice["sid"], notice["attempt"]) == (
        told["client"].client_id,
        told["sub"],
        told["sid"],
        6,
    )
    assert "Undelivered" in json.dumps(letter["responsePayload"])


@spec("OIDC-BackChannel-2.8")
def test_a_client_that_does_not_hear_keeps_no_other_from_being_told(
    logouts: Logouts, browser: Browser, person: Person
) -> None:
    deaf, hearing = logouts.receiver(), logouts.receiver()
    deaf.answer(NO)
    logouts.sign_in(logouts.app(deaf), browser, person)
    signed_in = logouts.sign_in(logouts.app(hearing), browser, person)
    logouts.sign_out(browser, signed_in["token"])
    logouts.deliver(within=AGES)
    assert (len(deaf.tokens), len(hearing.tokens)) == (8, 1)


@spec("OIDC-BackChannel-2.8")
def test_a_client_that_has_gone_or_listens_no_more_meanwhile_ends_it(
    logouts: Logouts, receiver: Receiver, signed_out: Callable[..., Any]
) -> None:
    receiver.answer(NO)
    client = signed_out()["client"]
    logouts.deliver()
    logouts.tenant.table("Clients").delete(id=f"client#{client.client_id}")
    logouts.forget_clients()
    logouts.deliver(within=AGES)
    assert len(receiver.tokens) == 1
    assert logouts.stack.later.waiting() == []
