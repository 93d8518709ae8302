"""RFC 6749 section 3.2: how the token endpoint is called."""

from urllib.parse import urlencode

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, basic
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

FORM = "application/x-www-form-urlencoded"
MAX_BODY = 64 * 1024


def send(caller: Caller, client_id: str, body: bytes, *, content_type: str | None = FORM) -> Answer:
    headers = {"authorization": basic(client_id, SECRET)}
    if content_type is not None:
        headers["content-type"] = content_type
    return caller.send("POST", "/token", headers=headers, body=body)


@spec("RFC6749-3.2")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post_is_served(caller: Caller, capsys: pytest.CaptureFixture[str], method: str) -> None:
    with unchanged():
        answer = caller.send(method, "/token?grant_type=client_credentials")
    assert answer.headers["allow"] == "POST"
    line = last_log(capsys)
    assert (line["status"], line["reason"]) == (405, "method")
    if method != "HEAD":
        assert_json_error(answer, "invalid_request", status=405)


@spec("RFC6749-3.2")
def test_a_single_page_app_may_ask_from_any_origin(caller: Caller) -> None:
    answer = caller.send(
        "OPTIONS",
        "/token",
        headers={
            "origin": "https://spa.example.com",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert (answer.status, answer.body) == (204, "")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    # RFC 9110: `*` does not stand for Authorization (Fetch standard, CORS-safelisted header names).
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


@spec("RFC6749-3.2")
@pytest.mark.parametrize("secret", [SECRET, "wrong"], ids=["a success", "an error"])
def test_a_page_can_read_the_answer(caller: Caller, tenant: Tenant, secret: str) -> None:
    client = tenant.client()
    answer = caller.post("/token", {"grant_type": "client_credentials"}, auth=(client.client_id, secret))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.cookies == ()


CONTENT_TYPES: dict[str, str | None] = {
    "JSON": "application/json",
    "multipart": "multipart/form-data; boundary=x",
    "text": "text/plain",
    "longer name": FORM + "x",
    "two in one": f"{FORM}, application/json",
    "another charset": FORM + "; charset=iso-8859-1",
    "empty": "",
    "none": None,
}


@spec("RFC6749-3.2")
@pytest.mark.parametrize("case", CONTENT_TYPES)
def test_only_a_form_is_read(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = tenant.client()
    body = b"grant_type=client_credentials"
    with unchanged():
        answer = send(caller, client.client_id, body, content_type=CONTENT_TYPES[case])
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == "content_type"


@spec("RFC6749-3.2")
@pytest.mark.parametrize("content_type", [FORM.upper(), FORM + ";charset=UTF-8", FORM + '; charset="utf-8"'])
def test_the_content_type_may_be_written_its_ways(caller: Caller, tenant: Tenant, content_type: str) -> None:
    body = b"grant_type=client_credentials"
    assert send(caller, tenant.client().client_id, body, content_type=content_type).status == 200


@spec("RFC6749-3.2")
def test_a_body_of_64_kib_is_read_and_one_byte_more_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client()
    whole = b"grant_type=client_credentials&x=".ljust(MAX_BODY, b"a")
    assert send(caller, client.client_id, whole).status == 200
    for body in (whole + b"a", whole * 3):
        assert_json_error(send(caller, client.client_id, body), "invalid_request", status=413)
        assert last_log(capsys, SECRET)["reason"] == "body_too_large"


MALFORMED = {
    "no UTF-8": (b"grant_type=%FF%FE", "parameter_encoding"),
    "raw bytes": (b"grant_type=\xff", "parameter_encoding"),
    "surrogates": (b"grant_type=%ED%A0%80", "parameter_encoding"),
    "half an escape": (b"grant_type=client_credentials&scope=%2", "parameter_encoding"),
    "an escape of no digits": (b"grant_type=%zz", "parameter_encoding"),
    "NUL": (b"grant_type=client_credentials%00", "parameter_encoding"),
    "too many": (b"grant_type=client_credentials" + b"&a=b" * 100, "parameter_too_many"),
    "nothing": (b"", "parameter_missing"),
    "no grant_type": (b"scope=read", "parameter_missing"),
    "empty grant_type": (b"grant_type=", "parameter_missing"),
    "grant_type twice": (b"grant_type=client_credentials&grant_type=refresh_token", "parameter_repeated"),
    "the same twice": (
        b"grant_type=client_credentials&grant_type=client_credentials",
        "parameter_repeated",
    ),
    "scope twice": (b"grant_type=client_credentials&scope=read&scope=write", "parameter_repeated"),
    "an unknown one twice": (b"grant_type=client_credentials&x=1&x=2", "parameter_repeated"),
    "client_id twice": (b"grant_type=client_credentials&client_id=a&client_id=b", "parameter_repeated"),
}


@spec("RFC6749-3.2")
@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_form_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = tenant.client()
    body, reason = MALFORMED[case]
    with unchanged():
        answer = send(caller, client.client_id, body)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == reason


@spec("RFC6749-3.2")
def test_parameters_without_a_value_are_as_if_omitted(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "scope": "", "resource": "", "client_secret": ""}
    assert app.token(fields).json["scope"] == "read write"


@spec("RFC6749-3.2")
def test_unknown_parameters_are_ignored(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(tenant.client(), caller)
    assert app.token({"grant_type": "client_credentials", "audience": "x", "ünknown": "ü"}).status == 200


QUERIES = {
    "the grant_type": ({"grant_type": "client_credentials"}, {}, True, "invalid_request"),
    "the secret": (
        {"client_id": "{id}", "client_secret": SECRET},
        {"grant_type": "client_credentials"},
        False,
        "invalid_client",
    ),
}


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("case", QUERIES)
def test_what_the_query_says_does_not_count(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    by_header = QUERIES[case][2]
    method = "client_secret_basic" if by_header else "client_secret_post"
    client = tenant.client(token_endpoint_auth_method=method)
    query, form, _, error = QUERIES[case]
    target = "/token?" + urlencode({k: v.replace("{id}", client.client_id) for k, v in query.items()})
    headers = {"content-type": FORM}
    if by_header:
        headers["authorization"] = basic(client.client_id, SECRET)
    with unchanged():
        answer = caller.send("POST", target, headers=headers, body=urlencode(form).encode())
    assert_json_error(answer, error, status=401 if error == "invalid_client" else 400)
    last_log(capsys, SECRET)


@spec("RFC6749-3.2")
def test_a_query_changes_nothing_of_a_good_request(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    target = "/token?grant_type=refresh_token&scope=write&scope=other&client_id=nobody"
    headers = {"content-type": FORM, "authorization": basic(client.client_id, SECRET)}
    answer = caller.send("POST", target, headers=headers, body=b"grant_type=client_credentials&scope=read")
    assert (answer.status, answer.json["scope"]) == (200, "read")


@spec("RFC6749-3.2")
def test_a_session_cookie_is_not_looked_at(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    headers = {"content-type": FORM, "authorization": basic(client.client_id, SECRET)}
    cookies = {"keyturn_session": "somebody.secret", "__Host-session": "somebody.secret"}
    answer = caller.send(
        "POST", "/token", headers=headers, cookies=cookies, body=b"grant_type=client_credentials"
    )
    assert (answer.status, answer.cookies) == (200, ())
