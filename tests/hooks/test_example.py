"""examples/policy-hook: what it decides, in a tenant too, and what its template makes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.expand import expand, to_yaml
from infra.lint import findings
from infra.local.intrinsics import parse_yaml
from infra.local.python_function import PythonFunction
from infra.local.stack import LocalStack
from tests.hooks.conftest import NOTHING, hooked
from tests.support.client_app import unverified
from tests.support.every_grant import by_code
from tests.support.http import Caller
from tests.support.policy import is_valid
from tests.support.tenant import Tenant

HOME = Path(__file__).parents[2] / "examples" / "policy-hook"
ADA = {"email": "ada@example.com", "email_verified": True}
ROLES = {"roles": ["author", "admin"]}
NOT_KNOWN = {"version": 1, "veto": {"reason": "client_not_known"}}
NO_ROLES: dict[str, Any] = {"version": 1, "claims": {"access_token": {}, "id_token": {}}}


@pytest.fixture(scope="module")
def example() -> PythonFunction:
    return PythonFunction(HOME / "policy_hook.py")


def event(
    claims: dict[str, Any], *scope: str, registration: str = "operator", kind: str = "person"
) -> dict[str, Any]:
    return {
        "version": 1,
        "client": {"client_id": "app", "client_name": "App", "registration": registration},
        "subject": {"kind": kind, "sub": "ada", "claims": claims},
        "scope": list(scope),
    }


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (event(ADA, "notes:write"), {"version": 1, "claims": {"access_token": ROLES, "id_token": ROLES}}),
        (event({**ADA, "email_verified": False}), NO_ROLES),
        (event({"email": "eve@example.com", "email_verified": True}), NO_ROLES),
        (event({}, "notes:write"), {"version": 1, "veto": {"reason": "no_author"}}),
        (event({}, "notes:write", kind="client"), NO_ROLES),
        (
            event(ADA, "notes:write", registration="dynamic"),
            {"version": 1, "veto": {"reason": "client_not_known"}},
        ),
        (event({}, "notes:read", registration="metadata_document"), NO_ROLES),
    ],
)
def test_it_gives_roles_and_refuses_who_should_not_write(
    example: PythonFunction, asked: dict[str, Any], answer: dict[str, Any]
) -> None:
    assert example(asked) == answer
    assert is_valid("answer", answer)


def test_it_does_not_guess_at_another_version(
    example: PythonFunction, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="version 1"):
        example({**event(ADA), "version": 2})
    assert "policy_hook.py" in capsys.readouterr().err


@pytest.fixture
def with_the_example(stack: LocalStack, example: PythonFunction) -> Iterator[None]:
    with hooked(stack) as hook:
        hook.answer = example
        yield


@pytest.mark.usefixtures("with_the_example")
def test_a_tenants_tokens_have_the_roles(caller: Caller, tenant: Tenant) -> None:
    response = by_code(caller, tenant).ask().json
    for token in (response["access_token"], response["id_token"]):
        assert unverified(token)[1]["roles"] == ROLES["roles"]


def test_cfn_lint_finds_nothing_in_its_template() -> None:
    template = parse_yaml((HOME / "template.yaml").read_text(encoding="utf-8"))
    assert findings(to_yaml(expand(template))) == []
    hook = template["Resources"]["PolicyHook"]["Properties"]
    module, _, name = hook["Handler"].partition(".")
    assert (HOME / f"{module}.py").is_file()
    assert name == "handler"
    # The tenant waits for two seconds, if it is not told otherwise.
    assert hook["Timeout"] <= 2


def test_nothing_is_the_shortest_answer() -> None:
    assert is_valid("answer", NOTHING)
