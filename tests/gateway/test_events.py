"""What API Gateway hands over: any event is a request or refused as one."""

import base64
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.gateway.cookies import MAX_COOKIE, clear_cookie, read_cookie, set_cookie
from chalicelib.gateway.request import MAX_BODY, MAX_QUERY, parse_event
from chalicelib.protocol.errors import ContentTooLarge, InvalidRequest
from chalicelib.protocol.settings import Settings
from tests.support.http import lambda_event
from tests.support.properties import ANY_TEXT, JSON, UNICODE

HTTPS = Settings(issuer="https://issuer.example")
LOOPBACK = Settings(issuer="http://localhost:8000")
COOKIE_VALUE = st.text(
    st.characters(codec="ascii", min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=';",\\'),
    min_size=1,
    max_size=MAX_COOKIE,
)

# An event in which any member may be anything.
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "version": JSON,
        "rawPath": ANY_TEXT | JSON,
        "rawQueryString": ANY_TEXT | JSON,
        "cookies": st.lists(ANY_TEXT) | JSON,
        "headers": st.dictionaries(ANY_TEXT, ANY_TEXT) | JSON,
        "requestContext": st.fixed_dictionaries({"http": st.fixed_dictionaries({"method": ANY_TEXT | JSON})})
        | JSON,
        "body": ANY_TEXT | JSON,
        "isBase64Encoded": st.booleans() | JSON,
    },
)


@given(JSON | EVENTS)
@example(None)
@example([])
@example("{}")
@example({"headers": {"Host": None}})
@example({"body": "a", "isBase64Encoded": True})
@example({"body": "\ud800", "isBase64Encoded": False})
@example({"body": "é", "isBase64Encoded": True})
def test_any_event_is_a_request_or_refused(event: Any) -> None:
    try:
        request = parse_event(event)
    except InvalidRequest as error:
        assert error.reason == "body_not_base64"  # noqa: PT017
        return
    texts = [request.method, request.path, request.query, request.source_ip, request.request_id]
    texts += [*request.headers, *request.headers.values(), *request.cookies, *request.cookies.values()]
    assert all(isinstance(text, str) for text in texts)
    assert all(name == name.lower() for name in request.headers)
    assert isinstance(request.body, bytes)


@given(st.binary(max_size=200), UNICODE)
def test_a_body_is_read_as_it_was_sent(body: bytes, text: str) -> None:
    assert parse_event(lambda_event("POST", "/token", body=body)).body == body
    assert parse_event({"body": text, "isBase64Encoded": False}).body == text.encode()


@pytest.mark.parametrize("size", [MAX_BODY, MAX_BODY + 1, MAX_BODY * 3])
@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_is_at_most_64_kib(size: int, *, encoded: bool) -> None:
    body = base64.b64encode(b"a" * size).decode() if encoded else "a" * size
    event = {"body": body, "isBase64Encoded": encoded}
    if size <= MAX_BODY:
        assert len(parse_event(event).body) == size
        return
    with pytest.raises(ContentTooLarge) as raised:
        parse_event(event)
    assert (raised.value.status, raised.value.reason) == (413, "body_too_large")


def test_characters_of_a_body_are_counted_as_bytes() -> None:
    with pytest.raises(ContentTooLarge):
        parse_event({"body": "é" * (MAX_BODY // 2 + 1), "isBase64Encoded": False})


def test_a_query_is_at_most_32_kib() -> None:
    assert len(parse_event({"rawQueryString": "a" * MAX_QUERY}).query) == MAX_QUERY
    with pytest.raises(ContentTooLarge) as raised:
        parse_event({"rawQueryString": "a" * (MAX_QUERY + 1)})
    assert raised.value.reason == "query_too_large"


@given(COOKIE_VALUE, st.sampled_from([HTTPS, LOOPBACK]))
def test_a_cookie_comes_back_as_it_was_set(value: str, settings: Settings) -> None:
    line = set_cookie("session", value, lifetime=60, settings=settings)
    sent = line.partition(";")[0]
    for cookies in ([sent], [f"other=1; {sent}"], ["junk", "=x", sent, "later=1"]):
        assert read_cookie(parse_event({"cookies": cookies}), "session", settings=settings) == value


@given(st.lists(ANY_TEXT | ANY_TEXT.map("__Host-session=".__add__)))
@example(["__Host-session=" + "a" * (MAX_COOKIE + 1)])
@example(["__Host-session=\x7f"])
@example(["__host-session=a"])
def test_any_other_cookie_is_none_or_printable(cookies: list[str]) -> None:
    value = read_cookie(parse_event({"cookies": cookies}), "session", settings=HTTPS)
    if value is not None:
        assert value.isascii()
        assert value.isprintable()
        assert 0 < len(value) <= MAX_COOKIE


def test_the_first_of_two_cookies_with_one_name_counts() -> None:
    request = parse_event({"cookies": ["__Host-session=first", "__Host-session=second"]})
    assert read_cookie(request, "session", settings=HTTPS) == "first"


def test_a_cookie_is_this_hosts_alone_and_no_script_reads_it() -> None:
    line = set_cookie("session", "x", lifetime=None, settings=HTTPS)
    assert line == "__Host-session=x; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert clear_cookie("session", settings=HTTPS).endswith("; Secure; Max-Age=0")
    assert clear_cookie("session", settings=LOOPBACK) == (
        "keyturn_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    )
