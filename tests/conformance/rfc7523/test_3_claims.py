"""RFC 7523 section 3: what a client's assertion has to say, and when."""

import time
from typing import Any

import pytest

from chalicelib.protocol.client import Client
from tests.support.client_key import assertion_claims, client_key, key_client, present
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged

KEY = client_key()
ISSUER = "{issuer}"


@pytest.fixture
def client(tenant: Tenant) -> Client:
    return key_client(tenant, KEY.jwk())


def fill(value: Any, caller: Caller) -> Any:
    """The value, with the issuer where {issuer} stands."""
    if isinstance(value, str):
        return value.replace(ISSUER, caller.issuer)
    return [fill(each, caller) for each in value] if isinstance(value, list) else value


def after(seconds: float) -> float:
    return int(time.time()) + seconds


ACCEPTED: dict[str, dict[str, Any]] = {
    "as it should be": {},
    "for the token endpoint": {"aud": ISSUER + "/token"},
    "for a list of the issuer alone": {"aud": [ISSUER]},
    "for a list of the token endpoint alone": {"aud": [ISSUER + "/token"]},
    "without iat": {"iat": None},
    "made long ago": {"iat": 1_500_000_000},
    "with members not known": {"htu": "x", "nonce": "x"},
    "with a long jti": {"jti": "j" * 256},
    "with a jti of any letters": {"jti": "jtí\0\n😀"},
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", ACCEPTED)
def test_a_good_assertion_authenticates(caller: Caller, client: Client, case: str) -> None:
    changes = {name: fill(value, caller) for name, value in ACCEPTED[case].items()}
    answer = present(caller, KEY.sign(assertion_claims(caller, client, **changes)))
    assert answer.status == 200, answer.body


TIMES_ACCEPTED: dict[str, dict[str, float]] = {
    "a clock ten seconds ahead": {"iat": 10, "nbf": 10},
    "half an hour": {"exp": 1800},
    "fractions of seconds": {"exp": 60.5, "iat": 0.25, "nbf": -0.5},
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", TIMES_ACCEPTED)
def test_times_within_reason_are_accepted(caller: Caller, client: Client, case: str) -> None:
    changes = {name: after(seconds) for name, seconds in TIMES_ACCEPTED[case].items()}
    assert present(caller, KEY.sign(assertion_claims(caller, client, **changes))).status == 200


@spec("RFC7521-4.2")
def test_the_client_may_name_itself_as_well(caller: Caller, client: Client) -> None:
    assertion = KEY.sign(assertion_claims(caller, client))
    assert present(caller, assertion, client_id=client.client_id).status == 200


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no iss": ({"iss": None}, "assertion_issuer"),
    "another iss": ({"iss": "somebody"}, "assertion_issuer"),
    "iss the server": ({"iss": ISSUER}, "assertion_issuer"),
    "iss a list": ({"iss": ["x"]}, "assertion_issuer"),
    "no sub": ({"sub": None}, "assertion_malformed"),
    "empty sub": ({"sub": ""}, "assertion_malformed"),
    "sub a number": ({"sub": 1}, "assertion_malformed"),
    "sub nobody": ({"sub": "nobody"}, "client_unknown"),
    "sub no text": ({"sub": "\ud800"}, "assertion_malformed"),
    "sub with a line": ({"sub": "a\nb"}, "assertion_malformed"),
    "no aud": ({"aud": None}, "assertion_audience"),
    "empty aud": ({"aud": ""}, "assertion_audience"),
    "empty list": ({"aud": []}, "assertion_audience"),
    "another server": ({"aud": "https://other.example.com"}, "assertion_audience"),
    "two audiences": ({"aud": [ISSUER, "https://other.example.com"]}, "assertion_audience"),
    "two of ours": ({"aud": [ISSUER, ISSUER + "/token"]}, "assertion_audience"),
    "the issuer twice": ({"aud": [ISSUER, ISSUER]}, "assertion_audience"),
    "a list in a list": ({"aud": [[ISSUER]]}, "assertion_audience"),
    "the issuer with a slash": ({"aud": ISSUER + "/"}, "assertion_audience"),
    "longer than the issuer": ({"aud": ISSUER + ".evil.example"}, "assertion_audience"),
    "the authorization endpoint": ({"aud": ISSUER + "/authorize"}, "assertion_audience"),
    "the pushed authorization endpoint": ({"aud": ISSUER + "/par"}, "assertion_audience"),
    "aud a number": ({"aud": 1}, "assertion_audience"),
    "no exp": ({"exp": None}, "assertion_expired"),
    "exp a text": ({"exp": "9999999999"}, "assertion_expired"),
    "exp true": ({"exp": True}, "assertion_expired"),
    "exp no number": ({"exp": float("nan")}, "assertion_expired"),
    "exp never": ({"exp": float("inf")}, "assertion_expired"),
    "exp beyond all time": ({"exp": 10**400}, "assertion_expired"),
    "exp below zero": ({"exp": -1}, "assertion_expired"),
    "nbf a text": ({"nbf": "0"}, "assertion_not_yet_valid"),
    "iat a text": ({"iat": "0"}, "assertion_not_yet_valid"),
    "iat no number": ({"iat": float("nan")}, "assertion_not_yet_valid"),
    "no jti": ({"jti": None}, "assertion_jti"),
    "empty jti": ({"jti": ""}, "assertion_jti"),
    "jti a number": ({"jti": 1}, "assertion_jti"),
    "jti a list": ({"jti": ["a"]}, "assertion_jti"),
    "jti too long": ({"jti": "j" * 257}, "assertion_jti"),
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_assertion_is_refused(
    caller: Caller, client: Client, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = REFUSED[case]
    filled = {name: fill(value, caller) for name, value in changes.items()}
    assertion = KEY.sign(assertion_claims(caller, client, **filled))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == reason


TIMES_REFUSED: dict[str, tuple[dict[str, float], str]] = {
    "expired a second ago": ({"exp": -1}, "assertion_expired"),
    "expired now": ({"exp": 0}, "assertion_expired"),
    "expired long ago": ({"exp": -86_400}, "assertion_expired"),
    "lives two hours": ({"exp": 7200}, "assertion_lifetime"),
    "lives for ever": ({"exp": 10**11}, "assertion_lifetime"),
    "made in a minute": ({"iat": 61}, "assertion_not_yet_valid"),
    "good in a minute": ({"nbf": 61}, "assertion_not_yet_valid"),
}


@spec("RFC7523-3")
@pytest.mark.parametrize("case", TIMES_REFUSED)
def test_times_out_of_reason_are_refused(
    caller: Caller, client: Client, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = TIMES_REFUSED[case]
    times = {name: after(seconds) for name, seconds in changes.items()}
    assertion = KEY.sign(assertion_claims(caller, client, **times))
    with unchanged():
        answer = present(caller, assertion)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == reason


@spec("RFC7521-4.2")
def test_another_client_id_in_the_form_is_refused(
    caller: Caller, client: Client, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    other = key_client(tenant, KEY.jwk())
    assertion = KEY.sign(assertion_claims(caller, client))
    answer = present(caller, assertion, client_id=other.client_id)
    assert_json_error(answer, "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == "client_id_mismatch"


@spec("RFC7523-3")
def test_a_client_can_not_speak_for_another(
    caller: Caller, client: Client, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    other = key_client(tenant, KEY.jwk())
    assertion = KEY.sign(assertion_claims(caller, client, sub=other.client_id))
    assert_json_error(present(caller, assertion), "invalid_client", status=401)
    assert last_log(capsys, assertion)["reason"] == "assertion_issuer"
