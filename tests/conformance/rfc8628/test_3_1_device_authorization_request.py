"""RFC 8628 section 3.1: the device authorization request, and what is refused of it."""

from typing import Any

import pytest

from chalicelib.protocol.supported import DEVICE_CODE
from tests.support.client_app import ClientApp
from tests.support.client_key import ASSERTION_TYPE, assertion_claims, client_key, key_client
from tests.support.client_secret import hmac_assertion, hmac_client
from tests.support.device import GRANT_TYPES, SCOPE, Device, device, device_client
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, SECRET, Tenant, hash_of
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

PATH = "/device_authorization"
Log = pytest.CaptureFixture[str]
CONFIDENTIAL: dict[str, Any] = {"client_secret_hashes": (hash_of(SECRET),)}

# What is wrong with the parameters, the error, and the reason in the log.
PARAMETERS: dict[str, tuple[dict[str, str | list[str]], str, str]] = {
    "scope of a forbidden character": ({"scope": 'read "'}, "invalid_scope", "scope_malformed"),
    "unknown scope": ({"scope": "read invented"}, "invalid_scope", "scope_unknown"),
    "scope the client may not ask": ({"scope": "openid email"}, "invalid_scope", "scope_not_allowed"),
    "nothing that is known": ({"scope": "openid-not"}, "invalid_scope", "scope_unknown"),
    "scope twice": ({"scope": ["read", "read"]}, "invalid_request", "parameter_repeated"),
    "any parameter twice": ({"color": ["red", "blue"]}, "invalid_request", "parameter_repeated"),
    "client_id twice": ({"client_id": ["a", "b"]}, "invalid_request", "parameter_repeated"),
    "unknown resource": (
        {"resource": "https://nobody.example.com/"},
        "invalid_target",
        "resource_unknown",
    ),
    "one unknown resource of two": (
        {"resource": [API, "https://nobody.example.com/"]},
        "invalid_target",
        "resource_unknown",
    ),
    "resource with a fragment": ({"resource": API + "#a"}, "invalid_target", "resource_malformed"),
    "relative resource": ({"resource": "api"}, "invalid_target", "resource_malformed"),
    "too many resources": (
        {"resource": [f"{API}{number}" for number in range(11)]},
        "invalid_target",
        "resource_too_many",
    ),
    "resource the client may not ask": ({"resource": OTHER_API}, "invalid_target", "resource_not_allowed"),
}


@spec("RFC8628-3.1")
@pytest.mark.parametrize("case", PARAMETERS)
def test_wrong_parameters_are_refused_and_leave_nothing(
    caller: Caller, tenant: Tenant, capsys: Log, case: str
) -> None:
    fields, error, reason = PARAMETERS[case]
    tenant.resource_server(OTHER_API)
    client = device_client(
        tenant, scope=("openid", "profile", "offline_access", "read"), allowed_resources=(API,)
    )
    with unchanged():
        answer = device(caller, tenant, client).authorize(**fields)
    assert_json_error(answer, error)
    line = last_log(capsys)
    assert (line["endpoint"], line["reason"]) == ("device_authorization", reason)


def _basic(caller: Caller, client_id: str, secret: str) -> Answer:
    return caller.post(PATH, {"scope": SCOPE}, auth=(client_id, secret))


@spec("RFC8628-3.1")
def test_no_client_is_refused(caller: Caller, capsys: Log) -> None:
    with unchanged():
        answer = caller.post(PATH, {"scope": SCOPE})
    assert_json_error(answer, "invalid_client", status=401)
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert last_log(capsys)["reason"] == "client_missing"


@spec("RFC8628-3.1")
def test_an_unknown_client_is_refused(caller: Caller, capsys: Log) -> None:
    with unchanged():
        answer = caller.post(PATH, {"client_id": "nobody", "scope": SCOPE})
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys)["reason"] == "client_unknown"


# How a client that has a secret may not ask: what it sends, and the reason.
WRONG_AUTHENTICATION: dict[str, tuple[dict[str, str], str | None, str]] = {
    "wrong secret": ({}, "a guess", "client_secret_wrong"),
    "client_id alone": ({"client_id": "{id}"}, None, "client_auth_method"),
    "the other method": ({"client_id": "{id}", "client_secret": SECRET}, None, "client_auth_method"),
    "two methods": ({"client_id": "{id}", "client_secret": SECRET}, SECRET, "client_auth_several"),
}


@spec("RFC8628-3.1")
@pytest.mark.parametrize("case", WRONG_AUTHENTICATION)
def test_a_client_with_a_secret_must_authenticate(
    caller: Caller, tenant: Tenant, capsys: Log, case: str
) -> None:
    fields, secret, reason = WRONG_AUTHENTICATION[case]
    client = tenant.client(grant_types=GRANT_TYPES, redirect_uris=())
    given = {name: value.format(id=client.client_id) for name, value in fields.items()}
    with unchanged():
        answer = caller.post(
            PATH, {"scope": SCOPE, **given}, auth=(client.client_id, secret) if secret else None
        )
    assert answer.error in {"invalid_client", "invalid_request"}
    assert last_log(capsys, "a guess", SECRET)["reason"] == reason


@spec("RFC8628-3.1")
@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
def test_a_client_asks_as_it_authenticates_at_the_token_endpoint(
    caller: Caller, tenant: Tenant, method: str
) -> None:
    secret = {} if method == "none" else CONFIDENTIAL
    client = device_client(tenant, token_endpoint_auth_method=method, **secret)
    tv = device(caller, tenant, client).ask()
    assert tv.grant["client_id"] == client.client_id


@spec("RFC8628-3.1")
def test_a_client_authenticates_by_an_hmac_of_its_secret(caller: Caller, tenant: Tenant) -> None:
    client = hmac_client(tenant, grant_types=GRANT_TYPES, redirect_uris=())
    assertion = hmac_assertion(assertion_claims(caller, client))
    fields = {"scope": SCOPE, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    assert caller.post(PATH, fields).status == 200


@spec("RFC8628-3.1")
def test_a_clients_assertion_counts_once(caller: Caller, tenant: Tenant, capsys: Log) -> None:
    key = client_key("ES256")
    client = key_client(tenant, key.jwk(), grant_types=GRANT_TYPES, redirect_uris=())
    assertion = key.sign(assertion_claims(caller, client))
    fields = {"scope": SCOPE, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    assert caller.post(PATH, fields).status == 200
    with unchanged():
        assert_json_error(caller.post(PATH, fields), "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == "assertion_replayed"


@spec("RFC8628-3.1")
@pytest.mark.parametrize("grant_types", [(), ("authorization_code", "refresh_token", "client_credentials")])
def test_a_client_that_is_not_registered_for_it_is_refused(
    caller: Caller, tenant: Tenant, capsys: Log, grant_types: tuple[str, ...]
) -> None:
    client = tenant.public_client(grant_types=grant_types)
    with unchanged():
        answer = device(caller, tenant, client).authorize()
    assert_json_error(answer, "unauthorized_client")
    assert last_log(capsys)["reason"] == "grant_type_not_allowed"


@spec("RFC8628-3.1")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_served(caller: Caller, method: str) -> None:
    with unchanged():
        answer = caller.send(method, PATH)
    assert_json_error(answer, "invalid_request", status=405)
    assert answer.headers["allow"] == "POST"


@spec("RFC8628-3.1")
@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"client_id":"a"}', 400),
        ("application/x-www-form-urlencoded", b"client_id=%zz", 400),
        ("application/x-www-form-urlencoded", b"client_id=" + b"a" * 65_536, 413),
    ],
    ids=["JSON", "a bad escape", "too large"],
)
def test_only_a_form_of_bounded_size_is_read(
    caller: Caller, content_type: str, body: bytes, status: int
) -> None:
    with unchanged():
        answer = caller.send("POST", PATH, headers={"content-type": content_type}, body=body)
    assert_json_error(answer, "invalid_request", status=status)


@spec("RFC8628-3.1")
def test_empty_and_unknown_parameters_are_as_if_omitted(tv: Device) -> None:
    tv.ask(scope="", resource="", color="red")
    assert set(tv.grant["scope"]) == {"read", "write"}
    assert tv.grant["resources"] == [API]


@spec("RFC8628-3.1")
def test_offline_access_falls_away_without_refresh_tokens(caller: Caller, tenant: Tenant) -> None:
    client = device_client(tenant, grant_types=(DEVICE_CODE,))
    assert device(caller, tenant, client).ask().grant["scope"] == ["openid", "profile", "read"]


@spec("RFC8707-2.1")
def test_the_resources_asked_are_those_of_the_grant(tv: Device, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    tv.ask(resource=[OTHER_API, API], scope="read other:read")
    assert tv.grant["resources"] == [OTHER_API, API]


@spec("RFC8628-3.1")
def test_a_device_that_is_a_web_page_may_ask(caller: Caller, tenant: Tenant) -> None:
    app = ClientApp(device_client(tenant), caller)
    answer = app.post(PATH, {"scope": SCOPE})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.cookies == ()
