"""RFC 6749 section 3.3: scope, as an authorization request asks for it."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

REFUSED = {
    "double quote": ('read "write"', "scope_malformed"),
    "backslash": ("read\\write", "scope_malformed"),
    "tab between": ("read\twrite", "scope_malformed"),
    "line feed between": ("read\nwrite", "scope_malformed"),
    "not ASCII": ("read é", "scope_malformed"),
    "no-break space": ("read\u00a0write", "scope_malformed"),
    "delete character": ("read\x7f", "scope_malformed"),
    "more than a hundred values": (" ".join(f"s{n}" for n in range(101)), "scope_malformed"),
    "unknown value": ("read nonsense", "scope_unknown"),
    "other case": ("READ", "scope_unknown"),
    "commas for spaces": ("read,write", "scope_unknown"),
    "value of another resource server": ("other:read", "scope_unknown"),
    "value with a wildcard": ("*", "scope_unknown"),
}


@spec("RFC6749-3.3")
@pytest.mark.parametrize("case", REFUSED)
def test_scope_that_is_malformed_or_unknown_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    scope, reason = REFUSED[case]
    with nothing_written(stack):
        assert_refused(here.answer(scope=scope), here.app, "invalid_scope")
    assert last_log(capsys)["reason"] == reason


@spec("RFC6749-3.3")
@pytest.mark.parametrize("scope", ["write", "read write", "openid read", "email"])
def test_scope_the_client_is_not_registered_for_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], scope: str
) -> None:
    here = visit(caller, tenant, tenant.public_client(scope=("read",)))
    assert_refused(here.answer(scope=scope), here.app, "invalid_scope")
    assert last_log(capsys)["reason"] == "scope_not_allowed"


GRANTED = {
    "order does not matter": ("write read", {"read", "write"}),
    "repeated values count once": ("read read", {"read"}),
    "spaces around": ("  read  write ", {"read", "write"}),
    "one value": ("write", {"write"}),
}


@spec("RFC6749-3.3")
@pytest.mark.parametrize("case", GRANTED)
def test_scope_is_a_set_of_values(here: Visit, case: str) -> None:
    scope, expected = GRANTED[case]
    tokens = here.app.redeem(here.code(scope=scope)).json
    assert sorted(tokens["scope"].split()) == sorted(expected)


@spec("RFC6749-3.3")
def test_left_out_scope_means_what_the_client_has_at_this_resource(here: Visit) -> None:
    tokens = here.app.redeem(here.code(scope=None)).json
    assert tokens["scope"] == "read write"
    assert "id_token" not in tokens


@spec("RFC6749-3.3")
def test_left_out_scope_where_the_client_has_none_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    here = visit(caller, tenant, tenant.public_client(scope=("openid", "email")))
    for scope in (None, "  "):
        assert_refused(here.answer(scope=scope), here.app, "invalid_scope")
        assert last_log(capsys)["reason"] == "scope_empty"


@spec("RFC6749-3.3")
def test_response_names_the_scope_where_it_differs_from_the_one_asked(caller: Caller, tenant: Tenant) -> None:
    """An OpenID request's unknown values are ignored, so the token has less than was asked."""
    here = visit(caller, tenant)
    tokens = here.app.redeem(here.code(scope="openid read nonsense")).json
    assert sorted(tokens["scope"].split()) == ["openid", "read"]
