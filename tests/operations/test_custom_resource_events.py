"""The function itself: whom it answers, in what time, and what it says of faults of its own."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

from chalicelib.aws.response_url import NotDelivered
from infra.local.stack import LambdaContext, LocalStack
from tests.operations.conftest import Records, Secrets, client
from tests.support.cloudformation import CloudFormation
from tests.support.environment import changed_environment
from tests.support.faults import FaultyService
from tests.support.scripted import ScriptedService, refuses, says, waits

STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/app/0a1b2c3d"
SAID = "Something went wrong in Keyturn. Its log has the reason under the request "


def event(stack: LocalStack, **members: Any) -> dict[str, Any]:
    request_id = str(uuid.uuid4())
    whole = {
        "RequestType": "Create",
        "RequestId": request_id,
        "StackId": STACK,
        "ResourceType": "Custom::KeyturnClient",
        "LogicalResourceId": "Export",
        "ResponseURL": f"{stack.s3_endpoint}/{request_id}",
        "ResourceProperties": client()["Properties"],
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def function() -> Any:
    """The module as this process has it now: a stack that starts loads it anew."""
    return import_module("chalicelib.operations.custom_resources")


def answer(stack: LocalStack, event: dict[str, Any], *, seconds: float = 29) -> dict[str, Any]:
    """What the function tells CloudFormation, with so much of its time left."""
    context = LambdaContext("CustomResources", deadline=time.monotonic() + seconds)
    function().handler(event, context)
    body = stack.response_bucket.take("/" + event["RequestId"], within=5)
    assert body is not None
    told: dict[str, Any] = json.loads(body)
    return told


@contextmanager
def failing(stack: LocalStack, service: str) -> Iterator[FaultyService]:
    """A service that can be told to fail, in front of the stack's own."""
    upstream = stack.secrets_manager_endpoint if service == "SECRETS_MANAGER" else stack.dynamodb_endpoint
    with (
        FaultyService(upstream) as faulty,
        changed_environment(**{f"AWS_ENDPOINT_URL_{service}": faulty.endpoint}),
    ):
        yield faulty


@pytest.mark.parametrize(
    "changes",
    [
        {"ResponseURL": None},
        {"ResponseURL": 1},
        {"RequestType": "Read"},
        {"RequestType": ["Create"]},
        {"RequestId": ""},
        {"StackId": None},
        {"LogicalResourceId": {}},
        {"ResourceType": None},
        {"ResourceProperties": "text"},
        {"PhysicalResourceId": "of-a-creation"},
        {"RequestType": "Delete"},
        {"RequestType": "Update", "PhysicalResourceId": 1},
    ],
)
def test_what_is_no_event_is_answered_by_nobody(
    stack: LocalStack, records: Records, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = records.ids()
    stack.invoke("custom_resources", event(stack, **changes))
    assert records.ids() == before
    logged = json.loads(capsys.readouterr().out)
    assert (logged["outcome"], logged["fault"]) == ("refused", "UnfitEvent")
    assert logged["why"] in changes or logged["why"] == "PhysicalResourceId"


@pytest.mark.parametrize("whole", [None, [], "event", {}, {"requestContext": {}}])
def test_anything_at_all_is_taken_without_a_fault(stack: LocalStack, whole: Any) -> None:
    del stack
    function().handler(whole, LambdaContext("CustomResources"))


@pytest.mark.parametrize("name", ["9bR1tfdGdt3Y7cZPA6yQ4w", "https://app.example/metadata", "a/b", "a b"])
def test_no_name_is_taken_from_an_event_that_a_template_could_not_give(
    stack: LocalStack, records: Records, name: str
) -> None:
    before = records.ids()
    told = answer(stack, event(stack, RequestType="Update", PhysicalResourceId=name))
    assert (told["Status"], told["Reason"][:12], records.ids()) == ("FAILED", "client_id is", before)


def test_nothing_is_done_for_whoever_wants_the_answer_elsewhere(
    stack: LocalStack, records: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    before = records.ids()
    with ScriptedService([says(b"")]) as elsewhere:
        stack.invoke("custom_resources", event(stack, ResponseURL=elsewhere.endpoint + "/here"))
        assert elsewhere.asked == []
    assert records.ids() == before
    assert json.loads(capsys.readouterr().out)["fault"] == "UnfitResponseUrl"


def test_a_fault_of_ours_is_told_in_a_sentence_without_what_is_inside(
    stack: LocalStack, records: Records, capsys: pytest.CaptureFixture[str]
) -> None:
    before = records.ids()
    denied = refuses("AccessDeniedException")
    with (
        ScriptedService([denied]) as service,
        changed_environment(AWS_ENDPOINT_URL_SECRETS_MANAGER=service.endpoint),
    ):
        asked = event(stack)
        told = answer(stack, asked)
    assert told["Status"] == "FAILED"
    assert told["Reason"].startswith(SAID + asked["RequestId"])
    assert "AccessDenied" not in json.dumps(told)
    assert records.ids() == before
    logged = json.loads(capsys.readouterr().out)
    assert (logged["outcome"], logged["fault"]) == ("fault", "Refusal")


@pytest.mark.parametrize("service", ["SECRETS_MANAGER", "DYNAMODB"])
@pytest.mark.parametrize("kind", ["throttled", "silent"])
def test_a_busy_or_silent_service_fails_the_resource_before_the_functions_own_time_ends(
    stack: LocalStack, service: str, kind: Any
) -> None:
    """The function has 10 seconds, keeps 9 of them for its answer, and so works for one."""
    with failing(stack, service) as faulty, faulty.failing(kind):
        told = answer(stack, event(stack), seconds=10)
    assert (told["Status"], told["Reason"]) == ("FAILED", function().BUSY)
    if kind == "silent":
        # Three times, were there no end.
        assert len(faulty.calls) <= 1


def test_a_creation_whose_last_write_failed_is_cleaned_up_by_the_deletion_that_follows(
    stack: LocalStack, secrets: Secrets, records: Records
) -> None:
    before = secrets.names(), records.ids()
    with failing(stack, "DYNAMODB") as faulty, faulty.failing("unavailable", "PutItem"):
        told = answer(stack, event(stack), seconds=12)
    assert told["Status"] == "FAILED"
    assert secrets.names() != before[0]
    name = told["PhysicalResourceId"]
    assert answer(stack, event(stack, RequestType="Delete", PhysicalResourceId=name))["Status"] == "SUCCESS"
    assert (secrets.names(), records.ids()) == before


def test_a_replacement_that_failed_leaves_nothing_of_the_new_client(
    app: CloudFormation, stack: LocalStack, secrets: Secrets, records: Records
) -> None:
    app.create({"Export": client(client_id="replaced-1")})
    before = secrets.names(), records.ids()
    with failing(stack, "DYNAMODB") as faulty, faulty.failing("unavailable", "PutItem"):
        status = app.update({"Export": client(client_id="replaced-2")})
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert (app.ref("Export"), secrets.names(), records.ids()) == ("replaced-1", *before)
    app.delete()


def test_a_rollback_that_failed_leaves_the_client_it_would_have_gone_back_to(
    app: CloudFormation, stack: LocalStack, records: Records
) -> None:
    template = {"Export": client(client_id="kept-1")}
    app.create(template)
    back = event(
        stack,
        RequestType="Update",
        StackId=app.stack_id,
        PhysicalResourceId="kept-2",
        ResourceProperties=template["Export"]["Properties"],
        OldResourceProperties=client(client_id="kept-2")["Properties"],
    )
    with failing(stack, "SECRETS_MANAGER") as faulty, faulty.failing("unavailable", "GetSecretValue"):
        assert answer(stack, back)["Status"] == "FAILED"
    assert records.client("kept-1")
    assert answer(stack, back)["PhysicalResourceId"] == "kept-1"
    app.delete()


def test_an_answer_that_was_lost_is_made_up_for_by_lambdas_next_try(
    stack: LocalStack, secrets: Secrets, records: Records
) -> None:
    before = secrets.names(), records.ids()
    lost = [refuses("InternalError", 503)] * 8
    with (
        ScriptedService([*lost, says(b"", checked=False)]) as bucket,
        changed_environment(AWS_ENDPOINT_URL_S3=bucket.endpoint),
    ):
        asked = event(stack, ResponseURL=f"{bucket.endpoint}/answer")
        with pytest.raises(NotDelivered):
            function().handler(asked, LambdaContext("CustomResources"))
        function().handler(asked, LambdaContext("CustomResources"))
        bodies = {one.body for one in bucket.asked}
    (body,) = bodies
    told = json.loads(body)
    assert told["Status"] == "SUCCESS"
    assert len(records.ids() - before[1]) == len(secrets.names() - before[0]) == 1
    answer(stack, event(stack, RequestType="Delete", PhysicalResourceId=told["PhysicalResourceId"]))
    assert (secrets.names(), records.ids()) == before


def test_what_was_made_without_cloudformation_learning_of_it_is_removed_with_the_resource(
    app: CloudFormation, stack: LocalStack, secrets: Secrets, records: Records
) -> None:
    """The answer never came: CloudFormation makes a name up, and has that deleted."""
    before = secrets.names(), records.ids()
    app.provider.patience = 0.01
    app.provider.invoke = lambda event: stack.invoke(
        "custom_resources", {**event, "ResponseURL": f"{stack.s3_endpoint}/lost"}
    )
    for properties in ({}, {"client_id": "lost"}):
        app.create({"Export": client(**properties)})
        assert (secrets.names(), records.ids()) == before
        app.resources.clear()


def test_a_silent_bucket_is_waited_for_no_longer_than_the_function_has(stack: LocalStack) -> None:
    with ScriptedService([waits]) as bucket, changed_environment(AWS_ENDPOINT_URL_S3=bucket.endpoint):
        asked = event(
            stack, RequestType="Delete", PhysicalResourceId="gone", ResponseURL=f"{bucket.endpoint}/answer"
        )
        context = LambdaContext("CustomResources", deadline=time.monotonic() + 1.5)
        with pytest.raises(NotDelivered):
            function().handler(asked, context)
        # Eight times, were there no end.
        assert len(bucket.asked) <= 2


def test_an_answer_of_any_script_and_length_fits(stack: LocalStack) -> None:
    told = answer(stack, event(stack, ResourceType="Custom::" + "🗝" * 2000))
    assert told["Status"] == "FAILED"
    assert len(json.dumps(told, ensure_ascii=False).encode()) < 4096
