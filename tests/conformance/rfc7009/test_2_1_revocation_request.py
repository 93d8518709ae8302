"""RFC 7009 section 2.1: what a revocation ends, and who may revoke."""

from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written


@pytest.fixture(params=["public", "confidential"])
def visitor(caller: Caller, tenant: Tenant, request: pytest.FixtureRequest) -> Visit:
    """A person before an app that rotates its refresh tokens, and before one that does not."""
    return visit(caller, tenant, tenant.public_client() if request.param == "public" else tenant.client())


def tokens_of(visitor: Visit) -> dict[str, Any]:
    tokens: dict[str, Any] = visitor.app.redeem(visitor.code()).json
    return tokens


def kept(tenant: Tenant) -> list[Any]:
    """All that a revocation could write."""
    return [tenant.table(name).items() for name in ("Grants", "Requests")]


def is_accepted(answer: Answer) -> bool:
    return (answer.status, answer.body, answer.headers["cache-control"]) == (200, "", "no-store")


def is_active(visitor: Visit, token: str) -> bool:
    """What the resource server and the userinfo endpoint say, which agree."""
    api = ClientApp(visitor.tenant.resource_server()[1], visitor.app.caller)
    active: bool = api.post("/introspect", {"token": token}).json["active"]
    userinfo = visitor.app.caller.get("/userinfo", authorization=f"Bearer {token}")
    assert (userinfo.status == 200) == active
    return active


@spec("RFC7009-2.1")
def test_a_revoked_access_token_ends_alone(visitor: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = tokens_of(visitor)
    assert is_active(visitor, tokens["access_token"])
    answer = visitor.app.post("/revoke", {"token": tokens["access_token"]})
    assert is_accepted(answer)
    assert last_log(capsys, SECRET, tokens["access_token"])["outcome"] == "revoked_access_token"
    assert not is_active(visitor, tokens["access_token"])
    again = visitor.app.refresh(tokens["refresh_token"])
    assert again.status == 200
    assert is_active(visitor, again.json["access_token"])


@spec("RFC7009-2.1")
def test_a_revoked_refresh_token_ends_its_grant_and_all_its_tokens(
    visitor: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tokens_of(visitor)
    second = visitor.app.refresh(first["refresh_token"]).json
    other = tokens_of(visitor)
    answer = visitor.app.post("/revoke", {"token": second["refresh_token"]})
    assert is_accepted(answer)
    assert last_log(capsys, SECRET, second["refresh_token"])["outcome"] == "revoked_refresh_token"
    assert not is_active(visitor, first["access_token"])
    assert not is_active(visitor, second["access_token"])
    assert_json_error(visitor.app.refresh(second["refresh_token"]), "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"
    assert is_active(visitor, other["access_token"]), "another grant of the same person and app goes on"


@spec("RFC7009-2.1")
def test_a_refresh_token_that_was_rotated_away_still_ends_its_grant(caller: Caller, tenant: Tenant) -> None:
    """Whoever signs out with the token they kept means the whole sign-in."""
    visitor = visit(caller, tenant)
    first = tokens_of(visitor)
    second = visitor.app.refresh(first["refresh_token"]).json
    assert is_accepted(visitor.app.post("/revoke", {"token": first["refresh_token"]}))
    assert_json_error(visitor.app.refresh(second["refresh_token"]), "invalid_grant")
    assert not is_active(visitor, second["access_token"])


@spec("RFC7009-2.1")
def test_an_expired_refresh_token_still_ends_its_access_tokens(caller: Caller, tenant: Tenant) -> None:
    visitor = visit(caller, tenant)
    tokens = tokens_of(visitor)
    grants = tenant.table("Grants")
    grants.change(grants.find(grant_id=tokens["refresh_token"].partition(".")[0]), refresh_exp=1)
    assert is_accepted(visitor.app.post("/revoke", {"token": tokens["refresh_token"]}))
    assert not is_active(visitor, tokens["access_token"])


@spec("RFC7009-2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "something_else"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_wrong_hint_hides_no_token(caller: Caller, tenant: Tenant, kind: str, hint: str) -> None:
    visitor = visit(caller, tenant)
    tokens = tokens_of(visitor)
    assert is_accepted(visitor.app.post("/revoke", {"token": tokens[kind], "token_type_hint": hint}))
    assert not is_active(visitor, tokens["access_token"])


@spec("RFC7009-2.1")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("other_is", ["public", "confidential"])
def test_another_clients_token_is_never_revoked(
    *,
    caller: Caller,
    tenant: Tenant,
    kind: str,
    other_is: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    visitor = visit(caller, tenant)
    tokens = tokens_of(visitor)
    other = ClientApp(tenant.public_client() if other_is == "public" else tenant.client(), caller)
    before = kept(tenant)
    answer = other.post("/revoke", {"token": tokens[kind]})
    assert kept(tenant) == before
    assert is_accepted(answer), "nobody learns whose a token is"
    last_log(capsys, SECRET, tokens[kind])
    assert is_active(visitor, tokens["access_token"])
    assert visitor.app.refresh(tokens["refresh_token"]).status == 200


@spec("RFC7009-2.1")
def test_a_resource_server_revokes_no_token_meant_for_it(caller: Caller, tenant: Tenant) -> None:
    visitor = visit(caller, tenant)
    tokens = tokens_of(visitor)
    api = ClientApp(tenant.resource_server()[1], caller)
    assert is_accepted(api.post("/revoke", {"token": tokens["access_token"]}))
    assert is_active(visitor, tokens["access_token"])


@spec("RFC7009-2.1")
def test_a_guessed_refresh_token_of_a_grant_revokes_nothing(caller: Caller, tenant: Tenant) -> None:
    """Its grant's id and its generation are not enough: `jti` of an access token tells the first."""
    visitor = visit(caller, tenant)
    tokens = tokens_of(visitor)
    grant_id, generation, secret = tokens["refresh_token"].split(".")
    guesses = ["A" * 65, "A" * 22 + secret[22:]]
    before = kept(tenant)
    for guess in guesses:
        assert is_accepted(visitor.app.post("/revoke", {"token": f"{grant_id}.{generation}.{guess}"}))
    assert kept(tenant) == before
    assert is_active(visitor, tokens["access_token"])


UNAUTHENTICATED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({}, "client_missing"),
    "an unknown client": ({"client_id": "nobody-knows"}, "client_unknown"),
    "a confidential client without its secret": ({"client_id": "own"}, "client_auth_method"),
    "its secret by another method": ({"client_id": "own", "client_secret": SECRET}, "client_auth_method"),
    "a wrong secret": ({}, "client_secret_wrong"),
}


@spec("RFC7009-2.1")
@pytest.mark.parametrize("case", UNAUTHENTICATED)
def test_who_is_not_authenticated_revokes_nothing(
    *, caller: Caller, tenant: Tenant, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fields, reason = UNAUTHENTICATED[case]
    visitor = visit(caller, tenant, tenant.client())
    token = tokens_of(visitor)["refresh_token"]
    client_id = visitor.app.client.client_id
    named = {name: client_id if value == "own" else value for name, value in fields.items()}
    auth = (client_id, "wrong") if case == "a wrong secret" else None
    with nothing_written(stack):
        answer = caller.post("/revoke", {"token": token, **named}, auth=auth)
    assert_json_error(answer, "invalid_client", status=401)
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert last_log(capsys, SECRET, token)["reason"] == reason


BAD_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "no token": ({}, "parameter_missing"),
    "an empty token": ({"token": ""}, "parameter_missing"),
    "two tokens": ({"token": ["a", "b"]}, "parameter_repeated"),
    "two hints": ({"token": "a", "token_type_hint": ["b", "c"]}, "parameter_repeated"),
    "two ways to authenticate": ({"token": "a", "client_secret": SECRET}, "client_auth_several"),
}


@spec("RFC7009-2.1")
@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_malformed_request_is_invalid(
    caller: Caller, tenant: Tenant, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fields, reason = BAD_REQUESTS[case]
    app = ClientApp(tenant.client(), caller)
    with nothing_written(stack):
        answer = app.post("/revoke", {"client_id": app.client.client_id, **fields})
    assert_json_error(answer, "invalid_request")
    assert last_log(capsys, SECRET)["reason"] == reason


@spec("RFC7009-2.1")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_allowed(caller: Caller, method: str) -> None:
    """A GET would put the token into logs and histories; JSONP (section 2.3) is not served either."""
    answer = caller.send(method, "/revoke?token=abc&callback=package.myCallback")
    assert_json_error(answer, "invalid_request", status=405)
    assert answer.headers["allow"] == "POST"
