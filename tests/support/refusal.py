"""What a refusal looks like in each channel, and what the log says of it."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.browser import forms
from tests.support.client_app import ClientApp
from tests.support.http import Answer
from tests.support.log_lines import assert_line
from tests.support.pages import link, links

# RFC 6749 sections 4.1.2.1 and 5.2: what an error_description may hold.
_DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")


def assert_page(answer: Answer, *, status: int = 400, form: bool = False) -> None:
    """An error told to the person alone: a page that leads nowhere, is not kept, and is not framed. With
    `form` it has one that leads to an app.
    """
    assert answer.status == status, (answer.status, answer.headers, answer.body)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "location" not in answer.headers
    assert answer.cookies == ()
    _assert_private(answer)
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert ("form-action 'none'" in policy) is not form
    assert answer.headers["x-frame-options"] == "DENY"


def assert_offered(answer: Answer, app: ClientApp, error: str, *, mode: str = "query") -> None:
    """An error of a client nobody has looked at, before anybody was asked: a page, with a way to take it to
    the client: a link, or a form that does not send itself.
    """
    assert_page(answer, form=mode == "form_post")
    shown = f"Go back to {urlsplit(app.redirect_uri).netloc}"
    if mode == "form_post":
        (form,) = forms(answer.body)
        assert shown in answer.body
        assert "<script" not in answer.body
        assert (form.action, form.fields["error"]) == (app.redirect_uri, error)
        return
    assert links(answer) == [shown]
    way_on = link(answer, shown)
    before = "#" if mode == "fragment" else "?"
    assert way_on.startswith(f"{app.redirect_uri}{before}")
    assert parse_qs(way_on.partition(before)[2])["error"] == [error]


def assert_refused(
    answer: Answer,
    app: ClientApp,
    error: str,
    *,
    state: str | None = "a state",
    mode: str = "query",
) -> None:
    """An error told to the client, in this response mode: error, state and iss, and nothing else."""
    assert answer.cookies == ()
    _assert_private(answer)
    members = answered(answer, app, mode=mode)
    assert _DESCRIPTION.fullmatch(members.pop("error_description"))
    expected = {"error": error, "state": state, "iss": app.caller.issuer}
    assert members == {name: value for name, value in expected.items() if value is not None}


def answered(answer: Answer, app: ClientApp, *, mode: str) -> dict[str, str]:
    """The members of an authorization response, which came in this response mode and no other."""
    if mode == "form_post":
        assert answer.status == 200, (answer.status, answer.headers)
        (form,) = forms(answer.body)
        assert form.action == app.redirect_uri
        assert form.buttons == []
        return dict(form.fields)
    assert answer.status == 303, (answer.status, answer.body)
    assert answer.location.startswith(app.redirect_uri)
    assert urlsplit(answer.location)[:3] == urlsplit(app.redirect_uri)[:3]
    assert answer.body == ""
    assert ("#" in answer.location) is (mode == "fragment")
    return dict(answer.fragment if mode == "fragment" else answer.query)


def assert_json_error(answer: Answer, error: str, *, status: int = 400) -> None:
    """An error of the token endpoint (RFC 6749 section 5.2)."""
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json) == {"error", "error_description"}
    assert answer.error == error
    assert _DESCRIPTION.fullmatch(answer.json["error_description"])
    _assert_private(answer)


def last_log(capsys: pytest.CaptureFixture[str], *secrets: str) -> dict[str, Any]:
    """The log line of the last request; none of the lines since the last look holds one of the secrets."""
    written = capsys.readouterr().out
    for secret in secrets:
        assert secret not in written
    # A function that another one invoked has a line of its own shape.
    requests = (line for line in written.splitlines() if not line.startswith('{"operation":'))
    lines: list[dict[str, Any]] = [assert_line(line) for line in requests]
    return lines[-1]


def _assert_private(answer: Answer) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
