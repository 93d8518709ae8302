"""MCP authorization 2026-07-28, Authorization Server Discovery, section 3: the documents clients try."""

import pytest

from tests.support.http import Caller
from tests.support.traceability import spec


@spec("MCP-Discovery-3")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_an_issuer_without_a_path_has_both(caller: Caller, name: str) -> None:
    answer = caller.get(f"/.well-known/{name}")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")


@spec("MCP-Discovery-3")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_its_issuer_is_the_one_it_was_made_from_to_the_letter(caller: Caller, name: str) -> None:
    assert caller.get(f"/.well-known/{name}").json["issuer"] == caller.issuer


@spec("MCP-Discovery-3")
def test_a_page_of_a_browser_may_read_them(caller: Caller) -> None:
    answer = caller.get("/.well-known/oauth-authorization-server", origin="https://inspector.example")
    assert answer.headers["access-control-allow-origin"] == "*"
