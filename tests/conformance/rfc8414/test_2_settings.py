"""RFC 8414 section 2: what a tenant has switched off is not announced, nor served, and all else stays so."""

from itertools import product
from typing import Any

import pytest

from chalicelib.protocol.metadata import metadata
from chalicelib.protocol.settings import DynamicRegistration, Settings
from chalicelib.protocol.supported import GRANT_TYPES, IMPLICIT_RESPONSE_TYPES
from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import WEB, Registrar, path_of
from tests.support.traceability import spec
from tests.support.wire import nothing_written

ISSUER = "https://auth.example.com"
REGISTRATION: tuple[DynamicRegistration, ...] = ("off", "token", "open")
# What a setting decides about; every other member is the same at every tenant.
DECIDED = {
    "grant_types_supported",
    "response_types_supported",
    "registration_endpoint",
    "client_id_metadata_document_supported",
}


@spec("RFC8414-2")
@pytest.mark.parametrize(
    ("password", "implicit", "documents", "registration"),
    list(product((True, False), (True, False), (True, False), REGISTRATION)),
)
def test_each_member_is_true_in_each_setting(
    *, password: bool, implicit: bool, documents: bool, registration: DynamicRegistration
) -> None:
    settings = Settings(
        issuer=ISSUER,
        password_grant=password,
        implicit_grant=implicit,
        client_id_metadata_documents=documents,
        dynamic_registration=registration,
    )
    told = metadata(settings)
    decided = {name: told.pop(name) for name in DECIDED & set(told)}
    expected: dict[str, Any] = {
        "grant_types_supported": [*GRANT_TYPES, *["password"] * password, *["implicit"] * implicit],
        "response_types_supported": ["code", "none", *IMPLICIT_RESPONSE_TYPES * implicit],
        "client_id_metadata_document_supported": documents,
    }
    if registration != "off":
        expected["registration_endpoint"] = f"{ISSUER}/register"
    assert decided == expected
    usual = metadata(Settings(issuer=ISSUER))
    assert told == {name: value for name, value in usual.items() if name not in DECIDED}


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


@spec("RFC8414-2")
def test_eddsa_is_announced_where_the_tenant_has_a_key_for_it() -> None:
    usual, more = metadata(Settings(issuer=ISSUER)), metadata(Settings(issuer=ISSUER, eddsa_key=True))
    changed = {name for name in more if more[name] != usual[name]}
    assert changed == {
        "id_token_signing_alg_values_supported",
        "introspection_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
    }
    assert all(set(more[name]) - set(usual[name]) == {"EdDSA"} for name in changed)
