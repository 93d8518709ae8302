"""RFC 6749 section 5.2: which error, with which status and headers, and in which order they are found."""

from typing import Any

import pytest

from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller, basic
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

UNKNOWN = {
    "implicit": "implicit",
    "another's urn": "urn:ietf:params:oauth:grant-type:nobody_knows",
    "other case": "Client_Credentials",
    "with a space": "client_credentials ",
    "two in one": "client_credentials refresh_token",
    "a name of Python": "__class__",
    "no ASCII": "ünknown",
}


@spec("RFC6749-5.2")
@pytest.mark.parametrize("case", UNKNOWN)
def test_a_grant_type_not_served_is_unsupported(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    app = ClientApp(tenant.client(grant_types=(UNKNOWN[case],)), caller)
    with unchanged():
        answer = app.token({"grant_type": UNKNOWN[case], "username": "a", "password": "b"})
    assert_json_error(answer, "unsupported_grant_type")
    assert last_log(capsys)["reason"] == "grant_type_not_supported"


SERVED = ("authorization_code", "refresh_token", "client_credentials")


@spec("RFC6749-5.2")
@pytest.mark.parametrize("grant_type", SERVED)
def test_a_grant_type_served_but_not_to_this_client_is_unauthorized(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], grant_type: str
) -> None:
    others = tuple(each for each in SERVED if each != grant_type)
    app = ClientApp(tenant.client(grant_types=others), caller)
    with unchanged():
        answer = app.token({"grant_type": grant_type, "code": "x", "refresh_token": "x"})
    assert_json_error(answer, "unauthorized_client")
    assert last_log(capsys)["reason"] == "grant_type_not_allowed"


@spec("RFC6749-5.2")
@pytest.mark.parametrize("authorization", [basic("nobody", "x"), "Bearer x", None])
def test_a_client_not_authenticated_is_told_how(caller: Caller, authorization: str | None) -> None:
    fields = {"grant_type": "client_credentials"}
    if authorization is None:
        answer = caller.post("/token", fields)
    else:
        answer = caller.post("/token", fields, authorization=authorization)
    assert_json_error(answer, "invalid_client", status=401)
    # RFC 6749 section 5.2 and RFC 7617 section 2: the scheme it used, with a realm, decoded as UTF-8.
    assert answer.headers["www-authenticate"] == 'Basic realm="client", charset="UTF-8"'


ORDER: dict[str, tuple[dict[str, Any], bool, str]] = {
    "a form before the client": ({"grant_type": ["a", "b"]}, False, "invalid_request"),
    "no grant_type before the client": ({}, False, "invalid_request"),
    "the client before the grant_type": ({"grant_type": "unheard"}, False, "invalid_client"),
    "the client before the code": ({"grant_type": "authorization_code"}, False, "invalid_client"),
    "the client before the scope": (
        {"grant_type": "client_credentials", "scope": "é"},
        False,
        "invalid_client",
    ),
    "the grant_type before the scope": (
        {"grant_type": "unheard", "scope": "é"},
        True,
        "unsupported_grant_type",
    ),
}


@spec("RFC6749-5.2")
@pytest.mark.parametrize("case", ORDER)
def test_nobody_learns_of_a_grant_before_the_client_is_known(
    caller: Caller, tenant: Tenant, case: str
) -> None:
    fields, right, error = ORDER[case]
    auth = (tenant.client().client_id, SECRET if right else "wrong")
    answer = caller.post("/token", fields, auth=auth)
    assert_json_error(answer, error, status=401 if error == "invalid_client" else 400)


MISSING: dict[str, tuple[dict[str, Any], str, str]] = {
    "no code": ({"grant_type": "authorization_code"}, "invalid_request", "parameter_missing"),
    "no refresh_token": ({"grant_type": "refresh_token"}, "invalid_request", "parameter_missing"),
    "a code that is none": (
        {"grant_type": "authorization_code", "code": "x"},
        "invalid_grant",
        "code_malformed",
    ),
    "a code of nobody": (
        {"grant_type": "authorization_code", "code": "A" * 22 + "." + "A" * 43},
        "invalid_grant",
        "code_unknown",
    ),
    "a refresh token that is none": (
        {"grant_type": "refresh_token", "refresh_token": "x"},
        "invalid_grant",
        "refresh_token_malformed",
    ),
    "a refresh token of nobody": (
        {"grant_type": "refresh_token", "refresh_token": "A" * 22 + ".1." + "A" * 65},
        "invalid_grant",
        "refresh_token_unknown",
    ),
    "a resource that is no URI": (
        {"grant_type": "client_credentials", "resource": "api"},
        "invalid_target",
        "resource_malformed",
    ),
    "a resource of nobody": (
        {"grant_type": "client_credentials", "resource": "https://nobody.example/"},
        "invalid_target",
        "resource_unknown",
    ),
}


@spec("OIDC-Core-3.1.3.4")
@spec("RFC6749-5.2")
@pytest.mark.parametrize("case", MISSING)
def test_what_is_wrong_has_its_own_error(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    fields, error, reason = MISSING[case]
    app = ClientApp(tenant.client(), caller)
    with unchanged():
        answer = app.token(fields)
    assert_json_error(answer, error)
    assert "www-authenticate" not in answer.headers
    assert last_log(capsys, SECRET)["reason"] == reason


@spec("RFC6749-5.2")
def test_the_error_repeats_nothing_of_the_request(caller: Caller, tenant: Tenant) -> None:
    marker = "<script>marker"
    fields: dict[str, str] = dict.fromkeys(("scope", "code", "resource", "refresh_token", "x"), marker)
    app = ClientApp(tenant.client(), caller)
    answers: list[Answer] = [
        app.token({**fields, "grant_type": grant_type}) for grant_type in (*SERVED, marker)
    ]
    answers.append(caller.post("/token", {**fields, "grant_type": "x"}, auth=(marker, marker)))
    for answer in answers:
        assert answer.status in {400, 401}
        assert "marker" not in answer.body
        assert "marker" not in str(answer.headers)


@spec("RFC6749-5.2")
def test_a_request_for_another_host_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client()
    fields, auth = {"grant_type": "client_credentials"}, (client.client_id, SECRET)
    for host in ("evil.example.com", "localhost", ""):
        answer = caller.post("/token", fields, auth=auth, host=host)
        assert_json_error(answer, "invalid_request")
        assert last_log(capsys, SECRET)["reason"] == "host"
