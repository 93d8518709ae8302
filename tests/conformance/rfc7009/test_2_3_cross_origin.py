"""RFC 7009 section 2.3: a page of another origin may revoke its tokens; by CORS, not by JSONP."""

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Caller
from tests.support.tenant import Tenant
from tests.support.traceability import spec

ORIGIN = "https://app.example.com"


@spec("RFC7009-2.3")
def test_a_preflight_allows_a_post_and_the_authorization_header(caller: Caller) -> None:
    answer = caller.send(
        "OPTIONS",
        "/revoke",
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
        },
    )
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


@spec("RFC7009-2.3")
@pytest.mark.parametrize(("token", "status"), [("unknown", 200), ("", 400)])
def test_a_page_may_read_the_answer_and_the_error(
    caller: Caller, tenant: Tenant, token: str, status: int
) -> None:
    app = ClientApp(tenant.public_client(), caller)
    answer = caller.post("/revoke", {"client_id": app.client.client_id, "token": token}, origin=ORIGIN)
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@spec("RFC7009-2.3")
def test_cookies_authenticate_nobody(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    answer = caller.send(
        "POST",
        "/revoke",
        headers={"content_type": "application/x-www-form-urlencoded"},
        cookies={"keyturn_session": "x", "client_id": client.client_id},
        body=b"token=abc",
    )
    assert (answer.status, answer.error) == (401, "invalid_client")
