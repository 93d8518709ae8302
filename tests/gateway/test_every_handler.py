"""Every function, and any event: an answer in its own shape, no fault, nothing written, nothing told."""

import contextlib
import io
import json
import re
from base64 import b64encode
from importlib import import_module
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.stack import LocalStack
from tests.gateway.test_events import EVENTS
from tests.support.http import endpoint_of
from tests.support.log_lines import assert_line
from tests.support.properties import ANY_TEXT, JSON, UNICODE
from tests.support.wire import nothing_written

PATHS = {
    "authorization": ("/authorize", "/authorize/resume"),
    "check_session_iframe": ("/check_session_iframe",),
    "client_configuration": ("/register/a-client",),
    "consent": ("/consent",),
    "device": ("/device",),
    "device_authorization": ("/device_authorization",),
    "end_session": ("/end_session",),
    "introspection": ("/introspect",),
    "jwks": ("/jwks",),
    "login": ("/login",),
    "metadata": ("/.well-known/openid-configuration", "/.well-known/webfinger"),
    "playground_page": ("/playground",),
    "registration": ("/register",),
    "revocation": ("/revoke",),
    "token": ("/token",),
    "userinfo": ("/userinfo",),
}
PAGES = {"authorization", "consent", "device", "end_session", "login"}
KEPT = {"check_session_iframe", "jwks", "metadata"}
ORIGINS = {
    "client_configuration",
    "device_authorization",
    "jwks",
    "metadata",
    "registration",
    "revocation",
    "token",
    "userinfo",
}
# What stands for a secret, a code, a token: it must never be in a log.
CANARY = "canary-4f1d"

# RFC 6749 section 5.2: the characters of error_description.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")

PARAMETERS = [
    "access_token", "action", "client_assertion", "client_assertion_type", "client_id", "client_secret",
    "code", "code_challenge", "code_challenge_method", "code_verifier", "csrf", "decision",
    "device_code", "grant_type",
    "id_token_hint", "interaction", "login", "max_age", "password", "post_logout_redirect_uri", "prompt",
    "redirect_uri", "refresh_token", "rel", "request", "resource", "response_mode", "response_type", "scope",
    "state", "token", "token_type_hint", "user_code", "username",
]  # fmt: skip
VALUES = UNICODE | st.sampled_from(
    [
        CANARY,
        "authorization_code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "BDWP-HQPK",
        "client_credentials",
        "refresh_token",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "code",
        "openid",
        "sign_out",
        "https://api.example.com/",
        "A" * 22 + "." + "A" * 43,
        "A" * 22 + ".1." + "A" * 65,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOnt9fQ.",
        "a" * 9_000,
        "\0",
    ]
)
FORMS = (
    st.lists(st.tuples(st.sampled_from(PARAMETERS) | UNICODE, VALUES), max_size=8).map(urlencode) | UNICODE
)
AUTHORIZATIONS = ANY_TEXT | st.sampled_from(
    [
        f"Bearer {CANARY}",
        "Basic " + b64encode(f"a:{CANARY}".encode()).decode(),
        "Basic " + b64encode(f"{quote_plus('ключ')}:{CANARY}".encode()).decode(),
        f"DPoP {CANARY}",
    ]
)
COOKIES = st.lists(
    st.builds(
        "{}={}".format,
        st.sampled_from(["keyturn_session", "keyturn_browser"]),
        ANY_TEXT | st.sampled_from([CANARY, "a." + "A" * 43]),
    ),
    max_size=3,
)


@st.composite
def requests(draw: st.DrawFn, host: str, paths: tuple[str, ...]) -> dict[str, Any]:
    """An event as API Gateway makes them, with whatever a stranger may put in."""
    headers = {
        "host": host,
        "content-type": draw(
            st.sampled_from(["application/x-www-form-urlencoded"] * 3 + ["text/html", ""]) | ANY_TEXT
        ),
    }
    if draw(st.booleans()):
        headers["authorization"] = draw(AUTHORIZATIONS)
    body = draw(FORMS)
    encoded = draw(st.booleans())
    method = draw(st.sampled_from(["GET", "POST", "POST", "OPTIONS", "HEAD", "PUT"]))
    return {
        "version": "2.0",
        "rawPath": draw(st.sampled_from(paths)),
        "rawQueryString": draw(FORMS),
        "cookies": draw(COOKIES),
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "sourceIp": draw(st.just("203.0.113.7") | ANY_TEXT)},
            "requestId": "a-request",
        },
        "body": b64encode(body.encode()).decode() if encoded else body,
        "isBase64Encoded": encoded,
    }


def check(endpoint: str, event: Any) -> None:
    """Invokes the function and holds what is true of every answer."""
    handler = import_module(f"chalicelib.endpoints.{endpoint}").handler
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        result = handler(json.loads(json.dumps(event)), None)
    # As the Lambda runtime sends it on.
    json.dumps(result, ensure_ascii=False).encode()
    line = assert_line(written.getvalue())
    assert CANARY not in written.getvalue()
    assert line["endpoint"] == endpoint
    assert line.get("reason") != "fault", line
    missing = {404} if endpoint in {"metadata", "playground_page"} else set()
    assert result["statusCode"] in {200, 204, 303, 400, 401, 405, 413} | missing, line
    headers = result["headers"]
    check_headers(endpoint, headers, result.get("cookies", []), status=result["statusCode"])
    if result["statusCode"] == 303:
        assert headers["location"].startswith("/"), "nobody here was given a redirect_uri"
    elif result["statusCode"] >= 400:
        check_error(endpoint, result)
    if result["statusCode"] == 405:
        assert headers["allow"]


def check_headers(endpoint: str, headers: dict[str, str], cookies: list[str], *, status: int) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"] == "max-age=31536000"
    kept = endpoint in KEPT and status == 200
    assert headers["cache-control"] == ("public, max-age=3600" if kept else "no-store")
    assert ("access-control-allow-origin" in headers) == (endpoint in ORIGINS)
    assert "access-control-allow-credentials" not in headers
    for value in (*headers.values(), *cookies):
        assert value.isascii()
        assert not set(value) & set("\r\n\0")


def check_error(endpoint: str, result: dict[str, Any]) -> None:
    """A page for a person, JSON for all others."""
    headers, body = result["headers"], result["body"]
    if endpoint in PAGES:
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert body.startswith("<!doctype html>")
        assert CANARY not in body
        return
    assert headers["content-type"] == "application/json"
    error = json.loads(body)
    assert set(error) == {"error", "error_description"}
    assert DESCRIPTION.fullmatch(error["error_description"])
    assert CANARY not in body
    if result["statusCode"] == 401:
        assert headers["www-authenticate"].startswith(("Basic ", "Bearer "))


@pytest.mark.parametrize("endpoint", PATHS)
def test_any_event_is_answered(stack: LocalStack, endpoint: str) -> None:
    host = stack.issuer.partition("://")[2]

    @given(JSON | EVENTS)
    @example(None)
    @example([])
    @example({})
    @example({"headers": {"host": host}, "requestContext": {"http": {"method": "\ud800"}}})
    @example(
        {"headers": {"host": host}, "requestContext": {"http": {"method": "GET"}, "requestId": "\ud800"}}
    )
    @example({"headers": {"HOST": host}, "body": "!", "isBase64Encoded": True})
    @example({"headers": {"host": host}, "body": "a" * 200_000})
    @example({"headers": {"host": host}, "rawQueryString": "a" * 40_000})
    def answered(event: Any) -> None:
        check(endpoint, event)

    with nothing_written(stack):
        answered()


@pytest.mark.parametrize("endpoint", PATHS)
def test_any_request_of_a_stranger_is_answered_and_writes_nothing(stack: LocalStack, endpoint: str) -> None:
    host = stack.issuer.partition("://")[2]

    @given(requests(host, PATHS[endpoint]))
    def answered(event: dict[str, Any]) -> None:
        check(endpoint, event)

    with nothing_written(stack):
        answered()


def test_every_function_and_every_route_is_here(stack: LocalStack) -> None:
    answering = {route.function for route in stack.template.routes}
    functions = stack.template.functions
    assert {one.endpoint for one in functions if one.logical_id in answering} == set(PATHS)
    for endpoint, paths in PATHS.items():
        assert {endpoint_of(stack, path) for path in paths} == {endpoint}
