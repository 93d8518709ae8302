"""The functions under AWS's runtime: what they were given, and that none is left. Only with --stack."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import LocalStack
from infra.stack.instance import InvocationError
from tests.support.http import Caller, HttpTransport

PROC = Path("/proc")


@pytest.fixture(autouse=True)
def deployed(stack: LocalStack, pytestconfig: pytest.Config) -> Any:
    if not pytestconfig.getoption("--stack"):
        pytest.skip("needs --stack, which builds the package")
    return stack


def runtimes() -> dict[str, dict[str, str]]:
    """The environment of every runtime's process that is a descendant of this one, by its function."""
    found = {}
    for process in PROC.glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().split("\0")
            variables = (process / "environ").read_text().split("\0")
        except OSError:
            continue
        environment = dict(one.split("=", 1) for one in variables if "=" in one)
        # The emulator's own process has the same variables but this one, and other stacks another issuer.
        ours = environment.get("ISSUER") == os.environ["ISSUER"]
        if ours and "awslambdaric" in command and "AWS_LAMBDA_RUNTIME_API" in environment:
            found[environment["AWS_LAMBDA_FUNCTION_NAME"]] = environment
    return found


def test_every_function_runs_with_its_own_variables_and_credentials(deployed: Any) -> None:
    for function in deployed.template.functions:
        if function.logical_id not in runtimes():  # it starts at its first event, whatever it makes of this
            with suppress(InvocationError):
                deployed.invoke(function.endpoint, {})
    found = runtimes()
    assert set(found) == {function.logical_id for function in deployed.template.functions}
    for function in deployed.template.functions:
        environment = found[function.logical_id]
        assert function.environment.items() <= environment.items()
        tables = {name for name in environment if name.endswith("_TABLE") or name.startswith("SIGNING_KEY")}
        assert tables <= set(function.environment)
        assert environment["AWS_LAMBDA_FUNCTION_TIMEOUT"] == str(function.timeout)
        assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == str(function.memory_size)
        assert environment["AWS_ENDPOINT_URL_DYNAMODB"] != os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    assert len({one["AWS_ACCESS_KEY_ID"] for one in found.values()}) == len(found)


def test_more_requests_at_once_than_there_are_instances_wait_their_turn(deployed: Any) -> None:
    caller, statuses = Caller(HttpTransport(deployed.issuer)), []
    threads = [threading.Thread(target=lambda: statuses.append(caller.get("/jwks").status)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses == [200] * 8


def test_an_unexpected_event_is_answered_by_the_function_not_the_emulator(deployed: Any) -> None:
    assert deployed.invoke("token", {})["statusCode"] >= 400
