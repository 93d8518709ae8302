"""OpenID Connect Core section 6.2.2: a host that does not give the object, or that must not be asked."""

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.origin import Origin
from tests.support.refusal import assert_refused, last_log
from tests.support.request_object import members, refer, refers, unsigned
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]

UNAVAILABLE: dict[str, tuple[str, str, dict[str, str]]] = {
    "not found": ("404 Not Found", "", {}),
    "in trouble": ("503 Service Unavailable", "", {}),
    "moved": ("302 Found", "", {"location": "/elsewhere"}),
    "too large": ("200 OK", "e" * (64 * 1024 + 1), {}),
    "packed": ("200 OK", "e30", {"content_encoding": "gzip"}),
}


@spec("OIDC-Core-6.2.2")
@spec("RFC9101-10.4.1")
@spec("RFC9101-7")
@pytest.mark.parametrize("case", UNAVAILABLE)
def test_what_can_not_be_had_is_told_to_the_client(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, origin: Origin, path: str, capsys: Log, case: str
) -> None:
    status, body, headers = UNAVAILABLE[case]
    known = refers(caller, tenant, origin.address + path)
    origin.serve(path, body, status=status, **headers)
    origin.serve("/elsewhere", unsigned(members(known.app)))
    with nothing_written(stack):
        answer = refer(known, origin.address + path)
    assert_refused(answer, known.app, "invalid_request_uri", state=None)
    assert last_log(capsys)["reason"] == "request_uri_unavailable"
    assert origin.asked("/elsewhere") == 0


@spec("OIDC-Core-6.2.2")
@spec("RFC9101-7")
@pytest.mark.parametrize("body", ["<html>no object</html>", "", "{}", "é", "e30.e30.", " " * 100])
def test_what_is_no_object_is_refused_as_one(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, origin: Origin, path: str, capsys: Log, body: str
) -> None:
    known = refers(caller, tenant, origin.address + path)
    origin.serve(path, body, content_type="text/html")
    with nothing_written(stack):
        answer = refer(known, origin.address + path)
    assert_refused(answer, known.app, "invalid_request_object", state=None)
    assert last_log(capsys)["reason"] == "request_object_malformed"


@spec("OIDC-Core-6.2.2")
def test_an_address_of_this_network_is_not_asked(
    *, stack: LocalStack, caller: Caller, tenant: Tenant, capsys: Log
) -> None:
    """A client could register it; nothing but the tenant's own settings lets it be reached."""
    with Origin() as other:
        urls = (
            f"{other.address}/object",
            f"https://127.0.0.1:{other.port}/object",
            f"https://localhost:{other.port}/object",
            f"https://[::ffff:127.0.0.1]:{other.port}/object",
            f"https://2130706433:{other.port}/object",
        )
        known = refers(caller, tenant, *urls)
        for url in urls:
            with nothing_written(stack):
                answer = refer(known, url)
            assert_refused(answer, known.app, "invalid_request_uri", state=None)
            assert last_log(capsys)["reason"] == "request_uri_unavailable"
        assert other.connections == 0
