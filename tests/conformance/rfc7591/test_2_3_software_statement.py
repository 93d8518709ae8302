"""RFC 7591 sections 2.3 and 3.1.1: what a publisher says of its software goes before what a client says."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.stack import LocalStack
from tests.support.assertions import federation, trust
from tests.support.client_key import client_key
from tests.support.http import Caller
from tests.support.properties import ANY_TEXT, JSON
from tests.support.publisher import Publisher
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written

INVALID, UNAPPROVED = "invalid_software_statement", "unapproved_software_statement"


@spec("RFC7591-2.3")
def test_what_is_stated_goes_before_what_the_client_says(registrar: Registrar, publisher: Publisher) -> None:
    statement = publisher.statement(redirect_uris=["https://harbour.example/callback"], iat=int(time.time()))
    said = {
        "client_name": "Your bank",
        "client_name#fr": "Votre banque",
        "tos_uri": "https://harbour.example/t",
    }
    found = registrar.registered(software_statement=statement, **said)
    assert found["client_name"] == "Harbour Photos, the original"
    assert "client_name#fr" not in found
    assert found["redirect_uris"] == ["https://harbour.example/callback"]
    assert (found["software_id"], found["tos_uri"]) == ("harbour", "https://harbour.example/t")
    assert found["software_statement"] == statement
    read = registrar.send("GET", path_of(found), token=found["registration_access_token"])
    assert read.json["software_statement"] == statement


@spec("RFC7591-2.3")
def test_a_statement_gives_no_more_than_a_client_may_ask(
    registrar: Registrar, publisher: Publisher, tenant: Tenant
) -> None:
    stated = publisher.statement(impersonation=True, resources=["https://api.example.com/"])
    found = registrar.registered(software_statement=stated)
    item = tenant.table("Clients").find(id=f"client#{found['client_id']}")
    assert item["registration"] == "dynamic"
    assert not {"impersonation", "resources"} & item.keys()
    for wrong in ({"grant_types": ["password"]}, {"client_name": "\u202e"}, {"scope": ["openid"]}):
        answer = registrar.register(software_statement=publisher.statement(**wrong))
        assert_json_error(answer, "invalid_client_metadata")


@spec("RFC7591-2.3")
def test_a_replacement_without_the_statement_is_without_what_it_stated(
    registrar: Registrar, publisher: Publisher
) -> None:
    made = registrar.registered(software_statement=publisher.statement())
    document = {**WEB, "client_id": made["client_id"]}
    after = registrar.send("PUT", path_of(made), document, token=made["registration_access_token"]).json
    assert after["client_name"] == WEB["client_name"]
    assert not {"software_statement", "client_uri"} & set(after)


def unsigned(publisher: Publisher) -> str:
    header, claims = {"alg": "none"}, {"iss": publisher.trusted.issuer}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    return b".".join(parts).decode() + "."


def by_the_public_key(publisher: Publisher) -> str:
    """Alg confusion: the public key, which anybody has, as the secret of an HMAC."""
    header, claims = {"alg": "HS256", "kid": "publisher"}, {"iss": publisher.trusted.issuer}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    signed = b".".join(parts)
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed, publisher.key.pem())
    return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def changed(publisher: Publisher) -> str:
    header, _, signature = publisher.statement().split(".")
    claims = json.dumps({"iss": publisher.trusted.issuer, "client_name": "Your bank"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.{signature}"


def twice(publisher: Publisher) -> str:
    claims = f'{{"iss":"{publisher.trusted.issuer}","client_name":"A","client_name":"B"}}'.encode()
    return jwt.PyJWS().encode(claims, publisher.key.private, algorithm="ES256", headers={"kid": "publisher"})


KID = {"kid": "publisher"}
REFUSED: dict[str, tuple[Callable[[Publisher], str], str]] = {
    "no JWT": (lambda _: "a.b", "statement_malformed"),
    "words": (lambda _: "this is harbour", "statement_malformed"),
    "nothing": (lambda _: "", "statement_malformed"),
    "not signed": (unsigned, "statement_signature"),
    "signed by the public key": (by_the_public_key, "statement_signature"),
    "signed by another key": (
        lambda one: one.statement(key=client_key(kid="other"), header=KID), "statement_signature"),
    "signed by an algorithm that is not the key's": (
        lambda one: one.statement(key=client_key("RS256"), header=KID), "statement_signature"),
    "changed": (changed, "statement_signature"),
    "a member twice": (twice, "statement_malformed"),
    "too long": (lambda one: one.statement(note="a" * 8_192), "statement_malformed"),
    "of another type": (lambda one: one.statement(header={"typ": "at+jwt"}), "statement_malformed"),
    "expired": (lambda one: one.statement(exp=int(time.time()) - 1), "statement_expired"),
    "with an exp that is a word": (lambda one: one.statement(exp="never"), "statement_expired"),
    "not valid yet": (lambda one: one.statement(nbf=int(time.time()) + 90), "statement_expired"),
    "made tomorrow": (lambda one: one.statement(iat=int(time.time()) + 86_400), "statement_expired"),
    "for another server": (lambda one: one.statement(aud="https://other.example"), "statement_audience"),
    "for several others": (lambda one: one.statement(aud=["https://o.example", 1]), "statement_audience"),
    "of nobody": (lambda one: one.statement(iss=None), "statement_issuer"),
    "of somebody unknown": (lambda one: one.statement(iss="https://evil.example"), "statement_issuer"),
    "of a number": (lambda one: one.statement(iss=1), "statement_issuer"),
    "of an issuer in other letters": (lambda one: one.statement(iss="https://é.example"), "statement_issuer"),
}  # fmt: skip


@spec("RFC7591-3.1.1")
@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_statement_that_does_not_hold_is_refused(
    registrar: Registrar,
    publisher: Publisher,
    stack: LocalStack,
    capsys: pytest.CaptureFixture[str],
    case: Any,
) -> None:
    forge, reason = case
    statement = forge(publisher)
    with nothing_written(stack):
        answer = registrar.register(software_statement=statement)
    assert_json_error(answer, UNAPPROVED if reason == "statement_issuer" else INVALID)
    assert last_log(capsys)["reason"] == reason


@spec("RFC7591-3.1.1")
def test_an_issuer_that_is_trusted_for_grants_states_nothing_of_software(
    registrar: Registrar, caller: Caller, tenant: Tenant
) -> None:
    idp = federation(caller, tenant)
    answer = registrar.register(software_statement=idp.assertion(client_name="Harbour"))
    assert_json_error(answer, UNAPPROVED)


@spec("RFC7591-3.1.1")
def test_this_servers_own_tokens_state_nothing_of_software(
    registrar: Registrar, publisher: Publisher, tenant: Tenant
) -> None:
    issuer = registrar.caller.issuer
    trust(issuer=issuer, issuer_name="Itself", jwks={"keys": [publisher.key.jwk()]}, software_statements=True)
    assert_json_error(registrar.register(software_statement=publisher.statement(iss=issuer)), UNAPPROVED)
    tenant.table("Clients").delete(id=f"trusted_issuer#{issuer}")


@spec("RFC7591-2.3")
def test_what_a_publisher_signs_is_no_grant(caller: Caller, tenant: Tenant) -> None:
    publisher = federation(caller, tenant, software_statements=True)
    answer = publisher.present(publisher.assertion())
    assert_json_error(answer, "invalid_grant")


@spec("RFC7591-3.1.1")
def test_where_the_publishers_keys_can_not_be_had_nothing_is_taken_on_trust(registrar: Registrar) -> None:
    key = client_key(kid="publisher")
    trusted = trust(
        issuer="https://publisher-without-keys.example",
        issuer_name="Publisher",
        jwks_uri="https://127.0.0.1:1/jwks",
        software_statements=True,
    )
    answer = registrar.register(software_statement=Publisher(trusted, key).statement())
    assert_json_error(answer, INVALID)


STATED = st.sampled_from([*WEB, "iss", "exp", "nbf", "iat", "aud", "jwks", "client_name#fr", "contacts"])


@spec("RFC7591-3.1.1")
def test_whatever_a_publisher_signs_is_refused_in_words(
    registrar: Registrar, publisher: Publisher, stack: LocalStack
) -> None:
    @given(st.dictionaries(STATED | ANY_TEXT, JSON, max_size=5))
    @example({"exp": 1e400})
    @example({"iss": "\ud800"})
    @example({"aud": {"a": []}})
    @example({"redirect_uris": ["https://[::1"]})
    @example({"client_name#\ud800": "\ud800"})
    def answered(stated: dict[str, Any]) -> None:
        # What is stated goes first, and so it can't be registered whatever else there is.
        statement = publisher.statement(**{**stated, "application_type": "toaster"})
        answer = registrar.register(software_statement=statement)
        assert_json_error(answer, answer.error)
        assert answer.error in {INVALID, UNAPPROVED, "invalid_client_metadata", "invalid_redirect_uri"}

    with nothing_written(stack):
        answered()
