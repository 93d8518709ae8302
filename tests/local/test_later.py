"""What AWS does later, on a laptop: in order, tried again as Lambda does, and left as a dead letter."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.functions import EmbeddedLambda
from infra.local.http_server import Application, LoopbackServer
from infra.local.later import EmbeddedScheduler, Later
from infra.local.queues import EmbeddedQueues
from infra.local.resources import Function, Queue
from infra.local.template import ACCOUNT, REGION

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:stack-worker"
QUEUE = Queue("Letters", f"arn:aws:sqs:{REGION}:{ACCOUNT}:letters", "https://sqs.local/0/letters")
WORKER = Function("Worker", "a.worker.handler", {}, name="stack-worker", on_failure=QUEUE.arn)
NOW = 1_767_225_600


class World:
    """A function that notes what it got, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.failures = 0
        self.ran = threading.Event()
        self.queues = EmbeddedQueues((QUEUE,))
        self.later = Later(self.invoke, self.queues)
        self.functions = EmbeddedLambda((WORKER,), self.invoke, later=self.later.put)
        self.scheduler = EmbeddedScheduler(self.later, self.functions.find)

    def invoke(self, name: str, event: Any) -> Any:
        self.got.append((name, event))
        self.ran.set()
        if self.failures:
            self.failures -= 1
            raise ValueError("No.")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def served() -> Iterator[Any]:
    """Makes a boto3 client of an application."""
    servers = []

    def serve(service: str, application: Application) -> Any:
        server = LoopbackServer()
        server.start(application)
        servers.append(server)
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{server.port}",
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    yield serve
    for server in servers:
        server.close()


def test_events_run_in_their_order_and_none_before_its_time(world: World) -> None:
    for at, event in ((NOW + 60, "second"), (NOW, "first"), (NOW + 120, "third")):
        world.later.put(WORKER, event, at=at)
    assert world.later.run(NOW - 1) == 0
    assert world.later.run(NOW + 60) == 2
    assert [event for _, event in world.got] == ["first", "second"]
    assert [due.event for due in world.later.waiting()] == ["third"]


@pytest.mark.parametrize("failures", [1, 2])
def test_what_fails_runs_again_after_a_minute_and_two_more(world: World, failures: int) -> None:
    world.failures = failures
    world.later.put(WORKER, {}, at=NOW)
    assert world.later.run(NOW + 59) == 1
    assert world.later.run(NOW + 60) == 1
    assert world.later.run(NOW + 180) == failures - 1
    assert len(world.got) == failures + 1
    assert world.queues.bodies() == []


def test_what_fails_three_times_is_in_the_queue_with_its_event(world: World) -> None:
    world.failures = 3
    world.later.put(WORKER, {"a": 1}, at=NOW)
    world.later.run(NOW + 3600)
    (letter,) = world.queues.bodies()
    assert letter["requestPayload"] == {"a": 1}
    assert letter["requestContext"]["approximateInvokeCount"] == 3
    assert letter["responsePayload"] == {"errorType": "ValueError", "errorMessage": "No."}


def test_an_event_left_with_lambda_waits_and_an_invocation_runs(world: World, served: Any) -> None:
    client = served("lambda", world.functions)
    with closing(client):
        answer = client.invoke(FunctionName=ARN, InvocationType="Event", Payload=b'{"a": 1}')
        assert answer["StatusCode"] == 202
        assert world.got == []
        client.invoke(FunctionName=ARN, Payload=b'{"b": 2}')
    assert world.got == [("Worker", {"b": 2})]
    assert world.later.run() == 1
    assert world.got[1] == ("Worker", {"a": 1})


def schedule(client: Any, **changes: Any) -> Any:
    members = {
        "Name": "one",
        "ScheduleExpression": "at(2026-01-01T00:00:00)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": ARN, "RoleArn": "arn:aws:iam::0:role/retries", "Input": '{"a": 1}'},
        **changes,
    }
    return client.create_schedule(**members)


def test_a_schedule_runs_at_its_time_and_its_name_is_taken(world: World, served: Any) -> None:
    client = served("scheduler", world.scheduler)
    with closing(client):
        schedule(client)
        with pytest.raises(ClientError, match="ConflictException"):
            schedule(client)
    assert world.later.run(NOW - 1) == 0
    assert world.later.run(NOW) == 1
    assert world.got == [("Worker", {"a": 1})]


@pytest.mark.parametrize(
    "changes",
    [
        {"ScheduleExpression": "rate(5 minutes)"},
        {"Target": {"Arn": f"{ARN}-other", "RoleArn": "arn:aws:iam::0:role/retries", "Input": "{}"}},
    ],
)
def test_what_is_no_one_time_schedule_for_a_function_is_refused(
    world: World, served: Any, changes: Any
) -> None:
    client = served("scheduler", world.scheduler)
    with closing(client), pytest.raises(ClientError, match="ValidationException"):
        schedule(client, **changes)


def test_messages_are_hidden_while_they_are_looked_at_and_deleted_by_their_receipt(
    world: World, served: Any
) -> None:
    client = served("sqs", world.queues)
    with closing(client):
        body = json.dumps({"a": 1})
        sent = client.send_message(QueueUrl=QUEUE.url, MessageBody=body)
        assert sent["MD5OfMessageBody"] == hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        world.queues.put(QUEUE.arn, "{}")
        (first,) = client.receive_message(QueueUrl=QUEUE.url)["Messages"]
        (second,) = client.receive_message(QueueUrl=QUEUE.url)["Messages"]
        assert (first["Body"], second["Body"]) == (body, "{}")
        assert "Messages" not in client.receive_message(QueueUrl=QUEUE.url)
        client.change_message_visibility(
            QueueUrl=QUEUE.url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0
        )
        client.delete_message(QueueUrl=QUEUE.url, ReceiptHandle=second["ReceiptHandle"])
        attributes = client.get_queue_attributes(QueueUrl=QUEUE.url)["Attributes"]
        assert attributes == {"ApproximateNumberOfMessages": "1"}
        assert len(client.receive_message(QueueUrl=QUEUE.url)["Messages"]) == 1
        with pytest.raises(ClientError):
            client.receive_message(QueueUrl="https://sqs.local/0/another")


def test_while_it_is_started_it_runs_what_is_due_by_itself(world: World) -> None:
    world.later.start()
    world.later.put(WORKER, {})
    try:
        assert world.ran.wait(60)
    finally:
        world.later.close()
    world.later.close()
