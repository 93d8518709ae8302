"""How CloudFormation asks the provider of custom resources, and where it reads the answer."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from infra.local.stack import LocalStack

# Seconds a provider has to answer in, which none that works needs.
PATIENCE = 30.0


@dataclass
class Provider:
    """How events reach the function and answers come back. `deliveries` is how often each event comes;
    an invocation that fails is made again, as Lambda does, twice at most.
    """

    stack: LocalStack
    deliveries: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)
    invoke: Callable[[dict[str, Any]], object] | None = None
    patience: float = PATIENCE

    def ask(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to an event, None where there is none in time."""
        target = f"/{quote(event['StackId'], safe='')}%7C{event['LogicalResourceId']}%7C{event['RequestId']}"
        target += "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0f"
        event = {**event, "ResponseURL": self.stack.s3_endpoint + target}
        self.events.append(event)
        for _ in range(self.deliveries):
            self._deliver(event)
        body = self.stack.response_bucket.take(target, within=self.patience)
        if body is None:
            return None
        assert len(body) <= 4096, "CloudFormation reads no longer answer"
        answer: dict[str, Any] = json.loads(body)
        for member in ("StackId", "RequestId", "LogicalResourceId"):
            assert answer[member] == event[member]
        assert 0 < len(answer["PhysicalResourceId"].encode()) <= 1024
        assert answer["Status"] == "SUCCESS" or answer["Reason"]
        return answer

    def _deliver(self, event: dict[str, Any]) -> None:
        invoke = self.invoke or (lambda event: self.stack.invoke("custom_resources", event))
        for attempt in range(3):
            try:
                invoke(copy.deepcopy(event))
            except Exception:  # noqa: BLE001 - whatever it fails with
                if attempt == 2:  # Lambda gives up, and nobody is told.
                    return
            else:
                return
