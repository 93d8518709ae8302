"""RFC 6750 sections 3 and 3.1: the challenge, and what it says of what was wrong."""

import re
import time
from collections.abc import Callable

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.client_app import ClientApp, unverified
from tests.support.http import Answer, Caller
from tests.support.refusal import last_log
from tests.support.tenant import API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit
from tests.support.wire import nothing_written

# RFC 6750 section 3: the characters of error and error_description.
_MEMBER = re.compile(r'([a-z_]+)="([\x20-\x21\x23-\x5B\x5D-\x7E]*)"')


@pytest.fixture
def visitor(caller: Caller, tenant: Tenant) -> Visit:
    return visit(caller, tenant)


@pytest.fixture
def token(visitor: Visit) -> str:
    access_token: str = visitor.app.redeem(visitor.code()).json["access_token"]
    return access_token


def challenge(answer: Answer) -> dict[str, str]:
    """The members of the one Bearer challenge, each of which must parse."""
    scheme, _, rest = answer.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    members = [_MEMBER.fullmatch(member) for member in rest.split(", ")]
    assert all(members), rest
    return {member[1]: member[2] for member in members if member}


def ask(caller: Caller, token: str) -> Answer:
    return caller.get("/userinfo", authorization=f"Bearer {token}")


@spec("RFC6750-3.1")
@pytest.mark.parametrize("authorization", [None, "Basic YTpi", "DPoP abc"])
def test_who_brings_no_token_is_told_only_that_one_is_needed(
    caller: Caller, stack: LocalStack, authorization: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    with nothing_written(stack):
        answer = caller.send("GET", "/userinfo", headers=headers)
    assert answer.status == 401
    assert challenge(answer) == {"realm": "userinfo"}
    assert answer.headers["cache-control"] == "no-store"
    assert last_log(capsys)["reason"] == "token_missing"


@spec("RFC6750-3.1")
@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", 'Bearer "a"', "Bearerabc", "Bearer ключ"],
)
def test_a_malformed_header_is_an_invalid_request(
    caller: Caller, authorization: str, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--transport") == "http" and not authorization.isascii():
        pytest.skip("the HTTP client sends no such header")
    answer = caller.get("/userinfo", authorization=authorization)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert challenge(answer)["error"] == "invalid_request"
    assert last_log(capsys)["reason"] == "authorization_malformed"


INVALID: dict[str, tuple[Callable[[Caller, str], str], str]] = {
    "nothing of ours": (lambda _caller, _token: "abc", "token_malformed"),
    "expired": (
        lambda caller, token: forgery.resign_as_server(caller, token, exp=int(time.time()) - 1),
        "token_expired",
    ),
    "of another issuer": (
        lambda caller, token: forgery.resign_as_server(caller, token, iss="https://a.example"),
        "token_malformed",
    ),
    "for another audience": (
        lambda caller, token: forgery.resign_as_server(caller, token, aud=API),
        "token_of_another",
    ),
    "of a stranger's key": (lambda _caller, token: forgery.sign_as_stranger(token), "token_malformed"),
    "unsigned": (lambda _caller, token: forgery.unsign(token), "token_malformed"),
    "signed with the public key as a secret": (forgery.confuse, "token_malformed"),
    "tampered with": (lambda _caller, token: forgery.tamper(token, sub="person-1"), "token_malformed"),
    "of an ID token's type": (
        lambda caller, token: forgery.sign_as_server(caller, unverified(token)[1], typ="JWT"),
        "token_malformed",
    ),
}


@spec("RFC6750-3.1")
@pytest.mark.parametrize("case", INVALID)
def test_a_token_that_does_not_hold_is_an_invalid_token(
    *, caller: Caller, token: str, stack: LocalStack, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, reason = INVALID[case]
    forged = make(caller, token)
    with nothing_written(stack):
        answer = ask(caller, forged)
    assert (answer.status, answer.error) == (401, "invalid_token")
    assert challenge(answer)["error"] == "invalid_token"
    assert answer.headers["cache-control"] == "no-store"
    assert last_log(capsys, forged)["reason"] == reason


@spec("RFC6750-3.1")
def test_a_token_of_a_revoked_grant_is_an_invalid_token(
    caller: Caller, visitor: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = visitor.app.redeem(visitor.code()).json
    visitor.app.post("/revoke", {"token": tokens["refresh_token"]})
    answer = ask(caller, tokens["access_token"])
    assert (answer.status, challenge(answer)["error"]) == (401, "invalid_token")
    assert last_log(capsys, tokens["access_token"])["reason"] == "token_revoked"


@spec("RFC6750-3.1")
@pytest.mark.parametrize("how", ["disabled", "gone"])
def test_a_token_of_a_person_who_is_disabled_or_gone_is_an_invalid_token(
    caller: Caller, tenant: Tenant, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made as the server would: nobody else's person is touched for it."""
    visitor, person = visit(caller, tenant), tenant.person()
    token = visitor.app.redeem(visitor.code()).json["access_token"]
    grants = tenant.table("Grants")
    grant = grants.find(grant_id=unverified(token)[1]["jti"].partition(".")[0])
    sub = person.sub if how == "disabled" else "nobody"
    grants.change(grant, sub=sub)
    theirs = forgery.resign_as_server(caller, token, sub=sub)
    if how == "disabled":
        assert ask(caller, theirs).json["sub"] == sub
        tenant.disable(person)
    answer = ask(caller, theirs)
    assert (answer.status, challenge(answer)["error"]) == (401, "invalid_token")
    assert last_log(capsys, theirs)["reason"] == "token_revoked"


@spec("RFC6750-3.1")
def test_a_token_without_the_scope_is_insufficient(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = visit(caller, tenant)
    token = visitor.app.redeem(visitor.code()).json["access_token"]
    narrow = forgery.resign_as_server(caller, token, scope="profile email")
    answer = ask(caller, narrow)
    assert (answer.status, answer.error) == (403, "insufficient_scope")
    assert challenge(answer)["error"] == "insufficient_scope"
    assert last_log(capsys, narrow)["reason"] == "scope_openid_missing"


@spec("RFC6750-3.1")
def test_a_services_token_opens_nobodys_userinfo(caller: Caller, tenant: Tenant) -> None:
    token = (
        ClientApp(tenant.client(), caller).token({"grant_type": "client_credentials"}).json["access_token"]
    )
    answer = ask(caller, token)
    assert (answer.status, challenge(answer)["error"]) == (401, "invalid_token")


@spec("RFC6750-3")
def test_a_web_page_may_read_the_challenge(caller: Caller) -> None:
    answer = caller.get("/userinfo", origin="https://app.example.com")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "www-authenticate" in answer.headers["access-control-expose-headers"].lower()
