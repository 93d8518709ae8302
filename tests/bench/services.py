"""DynamoDB and KMS in a process of their own, so that their CPU time is not the handlers'."""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from infra.local.stack import LocalStack
from infra.local.template import EVERYTHING_ON
from tests.bench.wire import Tap
from tests.support.tenant import API

# What the stack of the bench is made with; the tenant's own audience, so that a token has one.
PARAMETERS = {**EVERYTHING_ON, "DefaultAudience": API}


class Services:
    """The services as a context manager. `environment` is what the handlers must be given."""

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}

    def take(self) -> dict[str, int]:
        """The operations asked for since they were last taken."""
        taken: dict[str, int] = self._ask("take")
        return taken

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - this very file
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.environment = self._ask("environment")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The end of its input is the end of the process.
        self._process.communicate(timeout=30)

    def _ask(self, question: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("The embedded services ended.")
        return json.loads(answer)


def main() -> None:
    """Answers a line of JSON to each line of input, until its end."""
    with LocalStack(parameters=PARAMETERS) as stack:
        tap = Tap().attach(stack)
        for question in sys.stdin:
            answer = stack.environment if question.strip() == "environment" else tap.take()
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
