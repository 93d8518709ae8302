"""For every function and every action it does not need: the refusal, of a request it really signed."""

from pathlib import Path
from typing import Any

import pytest

from infra.enforcement.actions import operations
from infra.enforcement.front import EnforcedAws
from infra.expand import Template
from infra.local.template import EVERYTHING_ON, read_template
from tests.enforcement.conftest import Ask, Upstream
from tests.enforcement.requests_of_every_kind import (
    Request,
    of_event_buses,
    of_functions,
    of_keys,
    of_schedules,
    of_secrets,
    of_tables,
)
from tests.stack.statement import Statement, statements_of

FUNCTIONS = (
    "Audit",
    "Authorization",
    "BackchannelLogout",
    "CheckSessionIframe",
    "ClientConfiguration",
    "ClientMetadataDocument",
    "Consent",
    "CustomResources",
    "Device",
    "DeviceAuthorization",
    "EndSession",
    "Introspection",
    "Jwks",
    "KeyRotation",
    "Login",
    "Metadata",
    "PlaygroundPage",
    "Registration",
    "RequestObject",
    "Revocation",
    "Token",
    "Userinfo",
)
# Reach an item, or one of several; all others say nothing of items.
ITEM_OPERATIONS = {
    *(f"{verb}Item" for verb in ("Get", "Put", "Update", "Delete", "BatchGet", "BatchWrite")),
    *("Query", "Scan", "TransactGetItems", "TransactWriteItems"),
}


@pytest.fixture(scope="session")
def needed(expanded: Template) -> dict[str, list[Statement]]:
    """What the template allows, read by other code than the one under test."""
    resources: dict[str, Any] = expanded["Resources"]
    return {
        name: statements_of(name, one["Properties"], resources)
        for name, one in resources.items()
        if one["Type"] == "AWS::Lambda::Function"
    }


@pytest.fixture(scope="session")
def requests(expanded_file: Path) -> list[Request]:
    template = read_template(expanded_file, parameters=EVERYTHING_ON)
    return [
        *of_tables(template.tables),
        *of_keys(template.keys),
        *of_event_buses(template.event_buses),
        *of_secrets(),
        *of_functions(template.functions),
        *of_schedules(),
    ]


def test_no_function_is_left_out(aws: EnforcedAws) -> None:
    assert set(aws.keys) == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_does_not_need_is_refused_and_reaches_nothing(
    function: str, needed: dict[str, list[Statement]], requests: list[Request], ask: Ask, upstream: Upstream
) -> None:
    refused = [one for one in requests if not _allowed(needed[function], one)]
    assert len(refused) > len(requests) * 0.8
    before = len(upstream.asked)
    wrong = {}
    for operation, action, resource, key, body in refused:
        answer = ask(function, f"{action.split(':')[0]}:{operation}", body)
        status = 403 if action.startswith(("lambda:", "scheduler:")) else 400
        if (answer.status, answer.error) != (status, "AccessDeniedException"):
            wrong[operation, action, resource, key] = answer
    assert wrong == {}
    assert len(upstream.asked) == before


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_function_needs_is_done(
    function: str, needed: dict[str, list[Statement]], requests: list[Request], ask: Ask, upstream: Upstream
) -> None:
    allowed = [one for one in requests if _allowed(needed[function], one)]
    asks_nobody = {"CheckSessionIframe", "Metadata", "PlaygroundPage", "RequestObject"}
    assert bool(allowed) is (function not in asks_nobody)
    before = len(upstream.asked)
    for operation, action, _, _, body in allowed:
        answer = ask(function, f"{action.split(':')[0]}:{operation}", body)
        assert answer.status == 200, answer
    assert len(upstream.asked) == before + len(allowed)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_operations_on_tables_themselves_are_refused(function: str, ask: Ask, expanded_file: Path) -> None:
    table = read_template(expanded_file).tables[0].name
    for operation in set(operations("dynamodb")) - ITEM_OPERATIONS:
        answer = ask(function, f"dynamodb:{operation}", {"TableName": table})
        assert answer.error == "AccessDeniedException", operation


def _allowed(statements: list[Statement], request: Request) -> bool:
    _, action, resource, key, _ = request
    return any(one.allows(action, resource, key) for one in statements)
