"""RFC 7662 section 2.1: who may ask, and how."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key, key_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written


@pytest.fixture
def asker(caller: Caller, tenant: Tenant) -> ClientApp:
    """The default resource server, as the client it introspects with."""
    return ClientApp(tenant.resource_server()[1], caller)


@pytest.fixture
def token(caller: Caller, tenant: Tenant) -> str:
    answer = ClientApp(tenant.client(), caller).token({"grant_type": "client_credentials"})
    access_token: str = answer.json["access_token"]
    return access_token


@spec("RFC7662-2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "something_else"])
def test_a_hint_changes_nothing(asker: ClientApp, token: str, hint: str) -> None:
    answer = asker.post("/introspect", {"token": token, "token_type_hint": hint})
    assert answer.json["active"] is True


@spec("RFC7662-2.1")
def test_a_parameter_not_known_is_ignored(asker: ClientApp, token: str) -> None:
    assert asker.post("/introspect", {"token": token, "resource_owner": "x"}).json["active"] is True


@spec("RFC7662-2.1")
def test_a_resource_server_may_send_its_secret_in_the_form(
    caller: Caller, tenant: Tenant, token: str
) -> None:
    _, client = tenant.resource_server()
    posts = tenant.client(
        grant_types=(), redirect_uris=(), resources=client.resources,
        token_endpoint_auth_method="client_secret_post",
    )  # fmt: skip
    assert ClientApp(posts, caller).post("/introspect", {"token": token}).json["active"] is True


@spec("RFC7662-2.1")
def test_a_resource_server_may_prove_itself_with_its_key_once(
    caller: Caller, tenant: Tenant, token: str
) -> None:
    key, resources = client_key(), tenant.resource_server()[1].resources
    client = key_client(tenant, key.jwk(), grant_types=(), redirect_uris=(), scope=(), resources=resources)
    assertion = key.sign(assertion_claims(caller, client))
    form = {"token": token, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    assert caller.post("/introspect", form).json["active"] is True
    assert_json_error(caller.post("/introspect", form), "invalid_client", status=401)


BAD_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "no token": ({}, "parameter_missing"),
    "an empty token": ({"token": ""}, "parameter_missing"),
    "two tokens": ({"token": ["a", "b"]}, "parameter_repeated"),
    "two hints": ({"token": "a", "token_type_hint": ["b", "c"]}, "parameter_repeated"),
}


@spec("RFC7662-2.1")
@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_malformed_request_is_invalid(
    asker: ClientApp, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    fields, reason = BAD_REQUESTS[case]
    with nothing_written(stack):
        answer = asker.post("/introspect", fields)
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == reason


@spec("RFC7662-2.1")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(caller: Caller, token: str, method: str) -> None:
    answer = caller.send(method, f"/introspect?token={token}")
    assert_json_error(answer, "invalid_request", status=405)
    assert answer.headers["allow"] == "POST"


@spec("RFC7662-2.1")
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data", ""])
def test_only_a_form_is_read(asker: ClientApp, caller: Caller, token: str, content_type: str) -> None:
    answer = caller.post(
        "/introspect", {"token": token}, auth=(asker.client.client_id, SECRET), content_type=content_type
    )
    assert_json_error(answer, "invalid_request")


@spec("RFC7662-2.1")
def test_web_pages_may_not_read_it(asker: ClientApp, token: str) -> None:
    answer = asker.post("/introspect", {"token": token})
    assert "access-control-allow-origin" not in answer.headers


@spec("RFC7662-2.1")
@pytest.mark.parametrize("of_resource_server", [False, True])
def test_a_public_client_may_not_ask(
    caller: Caller,
    tenant: Tenant,
    token: str,
    capsys: pytest.CaptureFixture[str],
    *,
    of_resource_server: bool,
) -> None:
    _, confidential = tenant.resource_server()
    resources = confidential.resources if of_resource_server else ()
    app = ClientApp(tenant.public_client(resources=resources), caller)
    answer = app.post("/introspect", {"token": token})
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, token)["reason"] == "client_public"


UNAUTHENTICATED: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "nobody": ({}, {}, "client_missing"),
    "an unknown client": ({"client_id": "nobody-knows"}, {}, "client_unknown"),
    "a wrong secret": ({}, {}, "client_secret_wrong"),
    "an access token": ({}, {"authorization": "Bearer abc"}, "authorization_scheme"),
    "a name alone": ({"client_id": "own"}, {}, "client_auth_method"),
    "the secret by another method": (
        {"client_id": "own", "client_secret": SECRET},
        {},
        "client_auth_method",
    ),
}


@spec("RFC7662-2.3")
@pytest.mark.parametrize("case", UNAUTHENTICATED)
def test_who_is_not_authenticated_learns_nothing(
    *,
    asker: ClientApp,
    caller: Caller,
    stack: LocalStack,
    token: str,
    capsys: pytest.CaptureFixture[str],
    case: str,
) -> None:
    fields, headers, reason = UNAUTHENTICATED[case]
    client_id = asker.client.client_id
    fields = {name: client_id if value == "own" else value for name, value in fields.items()}
    auth = (client_id, "wrong") if case == "a wrong secret" else None
    with nothing_written(stack):
        answer = caller.post("/introspect", {"token": token, **fields}, auth=auth, **headers)
    assert_json_error(answer, "invalid_client", status=401)
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert last_log(capsys, SECRET, token)["reason"] == reason
