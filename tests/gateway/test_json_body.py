"""A body that must be JSON."""

import pytest

from chalicelib.gateway.json_body import json_body
from chalicelib.gateway.request import Request
from chalicelib.protocol.errors import InvalidRequest


def request(body: bytes, content_type: str | None) -> Request:
    return Request(
        method="POST",
        path="/",
        query="",
        headers={} if content_type is None else {"content-type": content_type},
        cookies={},
        body=body,
        source_ip="",
        request_id="",
    )


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=UTF-8"]
)
def test_json_is_read_in_any_usual_spelling_of_its_type(content_type: str) -> None:
    assert json_body(request(b'{"a": "\xc3\xa9"}', content_type)) == {"a": "é"}


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"{}", None, "content_type"),
        (b"{}", "text/plain", "content_type"),
        (b"a=b", "application/x-www-form-urlencoded", "content_type"),
        (b"{}", "application/json-patch+json", "content_type"),
        (b"{}", "application/json; charset=utf-16", "content_type"),
        (b"a=b", "application/json", "json_malformed"),
        (b'{"a": 1, "a": 2}', "application/json", "json_malformed"),
    ],
)
def test_anything_else_is_refused(body: bytes, content_type: str | None, reason: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        json_body(request(body, content_type))
    assert refused.value.reason == reason
