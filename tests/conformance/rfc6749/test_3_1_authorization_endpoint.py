"""RFC 6749 section 3.1: the authorization endpoint, and how its parameters are read."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller, encode
from tests.support.refusal import assert_page, assert_refused, last_log
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

FORM = "application/x-www-form-urlencoded"
OPTIONAL = ["id_token_hint", "login_hint", "max_age", "nonce", "prompt", "resource", "response_mode", "scope"]
OPTIONAL += ["state", "request", "request_uri", "registration"]


@spec("RFC6749-3.1")
def test_get_and_post_give_the_same_answer(here: Visit, caller: Caller) -> None:
    answers = [here.answer(), here.browser.submit("/authorize", here.app.request())]
    grants = [here.grant(answer.query["code"]) for answer in answers]
    for answer in answers:
        assert answer.status == 303
        assert answer.location.startswith(f"{here.app.redirect_uri}?")
        fresh = {"code": "", "session_state": ""}
        assert {**answer.query, **fresh} == {**fresh, "state": "a state", "iss": caller.issuer}
    same = ("client_id", "sub", "scope", "resources", "redirect_uri", "code_challenge", "nonce", "sid")
    assert [grants[0][name] for name in same] == [grants[1][name] for name in same]


@spec("RFC6749-3.1")
def test_post_from_another_site_becomes_the_same_get(here: Visit, stack: LocalStack, caller: Caller) -> None:
    """A browser leaves SameSite=Lax cookies out of a cross-site POST; the GET brings them."""
    request = here.app.request(state="a+b %25 &c=d é")
    with nothing_written(stack):
        answer = caller.post("/authorize", request)
    assert answer.status == 303
    assert answer.cookies == ()
    assert answer.location.startswith("/authorize?")
    assert answer.query == request
    assert here.browser.open(answer.location).query["state"] == request["state"]


@spec("RFC6749-3.1")
def test_post_from_another_site_too_long_for_a_url_is_refused(here: Visit, stack: LocalStack) -> None:
    """Taken as it is, the browser would be given a new identity in place of the one it did not send."""
    request = here.app.request(state="é" * 1000, nonce="é" * 1000)
    with nothing_written(stack):
        answer = here.app.caller.post("/authorize", request)
    assert_refused(answer, here.app, "invalid_request", state=request["state"])
    assert "code" in here.browser.submit("/authorize", request).query


@spec("RFC6749-3.1")
def test_unknown_parameters_are_ignored(here: Visit, caller: Caller) -> None:
    unknown = {
        "code": "x",
        "error": "x",
        "iss": "https://evil.example",
        "__proto__": "x",
        "é ü": "x",
        "a.b[]": "x",
    }
    answer = here.answer(**unknown)
    assert set(answer.query) == {"code", "state", "iss", "session_state"}
    assert answer.query["iss"] == caller.issuer
    assert answer.query["code"] != "x"
    assert here.app.redeem(answer.query["code"]).status == 200


@spec("RFC6749-3.1")
@pytest.mark.parametrize("name", OPTIONAL)
def test_empty_optional_parameter_counts_as_left_out(here: Visit, name: str) -> None:
    answer = here.answer(**{name: ""})
    assert here.app.redeem(answer.query["code"]).status == 200
    assert ("state" in answer.query) == (name != "state")


@spec("RFC6749-3.1")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("response_type", "parameter_missing"),
        ("code_challenge", "pkce_malformed"),
        ("code_challenge_method", "pkce_method"),
        ("redirect_uri", "redirect_uri_missing"),
    ],
)
def test_empty_required_parameter_counts_as_missing(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], name: str, reason: str
) -> None:
    with nothing_written(stack):
        assert_refused(here.answer(**{name: ""}), here.app, "invalid_request")
    assert last_log(capsys)["reason"] == reason


REPEATED = ["code_challenge", "code_challenge_method", "id_token_hint", "login_hint", "max_age", "nonce"]
REPEATED += ["prompt", "request", "response_mode", "response_type", "scope", "state", "anything_else"]


@spec("RFC6749-3.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", REPEATED)
def test_repeated_parameter_is_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], name: str, method: str
) -> None:
    request = here.app.request()
    once = str(request.get(name, "1"))
    request[name] = [once, once]
    send = here.browser.open if method == "GET" else here.browser.submit
    with nothing_written(stack):
        answer = send("/authorize", request)
    # Which of two states the client meant can't be known: none goes back.
    assert_refused(answer, here.app, "invalid_request", state=None if name == "state" else "a state")
    assert last_log(capsys)["reason"] == "parameter_repeated"


@spec("RFC6749-3.1")
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_repeated_client_id_or_redirect_uri_is_told_to_the_person(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    once = str(here.app.request()[name])
    for values in ([once, once], [once, "https://evil.example/"], ["https://evil.example/", once]):
        with nothing_written(stack):
            assert_page(here.answer(**{name: values}))
        assert last_log(capsys)["reason"] == "parameter_repeated"


ENCODINGS = {
    "not UTF-8": ("state=%FF", "parameter_encoding"),
    "overlong UTF-8": ("state=%C0%AF", "parameter_encoding"),
    "lone surrogate": ("state=%ED%A0%80", "parameter_encoding"),
    "name not UTF-8": ("%FF=x", "parameter_encoding"),
    "no hexadecimal": ("state=%zz", "parameter_encoding"),
    "escape cut short": ("state=%4", "parameter_encoding"),
    "percent sign alone": ("state=100%", "parameter_encoding"),
    "NUL": ("state=a%00b", "parameter_encoding"),
    "NUL in a name": ("a%00b=x", "parameter_encoding"),
    "more than a hundred parameters": ("&".join(f"p{n}=1" for n in range(101)), "parameter_too_many"),
}


@spec("RFC6749-3.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("case", ENCODINGS)
def test_what_is_no_form_is_told_to_the_person(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str, method: str
) -> None:
    text, reason = ENCODINGS[case]
    text = f"{encode(here.app.request(state=None))}&{text}"
    target, body = ("/authorize", text.encode()) if method == "POST" else (f"/authorize?{text}", b"")
    with nothing_written(stack):
        headers = {"content_type": FORM} if body else {}
        answer = here.app.caller.send(
            method, target, headers=headers, cookies=here.browser.cookies, body=body
        )
        assert_page(answer)
    assert last_log(capsys)["reason"] == reason


BODIES = {
    "JSON": ("application/json", b'{"client_id": "x"}', "content_type"),
    "multipart": ("multipart/form-data; boundary=x", b"--x--", "content_type"),
    "plain text": ("text/plain", b"client_id=x", "content_type"),
    "no content type": ("", b"client_id=x", "content_type"),
    "another charset": (f"{FORM}; charset=iso-8859-1", b"client_id=\xe9", "content_type"),
    "not UTF-8": (FORM, b"client_id=\xff", "parameter_encoding"),
    "empty": (FORM, b"", "parameter_missing"),
}


@spec("RFC6749-3.1")
@pytest.mark.parametrize("case", BODIES)
def test_body_that_is_no_utf_8_form_is_told_to_the_person(
    stack: LocalStack, caller: Caller, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content_type, body, reason = BODIES[case]
    with nothing_written(stack):
        headers = {"content_type": content_type} if content_type else {}
        assert_page(caller.send("POST", "/authorize", headers=headers, body=body))
    assert last_log(capsys)["reason"] == reason


@spec("RFC6749-3.1")
def test_oversized_body_is_told_to_the_person(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with nothing_written(stack):
        assert_page(here.browser.submit("/authorize", here.app.request(state="x" * 66_000)), status=413)
    assert last_log(capsys)["reason"] == "body_too_large"


@spec("RFC6749-3.1")
def test_oversized_query_is_refused(here: Visit, stack: LocalStack) -> None:
    with nothing_written(stack):
        answer = here.answer(state="x" * 33_000)
    # Over HTTP the gateway says it before us.
    assert answer.status in {413, 414}
    assert "location" not in answer.headers


@spec("RFC6749-3.1")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(
    here: Visit, stack: LocalStack, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    target = f"/authorize?{encode(here.app.request())}"
    with nothing_written(stack):
        answer = here.app.caller.send(method, target, cookies=here.browser.cookies)
    assert_page(answer, status=405)
    assert answer.headers["allow"] == "GET, POST"
    # RFC 9700 section 2.6: no CORS at the authorization endpoint.
    assert "access-control-allow-origin" not in answer.headers
    assert last_log(capsys)["reason"] == "method"


@spec("RFC6749-3.1")
@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost.:443", "{issuer}.evil.example"])
def test_another_host_is_refused(
    here: Visit, stack: LocalStack, caller: Caller, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    host = host.format(issuer=caller.issuer.partition("//")[2])
    with nothing_written(stack):
        answer = caller.send(
            "GET",
            f"/authorize?{encode(here.app.request())}",
            headers={"host": host},
            cookies=here.browser.cookies,
        )
    assert_page(answer)
    assert last_log(capsys)["reason"] == "host"
