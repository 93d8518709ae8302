"""What a request to EventBridge Scheduler touches: the schedule, and the role that it is given.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon EventBridge Scheduler" and
"... for AWS Identity and Access Management".
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.http_request import HttpRequest
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/"
_SCHEDULE = re.compile(r"/schedules/([^/?]+)")
_MEMBERS = {
    "ActionAfterCompletion",
    "FlexibleTimeWindow",
    "GroupName",
    "Name",
    "ScheduleExpression",
    "Target",
}


def scheduler_operation(request: HttpRequest) -> tuple[str, Mapping[str, Any]]:
    """The operation a request asks for, and its members: the scheduler's are named by method and path.

    Any other than CreateSchedule is named by these.
    """
    match = _SCHEDULE.fullmatch(request.target)
    if match is None or request.method != "POST":
        return f"{request.method} {request.target}", {}
    try:
        members = json.loads(request.body)
    except ValueError:
        raise UnknownAccessError("a body that is no JSON") from None
    return "CreateSchedule", {**members, "Name": unquote(match[1])}


def scheduler_accesses(operation: str, members: Mapping[str, Any]) -> list[Access]:
    """What the operation touches. Raises UnknownAccessError for what cannot be told."""
    if operation != "CreateSchedule" or set(members) - _MEMBERS:
        raise UnknownAccessError("what this touches")
    try:
        group, role = str(members.get("GroupName") or "default"), str(members["Target"]["RoleArn"])
    except (KeyError, TypeError):
        raise UnknownAccessError("a CreateSchedule of this shape") from None
    service = {"iam:PassedToService": ("scheduler.amazonaws.com",)}
    return [
        Access("scheduler:CreateSchedule", f"{_ARN}{group}/{members['Name']}"),
        Access("iam:PassRole", role, service),
    ]
