"""RFC 7009 section 2.2: an invalid token is no error, since what was asked for holds already."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.visit import visit
from tests.support.wire import nothing_written


@pytest.fixture
def service(caller: Caller, tenant: Tenant) -> ClientApp:
    return ClientApp(tenant.client(), caller)


def token_of(service: ClientApp) -> str:
    access_token: str = service.token({"grant_type": "client_credentials"}).json["access_token"]
    return access_token


def kept(tenant: Tenant) -> list[Any]:
    """All that a revocation could write."""
    return [tenant.table(name).items() for name in ("Grants", "Requests")]


def is_accepted(answer: Answer) -> bool:
    return (answer.status, answer.body, answer.headers["cache-control"]) == (200, "", "no-store")


INVALID: dict[str, Callable[[Caller, str], str]] = {
    "nothing of ours": lambda _caller, _token: "45ghiukldjahdnhzdauz",
    "a code of ours": lambda _caller, _token: "A" * 22 + "." + "A" * 43,
    "a refresh token of no grant": lambda _caller, _token: "A" * 22 + ".1." + "A" * 65,
    "a generation that can't be": lambda _caller, _token: "A" * 22 + ".0." + "A" * 65,
    "not ascii": lambda _caller, _token: "ключ",
    "very long": lambda _caller, token: token + "a" * 20_000,
    "expired": lambda caller, token: forgery.resign_as_server(caller, token, exp=int(time.time()) - 1),
    "of another issuer": lambda caller, token: forgery.resign_as_server(
        caller, token, iss="https://a.example"
    ),
    "of a stranger's key": lambda _caller, token: forgery.sign_as_stranger(token),
    "unsigned": lambda _caller, token: forgery.unsign(token),
    "signed with the public key as a secret": forgery.confuse,
    "tampered with": lambda _caller, token: forgery.tamper(token, jti="A" * 22),
}


@spec("RFC7009-2.2")
@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_token_is_answered_like_a_good_one_and_nothing_is_written(
    *,
    service: ClientApp,
    caller: Caller,
    tenant: Tenant,
    case: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = token_of(service)
    token = INVALID[case](caller, good)
    before = kept(tenant)
    answer = service.post("/revoke", {"token": token})
    assert kept(tenant) == before
    assert is_accepted(answer)
    assert last_log(capsys, SECRET, token)["outcome"].startswith("revoked_")
    api = ClientApp(tenant.resource_server()[1], caller)
    assert api.post("/introspect", {"token": good}).json["active"] is True


@spec("RFC7009-2.2")
def test_an_id_token_is_not_revoked(caller: Caller, tenant: Tenant, stack: LocalStack) -> None:
    visitor = visit(caller, tenant)
    token = visitor.app.redeem(visitor.code()).json["id_token"]
    with nothing_written(stack):
        assert is_accepted(visitor.app.post("/revoke", {"token": token}))


@spec("RFC7009-2.2")
def test_a_code_is_not_revoked_and_can_still_be_redeemed(
    caller: Caller, tenant: Tenant, stack: LocalStack
) -> None:
    visitor = visit(caller, tenant)
    code = visitor.code()
    with nothing_written(stack):
        assert is_accepted(visitor.app.post("/revoke", {"token": code}))
    assert visitor.app.redeem(code).status == 200


@spec("RFC7009-2.2")
def test_revoking_twice_is_no_error(service: ClientApp, caller: Caller, tenant: Tenant) -> None:
    token = token_of(service)
    for _ in range(2):
        assert is_accepted(service.post("/revoke", {"token": token}))
    api = ClientApp(tenant.resource_server()[1], caller)
    assert api.post("/introspect", {"token": token}).json == {"active": False}
    visitor = visit(caller, tenant)
    refresh_token = visitor.app.redeem(visitor.code()).json["refresh_token"]
    for _ in range(2):
        assert is_accepted(visitor.app.post("/revoke", {"token": refresh_token}))


@spec("RFC7009-2.2")
def test_what_is_noted_of_a_revoked_token_is_swept_after_it_has_expired(
    service: ClientApp, tenant: Tenant
) -> None:
    token = token_of(service)
    service.post("/revoke", {"token": token})
    jti = unverified(token)[1]["jti"]
    noted = tenant.table("Requests").find(id=f"revoked_token#{jti}")
    assert noted["purge_at"] > noted["exp"] > time.time()
    assert token not in repr(noted)
