"""The tenant's key rotation, as the command line has it act."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.admin.refused import CommandRefused


def invoker(client: Callable[[], Any], function: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Invokes the key rotation and waits for its answer. Raises CommandRefused."""

    def invoke(event: Mapping[str, Any]) -> dict[str, Any]:
        if not function:
            raise CommandRefused("This stack has no key rotation yet. Deploy the current release.")
        answer = client().invoke(FunctionName=function, Payload=json.dumps(event))
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            why = document.get("errorMessage") or document.get("errorType") or "no reason given"
            raise CommandRefused(
                f"The key rotation failed: {why} What it began, it finishes in its next run: within six "
                "hours, or when this is run again in a quarter of an hour."
            )
        return document

    return invoke
