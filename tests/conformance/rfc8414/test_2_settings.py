"""RFC 8414 section 2: what a tenant has switched off is not announced, nor served, and all else stays so."""

from itertools import product
from typing import Any

import pytest

from chalicelib.protocol.metadata import metadata
from chalicelib.protocol.settings import DynamicRegistration, Settings
from chalicelib.protocol.supported import GRANT_TYPES, IMPLICIT_RESPONSE_TYPES
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, path_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import visit
from tests.support.wire import nothing_written

ISSUER = "https://auth.example.com"
REGISTRATION: tuple[DynamicRegistration, ...] = ("off", "token", "open")
# What a tenant's settings may be, by name; what they decide about, every other member being the same at every
# tenant.
CHOICES: dict[str, tuple[Any, ...]] = {
    "password_grant": (True, False),
    "implicit_grant": (True, False),
    "client_id_metadata_documents": (True, False),
    "dynamic_registration": REGISTRATION,
    "eddsa_key": (True, False),
    "session_management": (True, False),
    "request_object_encryption": (True, False),
}
DECIDED = {
    "grant_types_supported",
    "response_types_supported",
    "registration_endpoint",
    "client_id_metadata_document_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "introspection_signing_alg_values_supported",
    "check_session_iframe",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported",
}


@spec("OIDC-Discovery-3")
@spec("RFC8414-2")
def test_each_member_is_true_in_each_setting() -> None:
    usual = metadata(Settings(issuer=ISSUER))
    same = {name: value for name, value in usual.items() if name not in DECIDED}
    seen = set()
    for values in product(*CHOICES.values()):
        on = dict(zip(CHOICES, values, strict=True))
        told = metadata(Settings(issuer=ISSUER, **on))
        seen |= DECIDED & told.keys()
        decided = {name: told.pop(name) for name in DECIDED & told.keys()}
        assert decided == expected(on), on
        assert told == same, on
    assert seen == DECIDED


def expected(on: dict[str, Any]) -> dict[str, Any]:
    """The members that these settings decide about, by a hand of its own."""
    signing = ["RS256", "ES256", "PS256", *["EdDSA"] * on["eddsa_key"]]
    implicit = on["implicit_grant"]
    found: dict[str, Any] = {
        "grant_types_supported": [
            *GRANT_TYPES,
            *["password"] * on["password_grant"],
            *["implicit"] * implicit,
        ],
        "response_types_supported": ["code", "none", *IMPLICIT_RESPONSE_TYPES * implicit],
        "client_id_metadata_document_supported": on["client_id_metadata_documents"],
        "id_token_signing_alg_values_supported": [*signing, "HS256", "none"],
        "userinfo_signing_alg_values_supported": [*signing, "HS256", "none"],
        "introspection_signing_alg_values_supported": signing,
    }
    if on["dynamic_registration"] != "off":
        found["registration_endpoint"] = f"{ISSUER}/register"
    if on["session_management"]:
        found["check_session_iframe"] = f"{ISSUER}/check_session_iframe"
    if on["request_object_encryption"]:
        found["request_object_encryption_alg_values_supported"] = [
            "RSA-OAEP-256",
            "ECDH-ES",
            "ECDH-ES+A128KW",
            "ECDH-ES+A256KW",
        ]
        found["request_object_encryption_enc_values_supported"] = [
            "A128CBC-HS256",
            "A256GCM",
            "A128GCM",
            "A256CBC-HS512",
        ]
    return found


@spec("RFC8414-2")
@pytest.mark.parametrize("off", ["off", ""])
def test_a_tenant_that_registers_nobody_announces_no_endpoint(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str], off: str
) -> None:
    made = registrar.registered()
    with changed_environment(DYNAMIC_REGISTRATION=off):
        assert "registration_endpoint" not in told_by(registrar.caller)
        for token in (None, "an.initial-token"):
            with nothing_written(stack):
                answer = registrar.register(token=token)
            assert_json_error(answer, "invalid_request", status=404)
            assert last_log(capsys)["reason"] == "registration_off"
        # Who is registered already still manages that (RFC 7592).
        token = made["registration_access_token"]
        assert registrar.send("GET", path_of(made), token=token).json["client_id"] == made["client_id"]
        assert registrar.send("DELETE", path_of(made), token=token).status == 204


@spec("RFC8414-2")
def test_a_tenant_that_wants_an_initial_access_token_announces_the_endpoint(
    registrar: Registrar, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with changed_environment(DYNAMIC_REGISTRATION="token"):
        endpoint = told_by(registrar.caller)["registration_endpoint"]
        assert endpoint == f"{registrar.caller.issuer}/register"
        with nothing_written(stack):
            answer = registrar.register(WEB)
    assert_json_error(answer, "invalid_token", status=401)
    # RFC 6750 section 3.1: who showed none learns only that one is needed.
    assert answer.headers["www-authenticate"] == 'Bearer realm="registration"'
    assert last_log(capsys)["reason"] == "token_missing"


def told_by(caller: Caller) -> dict[str, Any]:
    both = [
        caller.get(f"/.well-known/{name}").json
        for name in ("oauth-authorization-server", "openid-configuration")
    ]
    assert both[0] == both[1]
    found: dict[str, Any] = both[0]
    return found


@spec("OIDC-Discovery-3")
@spec("OIDC-Session-3.3")
@pytest.mark.parametrize("on", ["on", "off", ""])
def test_apps_are_told_of_the_page_for_sessions_where_they_are_told_of_the_session(
    caller: Caller, tenant: Tenant, on: str
) -> None:
    known = visit(caller, tenant, tenant.public_client())
    with changed_environment(SESSION_MANAGEMENT=on):
        announced = "check_session_iframe" in told_by(caller)
        assert ("session_state" in known.answer().query) is announced is (on == "on")


@spec("OIDC-Discovery-3")
@pytest.mark.parametrize("on", ["on", "off", ""])
def test_each_response_type_that_is_announced_is_answered_and_no_other_is(
    caller: Caller, tenant: Tenant, on: str
) -> None:
    types = ("code", "none", *IMPLICIT_RESPONSE_TYPES)
    everything = tenant.public_client(grant_types=("authorization_code", "implicit"), response_types=types)
    known = visit(caller, tenant, everything)
    with changed_environment(IMPLICIT_GRANT=on):
        told = told_by(caller)
        answered = {one for one in types if not refused(known.answer(response_type=one))}
    assert answered == set(told["response_types_supported"])
    assert ("implicit" in told["grant_types_supported"]) is ("id_token" in answered) is (on == "on")


def refused(answer: Answer) -> bool:
    return "error=" in answer.location
