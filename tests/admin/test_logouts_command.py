"""Logouts that clients could not be told of, from the command line: seen, told once more, given up."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.admin.conftest import Run

SINCE = 1_767_225_600


@pytest.fixture(autouse=True)
def empty(stack: LocalStack) -> Iterator[None]:
    """No dead letter is another test's, and none is left; nothing waits."""
    stack.later.forget()
    stack.queues.clear()
    yield
    stack.later.forget()
    stack.queues.clear()


def leave(stack: LocalStack, client_id: str = "notes", *, since: int = SINCE, **body: Any) -> dict[str, Any]:
    """What Lambda leaves of a client's last try."""
    notice = {"client_id": client_id, "sub": "ada", "sid": "s", "logged_out_at": since, "attempt": 6}
    record = {"requestPayload": {"notice": notice}, "responsePayload": {"errorType": "Undelivered"}, **body}
    stack.queues.put(stack.template.queues[0].arn, json.dumps(record))
    return notice


def test_the_list_shows_who_missed_what_and_leaves_it_there(run: Run, stack: LocalStack) -> None:
    leave(stack, "later", since=SINCE + 60)
    leave(stack, "notes")
    for _ in range(2):
        lines = run("logouts", "list").out.splitlines()
        assert lines[0].split() == ["client", "sub", "signed", "out", "why"]
        assert [line.split()[0] for line in lines[2:]] == ["notes", "later"]
        assert "Undelivered" in lines[2]
        assert all(len(line) <= 80 for line in lines)
    assert len(stack.queues.bodies()) == 2


def test_where_nobody_missed_anything_it_says_so(run: Run) -> None:
    assert run("logouts", "list").said == "No client missed a logout."
    assert run("logouts", "resend").said == "No client missed a logout."
    assert run("logouts", "list", "--json").json == {"logouts": []}


def test_resending_begins_with_the_first_try_and_ends_the_dead_letter(run: Run, stack: LocalStack) -> None:
    notice = leave(stack)
    leave(stack, "another")
    assert run("logouts", "resend", "--client", "notes").said == "1 logout is being told once more."
    (due,) = stack.later.waiting()
    assert due.event == {"notice": {**notice, "attempt": 1}}
    assert [one["requestPayload"]["notice"]["client_id"] for one in stack.queues.bodies()] == ["another"]


def test_a_session_of_which_nobody_was_told_is_resent_whole(run: Run, stack: LocalStack) -> None:
    event = {"sessions": [{"sub": "ada", "sid": "s"}], "logged_out_at": SINCE}
    leave(stack, requestPayload=event, responsePayload={"errorType": "Refusal"})
    assert "(all of a session)" in run("logouts", "list").out
    run("logouts", "resend")
    assert [due.event for due in stack.later.waiting()] == [event]


def test_what_the_scheduler_could_not_hand_over_is_read_as_well(run: Run, stack: LocalStack) -> None:
    notice = {"client_id": "notes", "sub": "ada", "logged_out_at": SINCE, "attempt": 3}
    stack.queues.put(stack.template.queues[0].arn, json.dumps({"notice": notice}))
    assert "not invoked" in run("logouts", "list").out
    run("logouts", "resend")
    assert [due.event for due in stack.later.waiting()] == [{"notice": {**notice, "attempt": 1}}]


def test_discarding_asks_first(run: Run, stack: LocalStack) -> None:
    leave(stack)
    ran = run("logouts", "discard", typed="no\n", code=1)
    assert "never told" in ran.said
    assert len(stack.queues.bodies()) == 1
    assert run("logouts", "discard", "--yes").said == "1 logout was given up."
    assert stack.queues.bodies() == []
    assert stack.later.waiting() == []


def test_there_may_be_more_than_one_answer_of_the_queue_holds(run: Run, stack: LocalStack) -> None:
    for number in range(23):
        leave(stack, f"client-{number}", since=SINCE + number)
    assert len(run("logouts", "list", "--json").json["logouts"]) == 23
    assert run("logouts", "resend").said == "23 logouts are being told."
    assert stack.queues.bodies() == []


def test_who_an_operator_signs_out_is_signed_out_at_every_client(run: Run, stack: LocalStack) -> None:
    made = run("users", "create", f"grace{time.time_ns()}@example.com", "--no-password", "--json").json
    sub, password = made["sub"], "correct horse battery staple, another"
    for words, typed in (
        (["sign-out", sub], ""),
        (["set-password", sub, "--password-stdin"], password),
        (["disable", sub, "--yes"], ""),
        (["delete", sub, "--yes"], ""),
    ):
        run("users", *words, typed=typed)
        (due,) = stack.later.waiting()
        assert due.event["sessions"] == [{"sub": sub, "sid": None}], words
        assert abs(due.event["logged_out_at"] - time.time()) < 60
        stack.later.forget()
