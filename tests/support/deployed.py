"""The tests against the stack as deployed (`--stack`): what cannot be asked of it, and what it found.

At the end of a run it tells every call a role refused and everything a role allows that no test used. The
first fails the run; the second where `--too-wide` asks for it, as only a run of all tests can tell.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.capture import CaptureResult

from infra.enforcement.front import EnforcedAws
from infra.local.stack import LocalStack
from tests.support.environment import set_deployed

_AWS = pytest.StashKey[EnforcedAws]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--too-wide", action="store_true", help="with --stack: fail for what no test used")


@pytest.fixture(scope="session")
def stack_type(pytestconfig: pytest.Config) -> type[LocalStack]:
    """The class of the stack this run is for; the record of a deployed one is told at the end."""
    if not pytestconfig.getoption("--stack"):
        return LocalStack
    set_deployed()
    # Only here: it needs what builds a package.
    from infra.stack.deployed_stack import DeployedStack  # noqa: PLC0415

    class RecordedStack(DeployedStack):
        def start(self) -> Any:
            started = super().start()
            pytestconfig.stash[_AWS] = self.aws
            return started

    return RecordedStack


class FunctionLogs:
    """In place of capsys: what the functions wrote since the last look."""

    def __init__(self, stack: Any) -> None:
        self._stack = stack
        self._seen = len(stack.log())

    def readouterr(self) -> CaptureResult[str]:
        written = self._stack.log()
        new, self._seen = written[self._seen :], len(written)
        return CaptureResult("".join(new), "")


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Any:
    """What pytest has, or with --stack the functions' logs, which are what a test of the stack looks at."""
    if not request.config.getoption("--stack"):
        return capsys
    return FunctionLogs(request.getfixturevalue("stack"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    aws = session.config.stash.get(_AWS, None)
    if aws and (aws.record.refused or (session.config.getoption("--too-wide") and aws.too_wide())):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    aws = config.stash.get(_AWS, None)
    if aws is None:
        return
    terminalreporter.section("permissions")
    for line in _report(aws):
        terminalreporter.line(line)


def _report(aws: EnforcedAws) -> Iterator[str]:
    yield f"{aws.record.allowed.total()} calls allowed, {aws.record.refused.total()} refused"
    for refusal, count in sorted(aws.record.refused.items()):
        yield f"REFUSED {count}x {refusal.role}: {refusal.action} on {refusal.resource} {refusal.why}"
    for line in aws.too_wide():
        yield f"UNUSED  {line}"
