"""The stack of every test, one a process, and who speaks to it."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from infra.local.stack import LocalStack
from infra.local.template import EVERYTHING_ON
from tests.support.browser import Browser
from tests.support.dynamodb_local.server import amazon_dynamodb
from tests.support.http import Caller, HttpTransport, LambdaTransport
from tests.support.sweep import sweep_away, sweep_now_and_then
from tests.support.tenant import API, Tenant
from tests.support.untraced import untrace
from tests.support.wire import fronted

# Folders of tests of the template, the laptop and the commands, or of functions in other processes.
UNWATCHED = {
    "architecture",
    "browser",
    "clients",
    "deploy",
    "enforcement",
    "local",
    "resource_server",
    "run",
    "stack",
}

pytest_plugins = [
    "tests.support.api_issuer",
    "tests.support.demo",
    "tests.support.deployed",
    "tests.support.node",
    # How every property is tried: without a time to keep to, and the same examples at every run.
    "tests.support.properties",
    "tests.support.protected_api",
    "tests.support.traceability",
]


# Looking for garbage among what moto and botocore keep takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--transport",
        choices=("lambda", "http"),
        default="lambda",
        help="how the black-box tests reach the stack: Lambda events, or HTTP through the local gateway",
    )
    parser.addoption(
        "--stack",
        action="store_true",
        help="the stack as deployed: the built zip under AWS's runtime, each function held to its role",
    )
    parser.addoption(
        "--dynamodb",
        metavar="URL",
        help="a DynamoDB that runs already, instead of the embedded one; `local`: Amazon DynamoDB Local, "
        "as tests.support.dynamodb_local has it",
    )
    parser.addoption(
        "--many-races",
        action="store_true",
        help="hundreds of each race, for which the embedded DynamoDB is slow",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Coverage watches only what runs the handlers' code: it doubles the time of all else."""
    if config.pluginmanager.hasplugin("_cov"):
        # What is first imported when it is needed is so by an unwatched test, where one comes first.
        for room in ("accounts", "administration", "aws", "composition", "gateway", "outbound", "protocol"):
            package = import_module(f"chalicelib.{room}")
            for module in walk_packages(package.__path__, f"{package.__name__}."):
                import_module(module.name)
        for item in items:
            if item.path.relative_to(Path(__file__).parent).parts[0] in UNWATCHED:
                item.add_marker("no_cover")


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, stack_type: type[LocalStack]) -> Iterator[LocalStack]:
    """The stack of infra/template.yaml in this process, its default audience the example API."""
    with ExitStack() as opened:
        dynamodb = request.config.getoption("--dynamodb")
        if dynamodb == "local":
            dynamodb = opened.enter_context(amazon_dynamodb())
        if dynamodb:
            dynamodb = opened.enter_context(fronted(dynamodb))
        stack = opened.enter_context(
            stack_type(parameters={**EVERYTHING_ON, "DefaultAudience": API}, dynamodb_endpoint=dynamodb)
        )
        untrace(stack)
        stack.load()
        stack.serve()
        yield stack


@pytest.fixture
def caller(stack: LocalStack, request: pytest.FixtureRequest) -> Caller:
    """Sends requests by the transport this run is for."""
    over_http = request.config.getoption("--transport") == "http" or request.config.getoption("--stack")
    return Caller(HttpTransport(stack.issuer) if over_http else LambdaTransport(stack))


@pytest.fixture
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    """Makes clients and people, of whom none is needed after the test."""
    del stack
    sweep_now_and_then()
    tenant = Tenant()
    tenant.resource_server()
    yield tenant
    sweep_away(tenant.made)


@pytest.fixture
def browser(caller: Caller) -> Browser:
    """A browser without cookies."""
    return Browser(caller)
