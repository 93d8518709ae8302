"""RFC 7592 sections 2.1 and 3: a client reads its own record."""

import time

import pytest

from infra.local.stack import LocalStack
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import NATIVE, Registrar, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written


@spec("OIDC-Registration-4.2")
@spec("OIDC-Registration-4.3")
@spec("RFC7592-2.1")
def test_the_record_is_read_with_its_token_and_no_secret(registrar: Registrar, stack: LocalStack) -> None:
    made = registrar.registered()
    with nothing_written(stack):
        answer = registrar.send("GET", path_of(made), token=made["registration_access_token"])
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    hidden = {"client_secret", "client_secret_expires_at"}
    assert answer.json == {name: value for name, value in made.items() if name not in hidden}


@spec("OIDC-Registration-4.4")
@spec("RFC7592-2.1")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "who", ["unknown", "wrong", "another's", "public", "operator's", "taken over", "expired"]
)
def test_an_unknown_client_and_a_wrong_token_are_told_the_same(
    registrar: Registrar, tenant: Tenant, stack: LocalStack, method: str, who: str
) -> None:
    made, other = registrar.registered(), registrar.registered()
    path, token = path_of(made), made["registration_access_token"]
    match who:
        case "unknown":
            path = "/register/nobody"
        case "wrong":
            token = token[:-2] + "AA"
        case "another's":
            token = other["registration_access_token"]
        case "public":
            path = path_of(registrar.registered(NATIVE))
        case "operator's":
            path = path_of({"client_id": tenant.client().client_id})
        case _:
            table = tenant.table("Clients")
            item = table.find(id=f"client#{made['client_id']}")
            ended = {"expires_at": int(time.time()) - 1}
            table.change(item, **{"registration": "operator"} if who == "taken over" else ended)
    document = {"client_id": made["client_id"]} if method == "PUT" else None
    with nothing_written(stack):
        answer = registrar.send(method, path, document, token=token)
    assert_json_error(answer, "invalid_token", status=401)
    assert answer.json["error_description"] == "The registration access token is not valid here."
    assert answer.headers["www-authenticate"] == 'Bearer realm="registration", error="invalid_token"'


@spec("RFC7592-2.1")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_without_a_token_only_that_one_is_needed_is_told(registrar: Registrar, method: str) -> None:
    answer = registrar.send(method, path_of(registrar.registered()))
    assert_json_error(answer, "invalid_token", status=401)
    assert answer.headers["www-authenticate"] == 'Bearer realm="registration"'


@spec("RFC7592-2.1")
def test_a_page_of_any_origin_may_manage_its_record(registrar: Registrar) -> None:
    made = registrar.registered()
    asked = registrar.caller.send("OPTIONS", path_of(made), headers={"origin": "https://app.example.org"})
    assert asked.headers["access-control-allow-methods"] == "GET, PUT, DELETE"
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    read = registrar.send("GET", path_of(made), token=made["registration_access_token"])
    assert read.headers["access-control-allow-origin"] == "*"
    refused = registrar.send("POST", path_of(made), {}, token=made["registration_access_token"])
    assert_json_error(refused, "invalid_request", status=405)


@spec("RFC7592-2.1")
def test_no_token_reaches_the_log(registrar: Registrar, capsys: pytest.CaptureFixture[str]) -> None:
    made = registrar.registered()
    token = made["registration_access_token"]
    registrar.send("GET", path_of(made), token=token)
    line = last_log(capsys, token, made["client_secret"])
    assert (line["outcome"], line["client_id"]) == ("read", made["client_id"])
