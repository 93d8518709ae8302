"""RFC 6750 section 2: where an access token may be in a request, and where not (section 5.3)."""

from typing import Any

import pytest

from tests.support.http import Answer, Caller, encode
from tests.support.refusal import last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def visitor(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant)


@pytest.fixture
def token(visitor: Visit) -> str:
    access_token: str = visitor.app.redeem(visitor.code()).json["access_token"]
    return access_token


def is_about(answer: Answer, visitor: Visit) -> bool:
    return answer.status == 200 and answer.json["sub"] == visitor.person.sub


@spec("RFC6750-2.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_in_the_authorization_header_is_taken(
    *, caller: Caller, visitor: Visit, token: str, method: str, scheme: str
) -> None:
    answer = caller.send(method, "/userinfo", headers={"authorization": f"{scheme} {token}"})
    assert is_about(answer, visitor)
    assert answer.headers["cache-control"] == "no-store"


@spec("RFC6750-2.2")
def test_a_token_in_the_form_is_taken(caller: Caller, visitor: Visit, token: str) -> None:
    assert is_about(caller.post("/userinfo", {"access_token": token}), visitor)


@spec("RFC6750-2.2")
def test_a_form_names_its_character_set_or_not(caller: Caller, visitor: Visit, token: str) -> None:
    answer = caller.post("/userinfo", {"access_token": token}, content_type=FORM + '; charset="UTF-8"')
    assert is_about(answer, visitor)


@spec("RFC6750-2.2")
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_token_in_another_kind_of_body_is_not_taken(
    caller: Caller, token: str, content_type: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = caller.post("/userinfo", {"access_token": token}, content_type=content_type)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert last_log(capsys, token)["reason"] == "content_type"


@spec("RFC6750-2.2")
def test_a_token_in_the_body_of_a_get_is_not_taken(caller: Caller, token: str) -> None:
    body = f"access_token={token}".encode()
    answer = caller.send("GET", "/userinfo", headers={"content_type": FORM}, body=body)
    assert answer.status == 401


@spec("RFC6750-2.3")
@spec("RFC6750-5.3")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_in_the_query_is_never_taken(
    caller: Caller, token: str, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = caller.send(method, f"/userinfo?access_token={token}")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="userinfo"'
    assert last_log(capsys, token)["reason"] == "token_missing"


@spec("RFC6750-2.3")
def test_a_token_in_a_cookie_is_never_taken(caller: Caller, token: str) -> None:
    assert caller.send("GET", "/userinfo", cookies={"access_token": token}).status == 401


TWICE: dict[str, tuple[str, dict[str, Any], str]] = {
    "header and form": ("Bearer {token}", {"access_token": "{token}"}, "token_twice"),
    "two in the form": ("", {"access_token": ["{token}", "{token}"]}, "parameter_repeated"),
    "two headers, joined by a comma": ("Bearer {token},Bearer {token}", {}, "authorization_malformed"),
}


@spec("RFC6750-2")
@pytest.mark.parametrize("case", TWICE)
def test_a_token_is_given_once(
    caller: Caller, token: str, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    authorization, form, reason = TWICE[case]
    headers = {"authorization": authorization.format(token=token)} if authorization else {}
    fields = {
        name: [each.format(token=token) for each in ([value] if isinstance(value, str) else value)]
        for name, value in form.items()
    }
    headers["content_type"] = FORM
    answer = caller.send("POST", "/userinfo", headers=headers, body=encode(fields).encode())
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert answer.headers["www-authenticate"].startswith('Bearer realm="userinfo", error="invalid_request"')
    assert last_log(capsys, token)["reason"] == reason
