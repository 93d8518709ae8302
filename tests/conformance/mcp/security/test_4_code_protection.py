"""MCP authorization 2026-07-28, Security Considerations, section 4: PKCE, and that clients can tell."""

import pytest

from tests.support.http import Caller
from tests.support.traceability import spec


@spec("MCP-Security-4")
@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_pkce_is_announced_in_both_documents(caller: Caller, name: str) -> None:
    assert caller.get(f"/.well-known/{name}").json["code_challenge_methods_supported"] == ["S256"]
