"""The gateway: requests to payload 2.0 events, answers to responses, and which route is taken."""

import base64
import json
from typing import Any

import pytest

from infra.local.gateway import Gateway, to_event, to_response
from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.resources import Route


def request(
    target: str = "/", *headers: tuple[str, str], method: str = "GET", body: bytes = b""
) -> HttpRequest:
    return HttpRequest(method, target, "HTTP/1.1", (("Host", "localhost:8000"), *headers), body, "127.0.0.1")


def test_event_has_every_member_of_payload_2_0() -> None:
    event = to_event(
        request("/token?a=1&b=2", ("User-Agent", "test/1"), method="POST"), route_key="ANY /token"
    )
    context = event["requestContext"]
    assert event["version"] == "2.0"
    assert event["routeKey"] == context["routeKey"] == "ANY /token"
    assert event["rawPath"] == "/token"
    assert event["isBase64Encoded"] is False
    assert "body" not in event
    assert "cookies" not in event
    assert context["stage"] == "$default"
    assert context["domainName"] == "localhost:8000"
    assert context["http"] == {
        "method": "POST",
        "path": "/token",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test/1",
    }
    assert context["requestId"] != to_event(request())["requestContext"]["requestId"]
    assert isinstance(context["timeEpoch"], int)
    assert context["time"].endswith(" +0000")


def test_query_stays_as_it_was_sent_and_path_is_decoded() -> None:
    event = to_event(request("/a%20b/%C3%A9?scope=openid%20email&x=1&x=2&empty=&plus=a+b"))
    assert event["rawPath"] == "/a b/\u00e9"
    assert event["rawQueryString"] == "scope=openid%20email&x=1&x=2&empty=&plus=a+b"
    assert event["queryStringParameters"]["x"] == "1,2"
    assert event["queryStringParameters"]["empty"] == ""


def test_headers_are_lower_case_and_repeated_ones_joined() -> None:
    event = to_event(request("/", ("DPoP", "one"), ("dpop", "two"), ("Connection", "close")))
    assert event["headers"]["dpop"] == "one,two"
    assert event["headers"]["host"] == "localhost:8000"
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert event["headers"]["x-forwarded-port"] == "8000"
    assert "connection" not in event["headers"]


def test_forwarded_for_is_appended_to_not_believed() -> None:
    event = to_event(request("/", ("X-Forwarded-For", "6.6.6.6")))
    assert event["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.1"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


def test_cookies_are_a_list_and_no_header() -> None:
    event = to_event(request("/", ("Cookie", "a=1; b=2;"), ("Cookie", "c=3")))
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


@pytest.mark.parametrize(
    ("content_type", "as_text"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/plain", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("application/jwt", False),
        ("", False),
    ],
)
def test_body_is_base64_unless_its_type_is_text(content_type: str, as_text: bool) -> None:
    event = to_event(request("/", ("Content-Type", content_type), method="POST", body=b'{"a":1}'))
    assert event["isBase64Encoded"] is not as_text
    assert event["body"] == '{"a":1}' if as_text else base64.b64encode(b'{"a":1}').decode()
    assert event["headers"]["content-length"] == "7"


def test_text_that_is_not_utf_8_is_base64() -> None:
    event = to_event(request("/", ("Content-Type", "text/plain"), method="POST", body=b"\xff"))
    assert event["isBase64Encoded"] is True


def answer(**members: Any) -> HttpResponse:
    return to_response({"statusCode": 200, **members}, request_id="r")


def test_answer_keeps_status_headers_and_cookies_apart() -> None:
    response = answer(
        statusCode=303, headers={"Location": "/x", "Content-Length": "99"}, cookies=["a=1", "b=2"], body="b"
    )
    assert response.status == 303
    assert response.body == b"b"
    assert ("location", "/x") in response.headers
    assert [value for name, value in response.headers if name == "set-cookie"] == ["a=1", "b=2"]
    assert "content-length" not in dict(response.headers)


def test_answer_without_content_type_is_plain_text() -> None:
    assert dict(answer().headers)["content-type"] == "text/plain;charset=UTF-8"


def test_base64_answer_is_decoded() -> None:
    assert answer(body="/w==", isBase64Encoded=True).body == b"\xff"


def test_answer_without_status_is_json_of_a_200() -> None:
    response = to_response({"a": 1}, request_id="r")
    assert (response.status, response.body) == (200, b'{"a": 1}')


@pytest.mark.parametrize(
    "members",
    [
        {"statusCode": "200"},
        {"statusCode": 99},
        {"body": 1},
        {"headers": {"a": 1}},
        {"headers": {"a": "b\r\nc: d"}},
        {"headers": {"a\n": "b"}},
        {"cookies": ["a=b\r\nc: d"]},
        {"body": "*", "isBase64Encoded": True},
    ],
)
def test_answer_that_the_gateway_cannot_read_is_an_error(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        answer(**members)


ROUTE_KEYS = [
    "$default",
    "ANY /{proxy+}",
    "ANY /files/{proxy+}",
    "GET /files/{name}",
    "ANY /files/list",
    "GET /files/list",
    "ANY /a.b",
]


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "/files/list", ("GET /files/list", None)),
        ("POST", "/files/list?a=b", ("ANY /files/list", None)),
        ("GET", "/files/one", ("GET /files/{name}", {"name": "one"})),
        ("POST", "/files/one", ("ANY /files/{proxy+}", {"proxy": "one"})),
        ("GET", "/files/one/two", ("ANY /files/{proxy+}", {"proxy": "one/two"})),
        ("GET", "/a.b", ("ANY /a.b", None)),
        ("GET", "/aXb", ("ANY /{proxy+}", {"proxy": "aXb"})),
        ("GET", "/", ("$default", None)),
    ],
)
def test_the_most_specific_route_is_taken(
    method: str, target: str, expected: tuple[str, dict[str, str] | None]
) -> None:
    taken: list[dict[str, Any]] = []
    gateway = Gateway([Route(key, "F") for key in ROUTE_KEYS], lambda _, event: taken.append(event))
    assert gateway(request(target, method=method)).status == 200
    assert (taken[0]["routeKey"], taken[0].get("pathParameters")) == expected


def test_unknown_route_is_404_in_the_gateways_words() -> None:
    response = Gateway([Route("GET /known", "F")], lambda *_: None)(request("/unknown"))
    assert response.status == 404
    assert json.loads(response.body) == {"message": "Not Found"}
    assert (
        Gateway([Route("GET /known", "F")], lambda *_: None)(request("/known", method="POST")).status == 404
    )


@pytest.mark.parametrize("broken", ["raises", "no JSON", "no response"])
def test_a_function_that_fails_is_a_500_that_says_nothing(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    def invoke(_function: str, _event: dict[str, Any]) -> Any:
        if broken == "raises":
            raise RuntimeError("secret")
        return {"statusCode": 200, "body": object()} if broken == "no JSON" else {"statusCode": "x"}

    response = Gateway([Route("$default", "Token")], invoke)(request())
    assert response.status == 500
    assert json.loads(response.body) == {"message": "Internal Server Error"}
    assert "Token failed" in caplog.text


@pytest.mark.parametrize(
    ("host", "answered"), [("localhost:8000", 200), ("rebound.example:8000", 404), ("127.0.0.1:8000", 404)]
)
def test_documents_are_told_to_who_names_the_host_and_to_no_page_of_another(host: str, answered: int) -> None:
    """A name of somebody else's that leads here (DNS rebinding) would read the demo's secrets."""
    gateway = Gateway([], lambda *_: {}, documents={"/demo.json": {"a": 1}}, host="localhost:8000")
    asked = HttpRequest("GET", "/demo.json?x", "HTTP/1.1", (("Host", host),), b"", "127.0.0.1")
    answer = gateway(asked)
    assert answer.status == answered
    if answered == 200:
        headers = dict(answer.headers)
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
        assert json.loads(answer.body) == {"a": 1}


def test_a_document_that_is_text_is_told_as_text() -> None:
    gateway = Gateway([], lambda *_: {}, documents={"/a.md": "# A"}, host="localhost:8000")
    answer = gateway(request("/a.md"))
    assert dict(answer.headers)["content-type"].startswith("text/plain")
    assert answer.body == b"# A"
