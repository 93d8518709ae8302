"""The embedded Lambda: whom it invokes, by which names, and how it tells what a function did."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from infra.local.functions import MAX_BYTES, EmbeddedLambda
from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.resources import Function

OWN = "arn:aws:lambda:us-east-1:000000000000:function:Token"
OTHER = "arn:aws:lambda:eu-west-1:111122223333:function:hook"


def own(logical_id: str, event: Mapping[str, Any]) -> Any:
    return {"function": logical_id, "event": event}


def other(event: Any) -> Any:
    if event == {"fail": True}:
        raise ValueError("as told")
    return "x" * MAX_BYTES if event == {"much": True} else ["other", event]


def ask(name: str, body: bytes = b"{}") -> HttpResponse:
    path = f"/2015-03-31/functions/{quote(name, safe='')}/invocations"
    request = HttpRequest("POST", path, "HTTP/1.1", (), body, "127.0.0.1")
    return EmbeddedLambda((Function("Token", "a.b.handler", {}),), own, {OTHER: other})(request)


@pytest.mark.parametrize("name", ["Token", OWN, f"{OWN}:live", f"{OWN}:7"])
def test_a_function_of_the_stack_is_called_by_any_of_its_names(name: str) -> None:
    answer = ask(name, b'{"a":1}')
    assert (answer.status, json.loads(answer.body)) == (200, {"function": "Token", "event": {"a": 1}})


@pytest.mark.parametrize("name", [OTHER, f"{OTHER}:live"])
def test_others_are_called_by_their_arns(name: str) -> None:
    answer = ask(name, b"[1]")
    assert (answer.status, json.loads(answer.body)) == (200, ["other", [1]])


@pytest.mark.parametrize("name", ["Other", "hook", f"{OTHER}2", OWN.replace("Token", "Tok"), ""])
def test_there_is_no_other_function(name: str) -> None:
    answer = ask(name)
    assert (answer.status, dict(answer.headers)["x-amzn-errortype"]) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    ("event", "error"), [(b'{"fail": true}', "as told"), (b'{"much": true}', "Response")]
)
def test_a_function_that_fails_is_told_by_a_header(event: bytes, error: str) -> None:
    answer = ask(OTHER, event)
    assert (answer.status, dict(answer.headers)["x-amz-function-error"]) == (200, "Unhandled")
    assert json.loads(answer.body)["errorMessage"].startswith(error)


@pytest.mark.parametrize(("event", "status"), [(b"no JSON", 400), (b'"' + b"x" * MAX_BYTES + b'"', 413)])
def test_what_lambda_would_not_hand_over_reaches_no_function(event: bytes, status: int) -> None:
    assert ask(OTHER, event).status == status
