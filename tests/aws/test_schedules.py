"""One-time schedules: asked for as botocore would, once under one name, refusals told apart."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import botocore.session
import pytest

from chalicelib.aws.refusal import Refusal
from chalicelib.aws.schedules import Schedules
from chalicelib.aws.signature import Credentials, signed_headers
from chalicelib.protocol.errors import TemporarilyUnavailable
from tests.aws.outcomes import ANY
from tests.aws.test_invocations import refuses
from tests.aws.test_signature import Sent
from tests.support.environment import changed_environment
from tests.support.scripted import ScriptedService, Step, cuts, says

MOMENT = 1_767_225_600
MADE = says({"ScheduleArn": "arn"}, checked=False)
SCHEDULES = Schedules(
    group="keyturn-logouts",
    function="arn:aws:lambda:eu-west-1:111122223333:function:keyturn-logouts",
    role="arn:aws:iam::111122223333:role/retries",
    dead_letters="arn:aws:sqs:eu-west-1:111122223333:letters",
)


@contextmanager
def answering(*steps: Step) -> Iterator[ScriptedService]:
    with (
        ScriptedService(steps) as scripted,
        changed_environment(**ANY, AWS_ENDPOINT_URL_SCHEDULER=scripted.endpoint),
    ):
        yield scripted


def ask() -> None:
    SCHEDULES.at(MOMENT, {"notice": {"client_id": "a"}}, name="a" * 64)


def test_it_is_asked_for_and_signed_as_botocore_does() -> None:
    client = botocore.session.get_session().create_client(
        "scheduler",
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
    )

    def stop(request: Any, **_: Any) -> None:
        raise Sent(request)

    with answering(MADE) as scripted:
        ask()
    (asked,) = scripted.asked
    members = json.loads(asked.body)
    client.meta.events.register("before-send.*.*", stop)
    with closing(client), pytest.raises(Sent) as caught:
        # It knows every member and its type, and refuses what the service does not have.
        client.create_schedule(Name="a" * 64, **members)
    (request,) = caught.value.args
    theirs = json.loads(request.body)
    theirs.pop("ClientToken")
    assert theirs == members
    assert asked.line == f"POST {request.url.removeprefix('http://127.0.0.1:9')} HTTP/1.1"
    headers = {
        name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()
    }
    ours = signed_headers(
        request.body if isinstance(request.body, bytes) else request.body.encode(),
        host="127.0.0.1:9",
        service="scheduler",
        region="eu-west-1",
        target=None,
        content_type=headers["Content-Type"],
        credentials=Credentials("AKID", "secret"),
        timestamp=headers["X-Amz-Date"],
        path=request.url.removeprefix("http://127.0.0.1:9"),
    )
    assert ours["Authorization"] == headers["Authorization"]


def test_it_says_when_in_utc_for_whom_and_what_becomes_of_it() -> None:
    with answering(MADE) as scripted:
        ask()
    members = json.loads(scripted.asked[0].body)
    assert members["ScheduleExpression"] == "at(2026-01-01T00:00:00)"
    assert members["ActionAfterCompletion"] == "DELETE"
    assert members["GroupName"] == "keyturn-logouts"
    target = members["Target"]
    assert json.loads(target["Input"]) == {"notice": {"client_id": "a"}}
    assert (target["Arn"], target["RoleArn"]) == (SCHEDULES.function, SCHEDULES.role)
    assert target["DeadLetterConfig"] == {"Arn": SCHEDULES.dead_letters}


def test_what_was_made_already_is_made() -> None:
    with answering(refuses("ConflictException", 409)) as scripted:
        ask()
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("step", [refuses("ThrottlingException", 429), refuses("Internal", 500), cuts])
def test_what_can_be_waited_out_is_tried_again_and_then_told(step: Step) -> None:
    with answering(step, MADE) as scripted:
        ask()
    assert len(scripted.asked) == 2
    with answering(*[step] * 3), pytest.raises(TemporarilyUnavailable):
        ask()


@pytest.mark.parametrize("name", ["AccessDeniedException", "ValidationException"])
def test_what_can_not_be_waited_out_is_told_as_it_is(name: str) -> None:
    with answering(refuses(name, 403)), pytest.raises(Refusal) as refused:
        ask()
    assert refused.value.code == name
