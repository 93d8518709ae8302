"""OpenID Connect Core section 5.3.3 and RFC 6750 section 3.1: the tokens userinfo does not accept."""

import time
from collections.abc import Callable

import pytest

from infra.local.stack import LocalStack
from tests.support import forgery
from tests.support.browser import Browser
from tests.support.client_app import ClientApp, unverified
from tests.support.forged_tokens import FORGED
from tests.support.http import Answer
from tests.support.refusal import last_log
from tests.support.tenant import OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import nothing_written

Log = pytest.CaptureFixture[str]


def access_token(known: Visit) -> str:
    token: str = known.app.redeem(known.code()).json["access_token"]
    return token


def assert_invalid_token(answer: Answer) -> None:
    assert answer.status == 401, answer.body
    assert answer.error == "invalid_token"
    assert set(answer.json) == {"error", "error_description"}
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="userinfo", error="invalid_token", error_description="')
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


@spec("OIDC-Core-16.3")
@spec("OIDC-Core-5.3.3")
@pytest.mark.parametrize("forged", FORGED)
def test_a_token_this_server_never_made_is_refused(
    stack: LocalStack, known: Visit, capsys: Log, forged: str
) -> None:
    token = FORGED[forged](known.app.caller, access_token(known))
    with nothing_written(stack):
        answer = known.app.caller.post("/userinfo", {"access_token": token})
    assert_invalid_token(answer)
    assert last_log(capsys, token)["reason"] == "token_malformed"


def of_client_credentials(known: Visit) -> str:
    service = ClientApp(known.tenant.client(), known.app.caller)
    token: str = service.token({"grant_type": "client_credentials"}).json["access_token"]
    return token


def of_other_audience(known: Visit) -> str:
    known.tenant.resource_server(OTHER_API)
    tokens = known.app.tokens(known.browser, known.person, scope="other:read", resource=OTHER_API)
    token: str = tokens["access_token"]
    return token


def of_revoked_grant(known: Visit) -> str:
    tokens = known.app.redeem(known.code()).json
    known.app.post("/revoke", {"token": tokens["refresh_token"]})
    token: str = tokens["access_token"]
    return token


def revoked(known: Visit) -> str:
    token = access_token(known)
    known.app.post("/revoke", {"token": token})
    return token


def of_gone_grant(known: Visit) -> str:
    claims = unverified(access_token(known))[1]
    return forgery.sign_as_server(known.app.caller, {**claims, "jti": "A" * 22 + "." + "A" * 22})


def of_replayed_code(known: Visit) -> str:
    code = known.code()
    token: str = known.app.redeem(code).json["access_token"]
    known.app.redeem(code)
    return token


UNACCEPTED: dict[str, tuple[Callable[[Visit], str], str]] = {
    "an ID token": (lambda known: known.app.redeem(known.code()).json["id_token"], "token_malformed"),
    "a refresh token": (
        lambda known: known.app.redeem(known.code()).json["refresh_token"],
        "token_malformed",
    ),
    "a code": (lambda known: known.code(), "token_malformed"),
    "a client's own token": (of_client_credentials, "token_of_another"),
    "a token of another audience": (of_other_audience, "token_of_another"),
    "a revoked token": (revoked, "token_revoked"),
    "a token of a revoked grant": (of_revoked_grant, "token_revoked"),
    "a token of a replayed code": (of_replayed_code, "token_revoked"),
    "a token of a grant that is gone": (of_gone_grant, "token_revoked"),
    "a token expired this second": (
        lambda known: forgery.resign_as_server(known.app.caller, access_token(known), exp=int(time.time())),
        "token_expired",
    ),
    "a token of another person": (
        lambda known: forgery.resign_as_server(
            known.app.caller, access_token(known), sub=known.tenant.person().sub
        ),
        "token_revoked",
    ),
    "a token of another client": (
        lambda known: forgery.resign_as_server(known.app.caller, access_token(known), client_id="another"),
        "token_revoked",
    ),
    "a token without a jti of ours": (
        lambda known: forgery.resign_as_server(known.app.caller, access_token(known), jti="other"),
        "token_malformed",
    ),
    "an ID token's claims as an access token's": (
        lambda known: forgery.sign_as_server(known.app.caller, unverified(access_token(known))[1], typ="JWT"),
        "token_malformed",
    ),
}


@spec("OIDC-Core-16.8")
@spec("OIDC-Core-16.9")
@spec("OIDC-Core-5.3.3")
@pytest.mark.parametrize("case", UNACCEPTED)
def test_what_is_no_live_access_token_for_this_endpoint_is_refused(
    stack: LocalStack, known: Visit, capsys: Log, case: str
) -> None:
    make, reason = UNACCEPTED[case]
    token = make(known)
    with nothing_written(stack):
        answer = known.app.caller.get("/userinfo", authorization=f"Bearer {token}")
    assert_invalid_token(answer)
    assert last_log(capsys, token)["reason"] == reason


@spec("OIDC-Core-5.3.3")
def test_the_server_signs_again_what_it_would_accept(known: Visit) -> None:
    """The forgeries above are refused for what they are, not because these tests sign badly."""
    again = forgery.resign_as_server(known.app.caller, access_token(known))
    assert known.app.caller.get("/userinfo", authorization=f"Bearer {again}").status == 200


@spec("OIDC-Core-5.3.3")
def test_a_disabled_person_has_no_userinfo(known: Visit, tenant: Tenant) -> None:
    person = tenant.person()
    token = known.app.tokens(Browser(known.app.caller), person)["access_token"]
    assert known.app.caller.get("/userinfo", authorization=f"Bearer {token}").status == 200
    tenant.disable(person)
    assert_invalid_token(known.app.caller.get("/userinfo", authorization=f"Bearer {token}"))


MALFORMED = {
    "two tokens": ("Bearer one", "access_token=two", "token_twice"),
    "no token": ("Bearer", "", "authorization_malformed"),
    "two words": ("Bearer one two", "", "authorization_malformed"),
    "a comma": ("Bearer one,Bearer two", "", "authorization_malformed"),
    "two in the form": ("", "access_token=one&access_token=two", "parameter_repeated"),
}


@spec("OIDC-Core-5.3.3")
@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_request_is_invalid(stack: LocalStack, known: Visit, capsys: Log, case: str) -> None:
    authorization, form, reason = MALFORMED[case]
    headers = {"authorization": authorization} if authorization else {}
    with nothing_written(stack):
        answer = known.app.caller.send(
            "POST",
            "/userinfo",
            headers={"content-type": "application/x-www-form-urlencoded", **headers},
            body=form.encode(),
        )
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]
    assert last_log(capsys)["reason"] == reason


@spec("OIDC-Core-5.3.1")
def test_a_body_that_is_no_form_is_refused(known: Visit) -> None:
    body = b'{"access_token":"one"}'
    answer = known.app.caller.send(
        "POST", "/userinfo", headers={"content-type": "application/json"}, body=body
    )
    assert (answer.status, answer.error) == (400, "invalid_request")
