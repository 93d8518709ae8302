"""One-time schedules of EventBridge Scheduler: an event for a function, at a time to come."""

import json
import time
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.connections import scheduler
from chalicelib.aws.http_connections import NoAnswer, Reply
from chalicelib.aws.refusal import Refusal
from chalicelib.aws.service import OK
from chalicelib.aws.signature import Credentials
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.record import Record

EXISTS = "ConflictException"
# Seconds for which the scheduler goes on where Lambda does not take an event.
MAX_AGE = 86_400


class Schedules(Record, kw_only=True):
    """The schedules of one group, whose events are all for one function: by its ARN, invoked as a role that
    may put what fails for good into a queue of dead letters.
    """

    group: str
    function: str
    role: str
    dead_letters: str

    def at(self, moment: int, event: Mapping[str, Any], *, name: str) -> None:
        """Has the function get the event in the minute that begins then (seconds since the epoch), once at
        least. `name` (64 letters, digits, - and _) is of one event: a second time it changes nothing.

        Raises TemporarilyUnavailable, and Refusal for what cannot be waited out.
        """
        members = {
            "ActionAfterCompletion": "DELETE",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "GroupName": self.group,
            "ScheduleExpression": f"at({time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(moment))})",
            "Target": {
                "Arn": self.function,
                "DeadLetterConfig": {"Arn": self.dead_letters},
                "Input": json.dumps(event, separators=(",", ":")),
                "RetryPolicy": {"MaximumEventAgeInSeconds": MAX_AGE},
                "RoleArn": self.role,
            },
        }
        body = json.dumps(members, separators=(",", ":")).encode()
        try:
            scheduler().ask("CreateSchedule", body, read=_read, path=f"/schedules/{name}")
        except NoAnswer as error:
            raise TemporarilyUnavailable(
                "The scheduler did not answer. Try again.", reason="aws_timeout"
            ) from error
        except Refusal as refusal:
            if refusal.code == EXISTS:
                return
            if refusal.transient:
                raise TemporarilyUnavailable(
                    "The scheduler is busy. Try again.", reason="aws_throttled"
                ) from refusal
            raise


def _read(reply: Reply, credentials: Credentials) -> None:
    if reply.status != OK:
        code = reply.headers.get("x-amzn-errortype") or str(reply.status)
        raise Refusal(reply.status, {"__type": code}, date=reply.headers.get("date"), credentials=credentials)
