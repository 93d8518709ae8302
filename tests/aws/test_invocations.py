"""Invoking a function: asked as botocore would, waited for as long as is said, its failures told apart."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import botocore.session
import pytest

from chalicelib.aws.invocations import InvocationFailed, invoke, invoke_later
from chalicelib.aws.refusal import Refusal
from chalicelib.aws.signature import Credentials, signed_headers
from chalicelib.call_record import CallRecord, recording
from chalicelib.deadline import deadline, seconds_left
from chalicelib.protocol.errors import TemporarilyUnavailable
from tests.aws.outcomes import ANY
from tests.aws.test_signature import Sent
from tests.support.environment import changed_environment
from tests.support.scripted import ScriptedService, Step, breaks_off, cuts, says, waits

HOOK = "arn:aws:lambda:eu-west-1:111122223333:function:hook"
ALIAS = f"{HOOK}:live"
ANSWER = says({"a": 1}, checked=False)


@contextmanager
def answering(*steps: Step) -> Iterator[ScriptedService]:
    with (
        ScriptedService(steps) as scripted,
        changed_environment(**ANY, AWS_ENDPOINT_URL_LAMBDA=scripted.endpoint),
    ):
        yield scripted


def refuses(name: str, status: int, **headers: str) -> Step:
    return says({"Message": "No."}, status, checked=False, x_amzn_errortype=name, **headers)


def ask(**changes: Any) -> bytes:
    return invoke(**{"function": ALIAS, "payload": b"{}", "seconds": 5.0, "max_bytes": 100, **changes})


def test_what_a_function_answers_is_given_as_it_came() -> None:
    with answering(ANSWER) as scripted:
        assert json.loads(ask(payload=b'{"b":2}')) == {"a": 1}
    (asked,) = scripted.asked
    path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Ahook%3Alive"
    assert asked.line == f"POST {path}/invocations HTTP/1.1"
    assert asked.body == b'{"b":2}'


@pytest.mark.parametrize("body", [b"null", b'"text"', b"[1]", b"no JSON", b""])
def test_an_answer_need_not_be_an_object(body: bytes) -> None:
    with answering(says(body, checked=False)):
        assert ask() == body


@pytest.mark.parametrize("token", [None, "a-session-token"])
@pytest.mark.parametrize("function", [HOOK, ALIAS, "hook", "hook~1/%2F ü"])
@pytest.mark.parametrize("kind", [None, "Event"])
def test_an_invocation_is_signed_as_botocore_signs_it(
    function: str, token: str | None, kind: str | None
) -> None:
    client = botocore.session.get_session().create_client(
        "lambda",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
        aws_session_token=token,
    )

    def stop(request: Any, **_: Any) -> None:
        raise Sent(request)

    # A content type is ours to send.
    client.meta.events.register(
        "before-sign.*.*", lambda request, **_: request.headers.add_header("Content-Type", "application/json")
    )
    client.meta.events.register("before-send.*.*", stop)
    # It refuses what is no name; it is the path that is compared here.
    client.meta.config.parameter_validation = False
    with closing(client), pytest.raises(Sent) as caught:
        client.invoke(
            FunctionName=function, Payload=b"{}", **({} if kind is None else {"InvocationType": kind})
        )
    (request,) = caught.value.args
    theirs = {
        name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
    }
    ours = signed_headers(
        b"{}",
        host="127.0.0.1:9",
        service="lambda",
        region="eu-west-1",
        target=None,
        content_type="application/json",
        credentials=Credentials("AKID", "secret", token),
        timestamp=theirs["X-Amz-Date"],
        path=request.url.removeprefix("http://127.0.0.1:9"),
        invocation_type=kind,
    )
    assert ours["Authorization"] == theirs["Authorization"]


@pytest.mark.parametrize(
    ("steps", "kind", "asked"),
    [
        ([says({"errorMessage": "No."}, checked=False, x_amz_function_error="Unhandled")], "failed", 1),
        ([says({"errorMessage": "No."}, checked=False, x_amz_function_error="Handled")], "failed", 1),
        ([refuses("AccessDeniedException", 403)], "forbidden", 1),
        ([refuses("ResourceNotFoundException", 404)], "not_found", 1),
        ([refuses("ResourceNotFoundException:http://internal.amazon.com/", 404)], "not_found", 1),
        ([refuses("TooManyRequestsException", 429)], "throttled", 3),
        ([refuses("SnapStartNotReadyException", 409)], "refused", 1),
        ([refuses("RequestTooLargeException", 413)], "refused", 1),
        ([says(b"<html>", 502, checked=False)], "refused", 1),
        ([says(b"x" * 101, checked=False)], "too_large", 1),
        ([cuts], "no_answer", 1),
        ([breaks_off({"a": "b" * 50}, checked=False)], "no_answer", 1),
    ],
)
def test_what_is_no_answer_is_told_apart(steps: Sequence[Step], kind: str, asked: int) -> None:
    with answering(*steps) as scripted, pytest.raises(InvocationFailed) as failed:
        ask()
    assert failed.value.kind == kind
    assert len(scripted.asked) == asked


@pytest.mark.parametrize(
    "step", [cuts, breaks_off({"a": "b" * 50}, checked=False), refuses("ServiceException", 500)]
)
def test_what_may_have_run_is_asked_again_only_where_that_is_said(step: Step) -> None:
    with answering(step, ANSWER) as scripted, pytest.raises(InvocationFailed):
        ask()
    assert len(scripted.asked) == 1
    with answering(step, ANSWER) as scripted:
        assert json.loads(ask(repeat=True)) == {"a": 1}
    assert len(scripted.asked) == 2


def test_what_lambda_did_not_run_is_asked_again() -> None:
    with answering(refuses("TooManyRequestsException", 429), ANSWER) as scripted:
        assert json.loads(ask()) == {"a": 1}
    assert len(scripted.asked) == 2


def test_a_function_is_waited_for_as_long_as_is_said_and_no_longer_than_there_is_time() -> None:
    for repeat in (False, True):
        with answering(waits) as scripted, deadline(60):
            with pytest.raises(InvocationFailed, match="no_answer"):
                ask(seconds=0.3, repeat=repeat)
            left = seconds_left()
        assert left is not None
        assert left > 50
        assert len(scripted.asked) == 1
    with answering(waits), deadline(3):
        with pytest.raises(InvocationFailed, match="no_answer"):
            ask(seconds=30)
        left = seconds_left()
        assert left is not None
        assert left > 0


def test_an_invocation_is_written_down() -> None:
    record = CallRecord()
    with answering(refuses("TooManyRequestsException", 429), ANSWER), recording(record):
        ask()
    assert record.made == ["lambda", "lambda"]
    assert record.throttled == ["lambda"]
    assert record.errors == ["lambda:Invoke TooManyRequestsException"]


def test_an_event_is_left_with_lambda() -> None:
    with answering(says(b"", 202, checked=False)) as scripted:
        invoke_later(HOOK, b'{"b":2}')
    (asked,) = scripted.asked
    assert asked.body == b'{"b":2}'
    assert asked.headers["x-amz-invocation-type"] == "Event"


@pytest.mark.parametrize(
    "step", [refuses("TooManyRequestsException", 429), refuses("ServiceException", 500), cuts]
)
def test_an_event_that_may_have_been_taken_is_left_once_more(step: Step) -> None:
    with answering(step, says(b"", 202, checked=False)) as scripted:
        invoke_later(HOOK, b"{}")
    assert len(scripted.asked) == 2


def test_an_event_that_lambda_does_not_take_is_told() -> None:
    busy = refuses("TooManyRequestsException", 429)
    for steps in ([busy] * 3, [cuts] * 3):
        with answering(*steps), pytest.raises(TemporarilyUnavailable):
            invoke_later(HOOK, b"{}")
    with answering(refuses("AccessDeniedException", 403)), pytest.raises(Refusal):
        invoke_later(HOOK, b"{}")
