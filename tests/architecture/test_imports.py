"""What a function imports before its first request, in modules and not in milliseconds: users wait for it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.template import read_template

ROOT = Path(__file__).parents[2]

# Modules that are not the standard library's: ours, and those of packages.
BUDGETS = {
    "authorization": (118, 59),
    "check_session_iframe": (23, 0),
    "client_configuration": (93, 0),
    "consent": (88, 34),
    "device": (113, 34),
    "device_authorization": (90, 0),
    "end_session": (113, 59),
    "introspection": (104, 38),
    "jwks": (21, 0),
    "login": (98, 34),
    "metadata": (21, 0),
    "playground_page": (22, 0),
    "registration": (94, 0),
    "revocation": (93, 36),
    "token": (96, 0),
    "userinfo": (88, 38),
}
PAGES = {"authorization", "consent", "device", "end_session", "login"}
CRYPTOGRAPHY = {"cryptography", "_cffi_backend", "_openssl"}
TEMPLATES = {"jinja2", "markupsafe"}
ALLOWED = {
    endpoint: {"chalicelib"}
    if endpoint in {"check_session_iframe", "metadata", "playground_page"}
    else {"chalicelib"} | CRYPTOGRAPHY | (TEMPLATES if endpoint in PAGES else set())
    for endpoint in BUDGETS
}

# Of the standard library, what takes milliseconds to import and is not needed at every request.
# Jinja brings some of it along.
SLOW = {"dataclasses", "datetime", "email", "http", "inspect", "queue"}

_PROGRAM = """
import json, sys
import chalicelib.endpoints.{endpoint}
print(json.dumps(sorted(sys.modules)))
"""


def imported(endpoint: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """The modules of a fresh process that has imported an endpoint."""
    program = _PROGRAM.format(endpoint=endpoint)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=True,
    )
    names: list[str] = json.loads(done.stdout)
    return [name for name in names if name not in {"__main__", "__mp_main__"}]


@pytest.mark.parametrize("endpoint", BUDGETS)
def test_an_endpoint_imports_what_it_needs(endpoint: str) -> None:
    """No PyJWT where nothing of a client's is verified at once, no Jinja where no page is shown, no
    Chalice, nothing of infra or of the tests, and no AWS where there is nothing to ask.
    """
    names = [name for name in imported(endpoint) if name.partition(".")[0] not in sys.stdlib_module_names]
    # What is loaded by an interpreter's own set-up (a .pth file) is not the endpoint's.
    bare = set(startup())
    roots = {name.partition(".")[0] for name in names if name not in bare}
    assert roots <= ALLOWED[endpoint]
    ours = [name for name in names if name.startswith("chalicelib")]
    packages = [name for name in names if not name.startswith("chalicelib") and name not in bare]
    most_ours, most_packages = BUDGETS[endpoint]
    assert len(ours) <= most_ours, ours
    assert len(packages) <= most_packages, packages


@pytest.mark.parametrize("endpoint", sorted(set(BUDGETS) - PAGES))
def test_what_is_slow_to_import_waits_until_it_is_needed(endpoint: str) -> None:
    """Records are of chalicelib.record, HTTP to AWS is by hand: docs/bench.md says what that saves."""
    found = SLOW & (set(imported(endpoint)) - set(startup()))
    assert not found


@pytest.mark.parametrize("endpoint", ["client_configuration", "registration", "token"])
def test_what_few_clients_secrets_need_waits_until_one_comes(endpoint: str) -> None:
    assert "chalicelib.aws.secrets_key" not in imported(endpoint)


@pytest.mark.parametrize(
    ("kind", "made"), [("on-demand", False), ("snap-start", True), ("provisioned-concurrency", True)]
)
def test_jwks_makes_its_clients_in_a_start_that_nobody_waits_for(kind: str, *, made: bool) -> None:
    environment = {
        **read_template(address="https://issuer.example").environment(),
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "Jwks",
        "AWS_LAMBDA_INITIALIZATION_TYPE": kind,
    }
    assert ("ssl" in imported("jwks", environment)) is made


def startup() -> list[str]:
    """What this interpreter loads for an empty program."""
    program = "import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603 - ours
    names: list[str] = json.loads(done.stdout)
    return names


def test_every_endpoint_has_a_budget() -> None:
    files = {path.stem for path in (ROOT / "chalicelib/endpoints").glob("*.py")} - {"__init__"}
    assert set(BUDGETS) == files
