"""OpenID Connect Core section 6.2: request objects by reference, at URIs the client registered."""

import base64
import hashlib
import json

import pytest

from infra.local.stack import LocalStack
from tests.support.client_key import client_key
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import assert_refused, last_log
from tests.support.request_object import members, outside, refer, refers, signed, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]
KEY = client_key("ES256", "own")


@spec("OIDC-Core-6.2")
@spec("RFC9101-5.2.2")
def test_an_object_may_be_where_the_client_registered_it(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    known = refers(caller, tenant, origin.address + path)
    origin.serve(path, unsigned(members(known.app, state="there")) + "\n", content_type="application/jwt")
    assert refer(known, origin.address + path, state="outside").query["state"] == "there"
    (asked,) = [head for head in origin.seen if head.startswith(f"GET {path} ")]
    assert "accept: application/oauth-authz-req+jwt, application/jwt" in asked.lower()
    assert "cookie" not in asked.lower()


@spec("OIDC-Core-6.2")
def test_an_object_there_may_be_signed_by_keys_that_are_there_too(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    jwks_uri = origin.serve(f"{path}-keys", json.dumps({"keys": [KEY.jwk()]}))
    known = refers(caller, tenant, origin.address + path, jwks_uri=jwks_uri)
    origin.serve(path, signed(known, KEY, state="there"))
    for _ in range(2):
        assert refer(known, origin.address + path).query["state"] == "there"
    assert origin.asked(f"{path}-keys") == 1


@spec("OIDC-Core-6.2.1")
@spec("OIDC-Core-6.2")
@spec("RFC9101-5.2.1")
def test_what_the_fragment_is_the_hash_of_is_kept_until_the_fragment_changes(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    url = origin.address + path
    known = refers(caller, tenant, url)
    for state in ("first", "second"):
        content = unsigned(members(known.app, state=state))
        origin.serve(path, content)
        for _ in range(2):
            assert refer(known, f"{url}#{hash_of(content)}").query["state"] == state
    assert origin.asked(path) == 2
    # A fragment that can be no hash only tells one version from another.
    assert refer(known, f"{url}#version-2").query["state"] == "second"


@spec("OIDC-Core-6.2")
@spec("RFC9101-10.4.2")
def test_content_of_another_hash_is_refused(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, origin: Origin, path: str, capsys: Log
) -> None:
    url = f"{origin.address}{path}#{hash_of('what was there')}"
    known = refers(caller, tenant, url)
    origin.serve(path, unsigned(members(known.app)))
    with nothing_written(stack):
        answer = refer(known, url)
    assert_refused(answer, known.app, "invalid_request_uri", state=None)
    assert last_log(capsys)["reason"] == "request_uri_hash"


@spec("OIDC-Registration-2")
def test_only_what_the_client_registered_is_ever_asked_for(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, origin: Origin, path: str, capsys: Log
) -> None:
    known = refers(caller, tenant, f"{origin.address}{path}?a=b", f"{origin.address}{path}#{'x' * 43}")
    another = refers(caller, tenant, origin.address + path)
    request = unsigned(members(known.app))
    for end in ("", "?a=b", "?a=c", "/more"):
        origin.serve(path + end, request)
    wrong = [
        origin.address + path,
        f"{origin.address}{path}?a=c",
        f"{origin.address}{path}/more",
        f"{origin.address}{path}?a=b&c=d",
        f"{origin.address.replace('127.0.0.1', 'localhost')}{path}?a=b",
        f"{origin.address}{path}#{'y' * 43}",
        f"{origin.address.replace('http', 'HTTP')}{path}?a=b",
        "urn:ietf:params:oauth:request_uri:something",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "#",
    ]
    for url in wrong:
        with nothing_written(stack):
            answer = refer(known, url)
        assert_refused(answer, known.app, "invalid_request_uri", state=None)
        assert last_log(capsys)["reason"] == "request_uri_unregistered", url
    assert not [head for head in origin.seen if head.startswith(f"GET {path}")]
    # One client's is not another's.
    answer = refer(another, f"{origin.address}{path}?a=b")
    assert_refused(answer, another.app, "invalid_request_uri", state=None)


@spec("OIDC-Core-6.2")
def test_a_client_that_registered_itself_may_have_its_objects_and_keys_fetched_too(
    caller: Caller, tenant: Tenant, origin: Origin, path: str
) -> None:
    """tests/outbound/test_fetched_request_objects.py: how many at a time, and how often."""
    jwks_uri = origin.serve(f"{path}-keys", json.dumps({"keys": [KEY.jwk()]}))
    known = refers(caller, tenant, origin.address + path, jwks_uri=jwks_uri, registration="dynamic")
    origin.serve(path, signed(known, KEY, state="there", scope="openid"))
    fields = outside(known.app, None, request_uri=origin.address + path)
    assert known.browser.authorize(known.person, fields).query["state"] == "there"


@spec("OIDC-Core-6")
def test_an_object_comes_one_way_alone(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, origin: Origin, path: str, capsys: Log
) -> None:
    known = refers(caller, tenant, origin.address + path)
    request = unsigned(members(known.app))
    origin.serve(path, request)
    with nothing_written(stack):
        answer = known.browser.open(
            "/authorize", {**outside(known.app, request), "request_uri": origin.address + path}
        )
    assert_refused(answer, known.app, "invalid_request", state=None)
    assert last_log(capsys)["reason"] == "request_and_request_uri"
    assert origin.asked(path) == 0


def hash_of(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
