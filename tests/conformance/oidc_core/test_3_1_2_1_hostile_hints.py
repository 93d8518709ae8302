"""OpenID Connect Core section 3.1.2.1, id_token_hint: what is too large, or one thing inside another."""

import json
from collections.abc import Callable

import pytest
from jwcrypto import jwe, jwk

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.request_object import encoded, encrypted, unsigned
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
DEEP = "[" * 4_000 + "]" * 4_000


def to_itself(_: Caller, hint: str) -> str:
    """Encrypted to a key of the sender's, which the header has with it."""
    key = jwk.JWK.generate(kty="EC", crv="P-256")
    header = {"alg": "ECDH-ES", "enc": "A128CBC-HS256", "cty": "JWT", "jwk": json.loads(key.export_public())}
    token = jwe.JWE(hint, json.dumps(header))
    token.add_recipient(key)
    text: str = token.serialize(compact=True)
    return text


NESTED: dict[str, Callable[[Caller, str], str]] = {
    "encrypted to the tenant": encrypted,
    "encrypted to whoever sent it": to_itself,
    "in a token without a signature": lambda _, hint: unsigned(hint, cty="JWT"),
    "in its own payload": lambda _, hint: ".".join([hint.split(".")[0], encoded(hint), hint.split(".")[2]]),
    "deep": lambda _, hint: ".".join([hint.split(".")[0], encoded(DEEP), hint.split(".")[2]]),
    "with a deep header": lambda _, hint: ".".join([encoded(DEEP), *hint.split(".")[1:]]),
    "in parts without end": lambda _, hint: hint + ".a" * 2_000,
}


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("case", NESTED)
@pytest.mark.parametrize("prompt", ["none", None])
def test_a_hint_inside_something_else_is_none(
    stack: LocalStack, known: Visit, capsys: Log, *, case: str, prompt: str | None
) -> None:
    hint = NESTED[case](known.app.caller, known.app.redeem(known.code()).json["id_token"])
    with nothing_written(stack):
        answer = known.browser.submit("/authorize", asked(known, hint, prompt))
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys, hint)["reason"] == "hint_invalid"


@spec("OIDC-RPInitiated-4")
@pytest.mark.parametrize("case", NESTED)
def test_it_ends_no_session_either(stack: LocalStack, known: Visit, case: str) -> None:
    hint = NESTED[case](known.app.caller, known.app.redeem(known.code()).json["id_token"])
    with nothing_written(stack):
        answer = known.browser.submit("/end_session", {"id_token_hint": hint})
    assert_page(answer)
    assert "code" in known.answer(prompt="none").query


@spec("OIDC-Core-3.1.2.1")
def test_a_huge_one_is_refused_unread(stack: LocalStack, known: Visit, capsys: Log) -> None:
    hint = known.app.redeem(known.code()).json["id_token"] + "A" * 16_384
    with nothing_written(stack):
        answer = known.browser.submit("/authorize", asked(known, hint, "none"))
    assert_refused(answer, known.app, "invalid_request")
    assert last_log(capsys)["reason"] == "parameter_too_long"


def asked(known: Visit, hint: str, prompt: str | None) -> dict[str, str]:
    fields = known.app.request(id_token_hint=hint, prompt=prompt)
    return {name: str(value) for name, value in fields.items()}
