"""RFC 6749 section 2.3: one method a request, the one that is registered, and secrets that are right."""

import base64
from typing import Any

import jwt
import pytest

from chalicelib.protocol.client import Client
from chalicelib.record import replace
from tests.support.http import Answer, Caller, basic
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant, hash_of
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

GRANT = {"grant_type": "client_credentials"}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ODD_SECRET = "a:b c+d%/é&=ü"


def ask(caller: Caller, client: Client, fields: dict[str, Any], authorization: str | None = None) -> Answer:
    """A request with these fields, {id} standing for the client's."""
    filled = {name: fill(value, client) for name, value in fields.items()}
    return with_header(caller, {**GRANT, **filled}, authorization)


def with_header(caller: Caller, fields: dict[str, Any], authorization: str | None) -> Answer:
    if authorization is None:
        return caller.post("/token", fields)
    return caller.post("/token", fields, authorization=authorization)


def fill(value: Any, client: Client) -> Any:
    return value.replace("{id}", client.client_id) if isinstance(value, str) else value


def encoded(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("also_named", [False, True], ids=["header alone", "client_id in the form too"])
def test_client_secret_basic_authenticates(caller: Caller, tenant: Tenant, *, also_named: bool) -> None:
    client = tenant.client()
    fields = {"client_id": client.client_id} if also_named else {}
    assert ask(caller, client, fields, basic(client.client_id, SECRET)).status == 200


@spec("RFC6749-2.3.1")
def test_client_secret_post_authenticates(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client(token_endpoint_auth_method="client_secret_post")
    assert ask(caller, client, {"client_id": "{id}", "client_secret": SECRET}).status == 200


@spec("RFC6749-2.3.1")
def test_id_and_secret_of_basic_are_form_decoded(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    odd = tenant.client(
        client_id=f"https://app.example.com/{client.client_id}?a=b:c d",
        client_secret_hashes=(hash_of(ODD_SECRET),),
    )
    assert ask(caller, odd, {}, basic(odd.client_id, ODD_SECRET)).status == 200


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("scheme", ["basic", "BASIC", "bAsIc"])
def test_the_scheme_of_the_header_has_no_case(caller: Caller, tenant: Tenant, scheme: str) -> None:
    client = tenant.client()
    authorization = basic(client.client_id, SECRET).replace("Basic", scheme)
    assert ask(caller, client, {}, authorization).status == 200


@spec("RFC6749-2.3.1")
def test_two_secrets_are_good_while_one_replaces_the_other(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client(client_secret_hashes=(hash_of("the new secret"), hash_of(SECRET)))
    for secret in ("the new secret", SECRET):
        assert ask(caller, client, {}, basic(client.client_id, secret)).status == 200
    assert_json_error(ask(caller, client, {}, basic(client.client_id, "x")), "invalid_client", status=401)


def test_a_secret_that_was_changed_is_good_at_once(caller: Caller, tenant: Tenant) -> None:
    """Also where an instance still has the record as it was before."""
    client = tenant.client()
    assert ask(caller, client, {}, basic(client.client_id, SECRET)).status == 200
    tenant.put_client(replace(client, client_secret_hashes=(hash_of("the new secret"),)))
    assert ask(caller, client, {}, basic(client.client_id, "the new secret")).status == 200
    assert ask(caller, client, {}, basic(client.client_id, SECRET)).status == 401


# What the request carries ({id}, {secret} filled in), the header, and the reason in the log. The client is
# registered for client_secret_basic.
REFUSED: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "no client at all": ({}, None, "client_missing"),
    "named only": ({"client_id": "{id}"}, None, "client_auth_method"),
    "an empty secret": ({"client_id": "{id}", "client_secret": ""}, None, "client_auth_method"),
    "another method": ({"client_id": "{id}", "client_secret": SECRET}, None, "client_auth_method"),
    "wrong secret": ({}, "{id}:wrong", "client_secret_wrong"),
    "hash for secret": ({}, "{id}:" + hash_of(SECRET), "client_secret_wrong"),
    "secret in other case": ({}, "{id}:" + SECRET.upper(), "client_secret_wrong"),
    "secret with a space": ({}, "{id}:" + SECRET + " ", "client_secret_wrong"),
    "unknown client": ({}, "nobody:" + SECRET, "client_unknown"),
    "id in other case": ({}, "{ID}:" + SECRET, "client_unknown"),
    "id beyond any key": ({}, "c" * 2100 + ":" + SECRET, "client_unknown"),
    "empty secret in the header": ({}, "{id}:", "authorization_malformed"),
    "empty id in the header": ({}, ":" + SECRET, "authorization_malformed"),
    "no colon": ({}, "{id}", "authorization_malformed"),
    "another id in the form": ({"client_id": "nobody"}, "{id}:" + SECRET, "client_id_mismatch"),
    "assertion of no known type": (
        {"client_assertion": "e30.e30.", "client_assertion_type": "urn:x"},
        None,
        "assertion_type",
    ),
    "type without assertion": ({"client_assertion_type": ASSERTION_TYPE}, None, "assertion_type"),
}


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("case", REFUSED)
def test_a_client_that_does_not_prove_itself_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = tenant.client()
    fields, pair, reason = REFUSED[case]
    authorization = None
    if pair is not None:
        authorization = encoded(
            pair.replace("{id}", client.client_id).replace("{ID}", client.client_id.upper())
        )
    with unchanged():
        answer = ask(caller, client, fields, authorization)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, SECRET, authorization or SECRET)["reason"] == reason


HEADERS = {
    "another scheme": ("Bearer abc", "authorization_scheme"),
    "empty": ("", "authorization_scheme"),
    "a scheme alone": ("Basic", "authorization_malformed"),
    "no base64": ("Basic !!!", "authorization_malformed"),
    "base64url": (
        "Basic " + base64.urlsafe_b64encode(b"\xff\xfe:\xfb\xff").decode(),
        "authorization_malformed",
    ),
    "no UTF-8": ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "authorization_malformed"),
    "escapes that are no UTF-8": (encoded("%FF%FE:x"), "authorization_malformed"),
    "surrogates in escapes": (encoded("%ED%A0%80:x"), "authorization_malformed"),
    "two headers, joined by the gateway": (
        f"{basic('client', SECRET)},{basic('client', SECRET)}",
        "authorization_malformed",
    ),
    "two headers with a space": (f"{basic('a', SECRET)}, {basic('b', SECRET)}", "authorization_malformed"),
}


@spec("RFC6749-2.3.1")
@pytest.mark.parametrize("case", HEADERS)
def test_a_malformed_authorization_header_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    authorization, reason = HEADERS[case]
    answer = ask(caller, tenant.client(), {}, authorization)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, SECRET)["reason"] == reason


SEVERAL: dict[str, dict[str, Any]] = {
    "header and form": {"client_id": "{id}", "client_secret": SECRET},
    "header and assertion": {"client_assertion": "assertion", "client_assertion_type": ASSERTION_TYPE},
    "header and a wrong secret": {"client_id": "{id}", "client_secret": "wrong"},
}


@spec("RFC6749-2.3")
@pytest.mark.parametrize("case", SEVERAL)
def test_two_methods_in_one_request_are_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    client = tenant.client()
    fields = {**SEVERAL[case]}
    if "client_assertion" in fields:
        fields["client_assertion"] = unsigned_assertion(client)
    answer = ask(caller, client, fields, basic(client.client_id, SECRET))
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == "client_auth_several"


@spec("RFC6749-2.3")
def test_secret_and_assertion_in_one_form_are_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tenant.client(token_endpoint_auth_method="client_secret_post")
    fields = {
        "client_id": "{id}",
        "client_secret": SECRET,
        "client_assertion": unsigned_assertion(client),
        "client_assertion_type": ASSERTION_TYPE,
    }
    assert_json_error(ask(caller, client, fields), "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == "client_auth_several"


@spec("RFC6749-2.3")
def test_a_secret_without_a_client_id_is_an_invalid_request(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ask(caller, tenant.client(), {"client_secret": SECRET})
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == "parameter_missing"


METHODS = ("client_secret_basic", "client_secret_post", "none")


@spec("RFC6749-2.3")
@pytest.mark.parametrize("used", METHODS)
@pytest.mark.parametrize("registered", METHODS)
def test_only_the_registered_method_counts(
    caller: Caller, tenant: Tenant, registered: str, used: str
) -> None:
    client = tenant.client(token_endpoint_auth_method=registered, grant_types=("refresh_token",))
    fields: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": "x"}
    authorization = basic(client.client_id, SECRET) if used == "client_secret_basic" else None
    if used != "client_secret_basic":
        fields["client_id"] = "{id}"
    if used == "client_secret_post":
        fields["client_secret"] = SECRET
    answer = ask(caller, client, fields, authorization)
    if used == registered:
        assert_json_error(answer, "invalid_grant")
    else:
        assert_json_error(answer, "invalid_client", status=401)


@spec("RFC6749-2.3.1")
def test_a_known_and_an_unknown_client_get_the_same_answer(caller: Caller, tenant: Tenant) -> None:
    client = tenant.client()
    known = ask(caller, client, {}, basic(client.client_id, "wrong"))
    unknown = ask(caller, client, {}, basic("nobody", "wrong"))
    assert (known.status, known.body) == (unknown.status, unknown.body)
    passing = {"date", "apigw-requestid"}
    for name in (set(known.headers) | set(unknown.headers)) - passing:
        assert known.headers.get(name) == unknown.headers.get(name)


def unsigned_assertion(client: Client) -> str:
    return jwt.encode({"sub": client.client_id}, "", algorithm="none")
