"""RFC 7523 sections 3 and 3.1: the assertions that are no grant, and that nothing was written."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.assertions import ID_JAG_TYP, KEY, Federation, federation
from tests.support.client_key import client_key
from tests.support.forgery import sign_as_server
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

STRANGER = client_key("ES256", "stranger")
PARALLEL = 16
ISSUER = "{issuer}"


@pytest.fixture(scope="module")
def shared() -> dict[str, Federation]:
    return {}


@pytest.fixture
def idp(caller: Caller, tenant: Tenant, shared: dict[str, Federation]) -> Federation:
    del tenant
    if caller.issuer not in shared:
        shared[caller.issuer] = federation(caller, Tenant())
    return shared[caller.issuer]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no iss": ({"iss": None}, "assertion_issuer"),
    "an unknown iss": ({"iss": "https://stranger.example"}, "assertion_issuer"),
    "an iss that is a list": ({"iss": ["https://idp.example"]}, "assertion_issuer"),
    "an iss that is no text": ({"iss": "\ud800"}, "assertion_issuer"),
    "a long iss": ({"iss": "https://" + "a" * 3000}, "assertion_issuer"),
    "the server as iss": ({"iss": ISSUER}, "assertion_issuer"),
    "no aud": ({"aud": None}, "assertion_audience"),
    "another server": ({"aud": "https://other.example"}, "assertion_audience"),
    "us and another": ({"aud": [ISSUER, "https://other.example"]}, "assertion_audience"),
    "the client as aud": ({"aud": "client-1"}, "assertion_audience"),
    "the issuer with a slash": ({"aud": ISSUER + "/"}, "assertion_audience"),
    "no exp": ({"exp": None}, "assertion_expired"),
    "exp true": ({"exp": True}, "assertion_expired"),
    "exp no number": ({"exp": float("nan")}, "assertion_expired"),
    "exp never": ({"exp": float("inf")}, "assertion_expired"),
    "exp text": ({"exp": "9999999999"}, "assertion_expired"),
    "exp beyond what is allowed": ({"exp": 9_999_999_999}, "assertion_lifetime"),
    "iat text": ({"iat": "0"}, "assertion_not_yet_valid"),
    "iat to come": ({"iat": 9_999_999_999}, "assertion_not_yet_valid"),
    "nbf to come": ({"nbf": 9_999_999_999}, "assertion_not_yet_valid"),
    "no jti": ({"jti": None}, "assertion_jti"),
    "jti a number": ({"jti": 1}, "assertion_jti"),
    "jti too long": ({"jti": "j" * 257}, "assertion_jti"),
    "no sub": ({"sub": None}, "assertion_subject"),
    "an empty sub": ({"sub": ""}, "assertion_subject"),
    "sub with a line": ({"sub": "a\nb"}, "assertion_subject"),
    "sub in other letters": ({"sub": "алиса"}, "assertion_subject"),
    "sub too long": ({"sub": "a" * 250}, "assertion_subject"),
    "scope a list": ({"scope": ["read"]}, "assertion_scope"),
    "resource a number": ({"resource": 1}, "assertion_resource"),
    "resource an empty list": ({"resource": []}, "assertion_resource"),
    "bound to a key": ({"cnf": {"jkt": "x"}}, "assertion_bound"),
    "for another actor alone": ({"may_act": {"sub": "another"}}, "may_act_another"),
    "for a name of ours that is not said to be ours": ({"may_act": {"sub": "{client}"}}, "may_act_another"),
    "an act by one of ours": ({"act": {"iss": ISSUER, "sub": "client-1"}}, "act_malformed"),
    "an act that is no object": ({"act": "client-1"}, "act_malformed"),
}


def fill(value: Any, caller: Caller, client_id: str) -> Any:
    if isinstance(value, str):
        return value.replace(ISSUER, caller.issuer).replace("{client}", client_id)
    if isinstance(value, list):
        return [fill(one, caller, client_id) for one in value]
    if isinstance(value, dict):
        return {name: fill(one, caller, client_id) for name, one in value.items()}
    return value


@spec("RFC7523-3")
@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_assertion_is_no_grant(
    *, caller: Caller, idp: Federation, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = REFUSED[case]
    assertion = idp.assertion(**fill(changes, caller, idp.app.client.client_id))
    with nothing_written(stack):
        answer = idp.present(assertion)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys, assertion, SECRET)["reason"] == reason


TIMES: dict[str, tuple[dict[str, float], int]] = {
    "expires now": ({"exp": 0}, 400),
    "lives as long as allowed": ({"exp": 299}, 200),
    "lives a minute longer": ({"exp": 360}, 400),
    "a clock twenty seconds ahead": ({"iat": 20, "nbf": 20}, 200),
    "a clock a minute ahead": ({"iat": 60}, 400),
    "good in a minute": ({"nbf": 60}, 400),
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", TIMES)
def test_times_are_kept(idp: Federation, case: str) -> None:
    changes, status = TIMES[case]
    times = {name: int(time.time()) + seconds for name, seconds in changes.items()}
    assert idp.present(idp.assertion(**times)).status == status


def segment(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def tamper(idp: Federation) -> str:
    head, _, tail = idp.assertion().split(".")
    return f"{head}.{segment(idp.claims(sub='root'))}.{tail}"


def confuse(idp: Federation) -> str:
    """HS256, its secret the issuer's public key (RFC 8725 section 2.1)."""
    signed = f"{segment({'alg': 'HS256', 'kid': KEY.kid})}.{segment(idp.claims())}"
    mac = hmac.digest(KEY.pem(), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


FORGERIES: dict[str, tuple[Callable[[Caller, Federation], str], str]] = {
    "no JWT": (lambda _, __: "garbage", "assertion_malformed"),
    "two dots": (lambda _, __: "..", "assertion_malformed"),
    "signed by a stranger": (lambda _, idp: STRANGER.sign(idp.claims(), kid=KEY.kid), "assertion_signature"),
    "signed by a stranger without a kid": (
        lambda _, idp: STRANGER.sign(idp.claims(), kid=None), "assertion_signature",
    ),
    "with a key of its own": (
        lambda _, idp: STRANGER.sign(idp.claims(), jwk=STRANGER.jwk(), kid=None), "assertion_signature",
    ),
    "with an address of its keys": (
        lambda _, idp: STRANGER.sign(idp.claims(), jku="https://stranger.example/jwks"),
        "assertion_signature",
    ),
    "unsigned": (
        lambda _, idp: f"{segment({'alg': 'none'})}.{segment(idp.claims())}.", "assertion_signature",
    ),
    "HS256 with the public key": (lambda _, idp: confuse(idp), "assertion_signature"),
    "an algorithm not agreed on": (
        lambda _, idp: client_key("RS256", "issuer").sign(idp.claims()), "assertion_signature",
    ),
    "by the server's own key": (
        lambda caller, idp: sign_as_server(caller, idp.claims(), typ="JWT"), "assertion_signature",
    ),
    "tampered with": (lambda _, idp: tamper(idp), "assertion_signature"),
    "an extension nobody knows": (lambda _, idp: KEY.sign(idp.claims(), crit=["exp"]), "assertion_signature"),
}  # fmt: skip


@spec("RFC7523-3")
@pytest.mark.parametrize("case", FORGERIES)
def test_a_forged_assertion_is_no_grant(
    *, caller: Caller, idp: Federation, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    forge, reason = FORGERIES[case]
    assertion = forge(caller, idp)
    with nothing_written(stack):
        answer = idp.present(assertion)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys, SECRET)["reason"] == reason


@spec("RFC8725-3.11")
@pytest.mark.parametrize(
    "typ", ["at+jwt", "logout+jwt", "application/dpop+jwt", "secevent+jwt", ID_JAG_TYP, 1]
)
def test_a_jwt_of_another_type_is_no_grant(
    idp: Federation, capsys: pytest.CaptureFixture[str], typ: Any
) -> None:
    assert_json_error(idp.present(KEY.sign(idp.claims(), typ=typ)), "invalid_grant")
    assert last_log(capsys)["reason"] == "assertion_type"


@spec("RFC8725-3.11")
@pytest.mark.parametrize("typ", ["JWT", "jwt", "application/jwt"])
def test_a_jwt_may_say_that_it_is_one(idp: Federation, typ: str) -> None:
    assert idp.present(KEY.sign(idp.claims(), typ=typ)).status == 200


@spec("RFC7523-3")
def test_a_client_the_issuers_record_does_not_name_is_refused(
    caller: Caller, tenant: Tenant, idp: Federation, capsys: pytest.CaptureFixture[str]
) -> None:
    other = federation(caller, tenant)
    assert_json_error(other.present(idp.assertion()), "invalid_grant")
    assert last_log(capsys)["reason"] == "assertion_client"


@spec("RFC7523-3")
def test_an_issuer_does_not_speak_for_another(caller: Caller, tenant: Tenant) -> None:
    one = federation(caller, tenant, jwks={"keys": [client_key("ES256", "one").jwk()]})
    other = federation(caller, tenant)
    assert_json_error(one.present(other.assertion(iss=one.trusted.issuer)), "invalid_grant")


@spec("RFC7521-4.1")
def test_a_public_client_presents_none(caller: Caller, tenant: Tenant) -> None:
    public = {"token_endpoint_auth_method": "none", "client_secret_hashes": ()}
    idp = federation(caller, tenant, client=public)
    assert_json_error(idp.present(idp.assertion()), "unauthorized_client")


PEOPLE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nobody here": ({"subject": "local"}, {"sub": "nobody"}, "assertion_subject"),
    "an address that is not verified": (
        {"subject_claim": "email"}, {"email": "a@example.com", "email_verified": False}, "assertion_subject",
    ),
    "an address said to be verified in words": (
        {"subject_claim": "email"}, {"email": "a@example.com", "email_verified": "true"}, "assertion_subject",
    ),
    "no such claim": ({"subject_claim": "employee"}, {}, "assertion_subject"),
}  # fmt: skip


@spec("RFC7523-3")
@pytest.mark.parametrize("case", PEOPLE)
def test_who_is_nobody_gets_no_grant(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    trusted, claims, reason = PEOPLE[case]
    idp = federation(caller, tenant, **trusted)
    assert_json_error(idp.present(idp.assertion(**claims)), "invalid_grant")
    assert last_log(capsys)["reason"] == reason


@spec("RFC7523-3")
def test_a_disabled_person_gets_no_grant(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    person = tenant.person()
    tenant.disable(person)
    idp = federation(caller, tenant, subject="local")
    assert_json_error(idp.present(idp.assertion(sub=person.sub)), "invalid_grant")
    assert last_log(capsys)["reason"] == "account_disabled"
