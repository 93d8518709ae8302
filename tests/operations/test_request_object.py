"""The function that fetches request objects, and their clients' keys: what it asks, answers and logs."""

import base64
import json
from typing import Any

import pytest

from chalicelib.operations.request_object import MAX_BYTES, handler, respond
from chalicelib.outbound.fetched import Fetched
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.origin import Origin


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        ("request_object", "application/oauth-authz-req+jwt, application/jwt"),
        ("keys", "application/jwk-set+json, application/json"),
    ],
)
def test_it_asks_for_one_document_of_its_kind_and_bounds_it(kind: str, accept: str) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def fetch(url: str, **how: Any) -> Fetched:
        asked.append((url, how))
        return Fetched(b"there", 60)

    event = {"url": "https://app.example/one", "kind": kind}
    assert respond(event, fetch=fetch, allowed_origins=()).body == b"there"
    assert asked == [
        ("https://app.example/one", {"allowed_origins": (), "accept": accept, "max_bytes": MAX_BYTES})
    ]


def test_it_answers_what_was_there_and_how_long_it_is_good(
    stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    del stack
    with Origin() as origin, changed_environment(FETCH_ALLOWED_ORIGINS=origin.address):
        url = origin.serve("/one?secret=1", b"\xff there", cache_control="max-age=60")
        answer = handler({"url": url, "kind": "request_object"}, None)
        gone = handler({"url": origin.address + "/gone", "kind": "keys"}, None)
    assert base64.b64decode(answer["body"]) == b"\xff there"
    assert (answer["outcome"], answer["max_age"]) == ("fetched", 60)
    assert gone == {"outcome": "unavailable", "why": "the answer is 404", "answered": True}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["operation"], line["host"], line["outcome"]) for line in lines] == [
        ("request_object", "127.0.0.1", "fetched"),
        ("request_object", "127.0.0.1", "unavailable"),
    ]
    # What is in a URL is the client's, and may be a secret.
    assert "secret" not in str(lines)


def test_it_asks_nobody_on_this_machine_unless_the_tenant_says_so(stack: LocalStack) -> None:
    del stack
    with Origin() as origin:
        for url in (f"{origin.address}/one", f"https://127.0.0.1:{origin.port}/one", "file:///etc/passwd"):
            assert handler({"url": url, "kind": "request_object"}, None)["outcome"] == "unavailable"
        assert origin.connections == 0
