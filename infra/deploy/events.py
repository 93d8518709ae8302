"""Follows an operation to its end, a line for each resource that is done, and keeps what failed."""

import time
from dataclasses import dataclass
from typing import Any

from infra.deploy.aws import Aws, said_plainly
from infra.deploy.deploy_error import DeployError
from infra.deploy.screen import cut, plain_type, say
from infra.deploy.stack import StackState, describe

# What CloudFormation stopped because something else had failed tells nothing.
_CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
_PATIENCE_S = 120
_SAID = {
    "CREATE_COMPLETE": "created",
    "UPDATE_COMPLETE": "updated",
    "DELETE_COMPLETE": "deleted",
    "DELETE_SKIPPED": "kept",
    "IMPORT_COMPLETE": "imported",
}
_GOES_ON = "What was begun goes on in AWS all the same: run the same command to see how it ended."
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Failure:
    """A resource that failed, in AWS's words."""

    logical_id: str
    kind: str
    status: str
    reason: str


def follow(aws: Aws, stack_id: str, token: str, *, interval_s: float) -> tuple[StackState, list[Failure]]:
    """Prints the events of the operation with this token until the stack is at rest.

    Answers the state it came to rest in and the failures that caused it, first things first. Raises
    DeployError; the operation goes on in AWS then, as it does after Ctrl-C.
    """
    seen: set[str] = set()
    failures: list[Failure] = []
    done = 0
    latest_start = time.monotonic() + _PATIENCE_S
    while True:
        try:
            state = describe(aws, stack_id)
            events = _new_events(aws, stack_id, token, seen)
        except DeployError as error:
            raise DeployError(f"{error} {_GOES_ON}") from None
        for event in events:
            status, kind = event["ResourceStatus"], event["ResourceType"]
            if kind == _STACK:
                continue
            reason = event.get("ResourceStatusReason", "")
            if status.endswith("_IN_PROGRESS"):
                continue
            if reason.startswith(_CANCELLED):
                status = "STOPPED"
            elif status.endswith("_FAILED"):
                failures.append(Failure(event["LogicalResourceId"], kind, status, reason))
            done += 1
            say(_line(done, status, event["LogicalResourceId"], kind))
        # Asked for before the events, so that none of those that led to it is missed. What it rests in before
        # the first event is how the operation before left it.
        begun = bool(seen) or state.status == "DELETE_COMPLETE"
        if begun and not state.busy and state.status != "REVIEW_IN_PROGRESS":
            return state, failures
        if not begun and time.monotonic() > latest_start:
            raise DeployError(
                "CloudFormation did not begin in two minutes. Its console tells whether it did since."
            )
        time.sleep(interval_s)


def _new_events(aws: Aws, stack_id: str, token: str, seen: set[str]) -> list[dict[str, Any]]:
    """The operation's events not seen before, oldest first."""
    found: list[dict[str, Any]] = []
    arguments: dict[str, Any] = {"StackName": stack_id}
    with said_plainly():
        while True:
            page = aws.cloudformation.describe_stack_events(**arguments)
            for event in page["StackEvents"]:
                # An older operation's begin here: the newest come first.
                if event.get("ClientRequestToken") != token or event["EventId"] in seen:
                    return found[::-1]
                seen.add(event["EventId"])
                found.append(event)
            if "NextToken" not in page:
                return found[::-1]
            arguments["NextToken"] = page["NextToken"]


def _line(count: int, status: str, logical_id: str, kind: str) -> str:
    said = cut(_SAID.get(status, status.lower().replace("_", " ")), 14)
    return f"  {count:4}  {said:14}  {cut(logical_id, 32):32}  {cut(plain_type(kind), 22)}"
