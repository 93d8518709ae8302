"""RFC 6749 section 4.1.2: state goes back as it came, whatever it holds."""

from urllib.parse import unquote, urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_refused, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

STATES = {
    "spaces": " a  b ",
    "plus": "a+b+",
    "percent": "100%",
    "what looks encoded": "%20%2B%25%00%ff",
    "separators": "a&code=evil&state=b;c=d#e?f/g",
    "equals": "==a==",
    "quotes": "'\"`\\",
    "markup": "<script>alert(1)</script>",
    "line breaks": "a\r\nSet-Cookie: a=b\r\n\r\n",
    "control characters": "\x01\x1b\x7f\t",
    "accents": "café",
    "four bytes": "🔑\U0010ffff",
    "right to left": "\u202eabc\u200d",
    "not normalized": "e\u0301",
    "JSON": '{"a": [1, "b"]}',
    "one letter": "x",
    "a zero": "0",
    "2048 bytes": "x" * 2048,
    "2048 bytes of two-byte letters": "é" * 1024,
    "2048 bytes that triple": "%" * 2048,
}


def state_of(answer: Answer) -> str:
    """Read as RFC 3986 says and nothing else: a plus is a plus, a space is %20."""
    pairs = [pair.split("=", 1) for pair in urlsplit(answer.location).query.split("&")]
    (value,) = [value for name, value in pairs if name == "state"]
    return unquote(value, errors="strict")


@spec("RFC6749-4.1.2")
@pytest.mark.parametrize("case", STATES)
def test_state_goes_back_byte_for_byte(here: Visit, case: str) -> None:
    state = STATES[case]
    answers = [
        here.answer(state=state),
        here.browser.submit("/authorize", here.app.request(state=state)),
        here.answer(state=state, response_type="none"),
    ]
    for answer in answers:
        assert answer.status == 303
        assert answer.location.isascii()
        assert answer.location.isprintable()
        assert state_of(answer) == state
        # Read as a form, which most clients do, it is the same.
        assert answer.query["state"] == state


@spec("RFC6749-4.1.2")
def test_state_survives_signing_in_and_consenting(caller: Caller, tenant: Tenant) -> None:
    state = "".join(STATES[case] for case in STATES if "2048" not in case)
    app = ClientApp(tenant.public_client(), caller)
    answer = Browser(caller).authorize(tenant.person(), app.request(state=state))
    assert state_of(answer) == state


@spec("RFC6749-4.1.2")
@pytest.mark.parametrize(
    "state", ["x" * 2049, "é" * 1025, "🔑" * 513], ids=["ASCII", "two bytes", "four bytes"]
)
def test_state_over_2_kb_is_refused_and_not_sent_back(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    with nothing_written(stack):
        answer = here.browser.submit("/authorize", here.app.request(state=state))
    assert_refused(answer, here.app, "invalid_request", state=None)
    assert last_log(capsys, state[:100])["reason"] == "parameter_too_long"
