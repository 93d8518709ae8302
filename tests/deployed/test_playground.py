"""The playground's files are in the zip, and the routes lead to them. Only with --stack."""

import re
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller, HttpTransport


@pytest.fixture(autouse=True)
def deployed(stack: LocalStack, pytestconfig: pytest.Config) -> Any:
    if not pytestconfig.getoption("--stack"):
        pytest.skip("needs --stack, which builds the package")
    return stack


def test_the_page_and_all_it_imports_come_out_of_the_zip(stack: LocalStack) -> None:
    caller = Caller(HttpTransport(stack.issuer))
    page = caller.get("/playground")
    assert page.status == 200
    assert "require-trusted-types-for 'script'" in page.headers["content-security-policy"]
    waiting = re.findall(r'(?:src|href)="(/[^"]+)"', page.body)
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        file = caller.get(path)
        assert file.status == 200, path
        folder = path.rpartition("/")[0]
        for imported in re.findall(r'from "([^"]+)"', file.body if path.endswith(".js") else ""):
            up = folder.rpartition("/")[0] if imported.startswith("../") else folder
            waiting.append(f"{up}/{imported.removeprefix('../').removeprefix('./')}")
    assert len(seen) > 20
