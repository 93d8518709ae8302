"""The tests against the stack as deployed (`--stack`): what cannot be asked of it, and what it found.

At the end of a run it tells every call a role refused and everything a role allows that no test used. The
first fails the run; the second where `--too-wide` asks for it, as only a run of all tests can tell.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from _pytest.capture import CaptureResult

from infra.build_error import BuildError
from infra.enforcement.front import EnforcedAws
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment, set_deployed
from tests.support.origin import Origin
from tests.support.permissions import Found, found_by, joined, report

_AWS = pytest.StashKey[list[EnforcedAws]]()
_FOUND = pytest.StashKey[list[Found]]()
_NAME = "permissions"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--too-wide", action="store_true", help="with --stack: fail for what no test used")


def prepare_stack() -> None:
    """Builds and fetches what it is made of, once for all processes. Raises pytest.UsageError."""
    # Only here: it needs what builds a package.
    from infra.stack.deployed_stack import prepare  # noqa: PLC0415

    try:
        prepare()
    except BuildError as error:
        raise pytest.UsageError(f"No stack: {error}") from None


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_AWS], config.stash[_FOUND] = [], []
    if config.getoption("--stack") and not hasattr(config, "workerinput"):
        prepare_stack()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What changes the stack's keys comes last."""
    items.sort(key=lambda item: item.path.name == "test_key_rotation.py")


@pytest.fixture(scope="session")
def own_origin(pytestconfig: pytest.Config) -> Iterator[Origin | None]:
    """With --stack: a client's web server on loopback, of which the functions know from their start."""
    if not pytestconfig.getoption("--stack"):
        yield None
        return
    with Origin() as origin:
        yield origin


@pytest.fixture(scope="module")
def origin(stack: LocalStack, own_origin: Origin | None) -> Iterator[Origin]:
    """A client's web server on loopback, which the tenant lets be fetched from."""
    del stack
    if own_origin is not None:
        yield own_origin
        return
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        yield origin


@pytest.fixture(scope="session")
def stack_type(pytestconfig: pytest.Config, own_origin: Origin | None) -> type[LocalStack]:
    """The class of the stack this run is for; the record of a deployed one is told at the end."""
    if own_origin is None:
        return LocalStack
    set_deployed()
    allowed = own_origin.address
    from infra.stack.deployed_stack import DeployedStack  # noqa: PLC0415

    class RecordedStack(DeployedStack):
        variables: ClassVar = {"FETCH_ALLOWED_ORIGINS": allowed}

        def start(self) -> Any:
            started = super().start()
            pytestconfig.stash[_AWS].append(self.aws)
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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    config.stash[_FOUND].extend(found_by(aws.record, aws.too_wide()) for aws in config.stash[_AWS])
    if hasattr(config, "workeroutput"):  # one of several processes: the first of them tells for all
        config.workeroutput[_NAME] = config.stash[_FOUND]
        return
    found = joined(config.stash[_FOUND])
    if found and (found["refused"] or (config.getoption("--too-wide") and found["unused"])):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What another process found."""
    node.config.stash[_FOUND].extend(getattr(node, "workeroutput", {}).get(_NAME, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = joined(config.stash[_FOUND])
    if found is None:
        return
    terminalreporter.section("permissions")
    for line in report(found, too_wide=config.getoption("--too-wide")):
        terminalreporter.line(line)
