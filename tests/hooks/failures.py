"""All that a hook can do wrong, on a real socket, and what the log calls it."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import pytest

from tests.hooks.conftest import HOOK, NOTHING
from tests.support.environment import changed_environment
from tests.support.http import Answer
from tests.support.refusal import assert_json_error
from tests.support.scripted import ScriptedService, Step, breaks_off, cuts, says, waits

ADDS = {"version": 1, "claims": {"access_token": {"roles": []}}}
VETO = {"version": 1, "veto": {"reason": "no"}}
THROWS = says(
    {"errorType": "KeyError", "errorMessage": "'s3cr3t'"}, checked=False, x_amz_function_error="Unhandled"
)
# What answers, and what the log says of it.
Failure = tuple[Step, str]
FAILURES: dict[str, Failure] = {
    "throws": (THROWS, "failed"),
    "takes longer than it may": (
        says(
            {"errorMessage": "Task timed out after 2.00 seconds"},
            checked=False,
            x_amz_function_error="Unhandled",
        ),
        "failed",
    ),
    "is cut off": (cuts, "no_answer"),
    "breaks off": (breaks_off({**ADDS, "more": "x" * 100}, checked=False), "no_answer"),
    "is throttled": (says({}, 429, checked=False, x_amzn_errortype="TooManyRequestsException"), "throttled"),
    "was deleted": (says({}, 404, checked=False, x_amzn_errortype="ResourceNotFoundException"), "not_found"),
    "is another account's": (
        says({}, 403, checked=False, x_amzn_errortype="AccessDeniedException"),
        "forbidden",
    ),
    "is not ready": (says({}, 409, checked=False, x_amzn_errortype="SnapStartNotReadyException"), "refused"),
    "answers nothing": (says(b"", checked=False), "answer_malformed"),
    "answers null": (says(b"null", checked=False), "answer_malformed"),
    "answers no JSON": (says(b"<html>", checked=False), "answer_malformed"),
    "answers very much": (says(b'{"version": 1}' + b" " * 3_000_000, checked=False), "too_large"),
    "answers very deep": (says(b'{"version":1,"claims":' + b"[" * 9_000, checked=False), "answer_malformed"),
    "says a thing twice": (
        says(b'{"version": 1, "claims": {}, "claims": {}}', checked=False),
        "answer_malformed",
    ),
    "is of another version": (says({**ADDS, "version": 2}, checked=False), "answer_version"),
    "says who it is about": (
        says({"version": 1, "claims": {"access_token": {"Sub": "root"}}}, checked=False),
        "claim_reserved",
    ),
    "names a claim oddly": (
        says({"version": 1, "claims": {"access_token": {"\u0455ub": "root"}}}, checked=False),
        "claim_name",
    ),
    "adds too much": (
        says({"version": 1, "claims": {"id_token": {"a": "x" * 4_000}}}, checked=False),
        "claims_too_large",
    ),
    "adds a number no parser agrees on": (
        says({"version": 1, "claims": {"access_token": {"a": 2**60}}}, checked=False),
        "claim_value",
    ),
}
failures = pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
# One that never answers, and how long it is waited for then.
SILENT: Failure = (waits, "no_answer")
SHORT = {"POLICY_HOOK_TIMEOUT": "1"}
# Otherwise a machine may be slow to answer.
LONG = {"POLICY_HOOK_TIMEOUT": "5"}


class Script:
    """In place of Lambda: from now on `step` answers."""

    def __init__(self) -> None:
        self.step: Step = says(NOTHING, checked=False)
        self.service = ScriptedService([self._answer])

    def _answer(self, connection: socket) -> bool:
        return self.step(connection)


@contextmanager
def scripted(**settings: str) -> Iterator[Script]:
    script = Script()
    with (
        script.service as service,
        changed_environment(
            **{"POLICY_HOOK": HOOK, "AWS_ENDPOINT_URL_LAMBDA": service.endpoint, **LONG, **settings}
        ),
    ):
        yield script


def assert_unavailable(answer: Answer) -> None:
    assert_json_error(answer, "temporarily_unavailable", status=503)
    assert answer.headers["retry-after"] == "2"
