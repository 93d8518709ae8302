"""OpenID Connect Session Management sections 3.2 and 3.3: the page that apps frame.

What its script answers, a browser shows: tests/browser/test_session_management.py.
"""

import base64
import hashlib
import re

from infra.local.stack import LocalStack
from tests.support.http import Answer, Caller
from tests.support.issuers import issuer
from tests.support.traceability import spec
from tests.support.wire import listening

PAGES = ("/login", "/consent", "/device", "/end_session", "/authorize", "/playground")


def directives(answer: Answer) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def iframe(caller: Caller) -> Answer:
    url = caller.get("/.well-known/openid-configuration").json["check_session_iframe"]
    return caller.get(url.removeprefix(caller.issuer))


@spec("OIDC-Session-3.3")
def test_discovery_names_the_page(caller: Caller) -> None:
    answer = iframe(caller)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@spec("OIDC-Session-3.2")
def test_it_may_be_framed_by_any_app_and_no_other_page_may(caller: Caller) -> None:
    answer = iframe(caller)
    assert directives(answer)["frame-ancestors"] == "*"
    assert "x-frame-options" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    for path in PAGES:
        other = caller.get(path)
        assert directives(other)["frame-ancestors"] == "'none'", path
        assert other.headers["x-frame-options"] == "DENY", path


@spec("OIDC-Session-3.2")
def test_it_runs_its_own_script_and_nothing_else(caller: Caller) -> None:
    answer = iframe(caller)
    (script,) = re.findall(r"<script>(.*?)</script>", answer.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = directives(answer)
    assert policy["script-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert not re.search(r"<(form|a|button|input|img|link)\b", answer.body)


@spec("OIDC-Session-3.2")
def test_it_is_the_same_for_everybody_and_asks_nothing_of_the_server(
    caller: Caller, stack: LocalStack
) -> None:
    with listening(stack) as wire:
        plain = caller.get("/check_session_iframe")
        told = caller.send("GET", "/check_session_iframe?x=1", cookies={"keyturn_session": "a"})
    assert wire.seen == []
    assert (plain.body, plain.cookies) == (told.body, ())
    assert plain.headers["cache-control"] == "public, max-age=3600"


@spec("OIDC-Session-3.2")
def test_it_reads_the_cookie_by_the_name_it_has_at_this_issuer(caller: Caller, stack: LocalStack) -> None:
    assert 'data-cookie="keyturn_session_state"' in iframe(caller).body
    with issuer(stack, "https://login.example.com") as secure:
        assert 'data-cookie="__Host-session_state"' in iframe(secure).body


def test_other_methods_are_told_which_are_served(caller: Caller) -> None:
    refused = caller.post("/check_session_iframe")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
