"""RFC 7636 sections 4.2 to 4.4: the code_challenge in the authorization request."""

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import s256
from tests.support.http import Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

GOOD = s256("x" * 43)
S256 = "S256"

REFUSED: dict[str, tuple[str | None, str | None, str]] = {
    "method plain": ("x" * 43, "plain", "pkce_method"),
    "no method, which means plain": ("x" * 43, None, "pkce_method"),
    "method in lower case": (GOOD, "s256", "pkce_method"),
    "method with a space": (GOOD, "S256 ", "pkce_method"),
    "unknown method": (GOOD, "S512", "pkce_method"),
    "method without a challenge": (None, S256, "pkce_malformed"),
    "empty challenge": ("", S256, "pkce_malformed"),
    "one letter less": (GOOD[:-1], S256, "pkce_malformed"),
    "one letter more": (GOOD + "A", S256, "pkce_malformed"),
    "padding": (GOOD + "=", S256, "pkce_malformed"),
    "a line feed more": (GOOD + "\n", S256, "pkce_malformed"),
    "base64 that is not url-safe": ("+/" + GOOD[2:], S256, "pkce_malformed"),
    "characters of a verifier": ("~." + GOOD[2:], S256, "pkce_malformed"),
    "hexadecimal": ("0" * 64, S256, "pkce_malformed"),
    "a letter that is not ASCII": ("é" + GOOD[1:], S256, "pkce_malformed"),
    "digits of another script": ("\u0661" + GOOD[1:], S256, "pkce_malformed"),
}


@spec("RFC7636-4.4.1")
@pytest.mark.parametrize("case", REFUSED)
def test_challenge_that_is_not_s256_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    challenge, method, reason = REFUSED[case]
    with nothing_written(stack):
        answer = here.answer(code_challenge=challenge, code_challenge_method=method)
    assert_refused(answer, here.app, "invalid_request")
    assert last_log(capsys)["reason"] == reason


@spec("RFC7636-4.4.1")
def test_challenge_that_is_not_s256_is_refused_for_a_confidential_client(
    caller: Caller, tenant: Tenant, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    here = visit(caller, tenant, tenant.client())
    for challenge, method, reason in REFUSED.values():
        with nothing_written(stack):
            answer = here.answer(code_challenge=challenge, code_challenge_method=method)
        assert_refused(answer, here.app, "invalid_request")
        assert last_log(capsys)["reason"] == reason


@spec("RFC7636-4.4.1")
def test_public_client_without_a_challenge_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written(stack):
        answer = here.answer(code_challenge=None, code_challenge_method=None)
    assert_refused(answer, here.app, "invalid_request")
    assert last_log(capsys)["reason"] == "pkce_missing"


@spec("RFC7636-4.4.1")
def test_native_client_without_a_challenge_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    here = visit(caller, tenant, tenant.native_client())
    answer = here.answer(code_challenge=None, code_challenge_method=None)
    assert_refused(answer, here.app, "invalid_request")
    assert last_log(capsys)["reason"] == "pkce_missing"


@spec("RFC7636-4.4")
def test_code_does_not_hold_the_challenge(here: Visit) -> None:
    code = here.code()
    assert s256(here.app.code_verifier) not in code
    assert here.grant(code)["code_challenge"] == s256(here.app.code_verifier)


@spec("RFC8414-2")
def test_metadata_names_s256_and_nothing_else(caller: Caller) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        assert caller.get(path).json["code_challenge_methods_supported"] == ["S256"]
