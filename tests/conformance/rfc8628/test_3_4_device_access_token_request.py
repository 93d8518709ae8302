"""RFC 8628 section 3.4: the device access token request, and what is refused of it."""

from collections.abc import Callable

import pytest

from chalicelib.protocol.supported import DEVICE_CODE
from tests.support.client_app import ClientApp
from tests.support.device import GRANT_TYPES, Device, connect, device, device_client
from tests.support.http import Answer, Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import SECRET, Tenant
from tests.support.traceability import spec
from tests.support.unchanged import unchanged
from tests.support.visit import Visit, visit

Log = pytest.CaptureFixture[str]


def _with(change: Callable[[str], str | None]) -> Callable[[Device], Answer]:
    return lambda tv: tv.poll(device_code=change(tv.asked["device_code"]))


def _as(client_changes: dict[str, object]) -> Callable[[Device], Answer]:
    def poll(tv: Device) -> Answer:
        other = device_client(tv.tenant, **client_changes)
        return ClientApp(other, tv.app.caller).token(
            {"grant_type": DEVICE_CODE, "device_code": tv.asked["device_code"]}
        )

    return poll


# What is wrong, the error, and the reason in the log.
WRONG: dict[str, tuple[Callable[[Device], Answer], str, str]] = {
    "no device_code": (_with(lambda _: None), "invalid_request", "parameter_missing"),
    "empty device_code": (_with(lambda _: ""), "invalid_request", "parameter_missing"),
    "device_code twice": (
        lambda tv: tv.poll(device_code=[tv.asked["device_code"]] * 2),
        "invalid_request",
        "parameter_repeated",
    ),
    "guessed secret": (
        _with(lambda code: code[:23] + "A" * 43),
        "invalid_grant",
        "device_code_unknown",
    ),
    "last letter changed": (
        _with(lambda code: code[:-1] + ("A" if code[-1] != "A" else "E")),
        "invalid_grant",
        "device_code_unknown",
    ),
    "another grant's id": (_with(lambda code: "A" * 22 + code[22:]), "invalid_grant", "device_code_unknown"),
    "one letter more": (_with(lambda code: code + "A"), "invalid_grant", "device_code_malformed"),
    "a line feed more": (_with(lambda code: code + "\n"), "invalid_grant", "device_code_malformed"),
    "the grant's id alone": (_with(lambda code: code[:22]), "invalid_grant", "device_code_malformed"),
    "the user code": (
        lambda tv: tv.poll(device_code=tv.user_code),
        "invalid_grant",
        "device_code_malformed",
    ),
    "another client": (_as({}), "invalid_grant", "device_code_of_another_client"),
    "another client that is not registered for it": (
        _as({"grant_types": ("refresh_token",)}),
        "unauthorized_client",
        "grant_type_not_allowed",
    ),
    "the grant type's short name": (
        lambda tv: tv.poll(grant_type="device_code"),
        "unsupported_grant_type",
        "grant_type_not_supported",
    ),
    "malformed scope": (lambda tv: tv.poll(scope='"'), "invalid_scope", "scope_malformed"),
}


@spec("RFC8628-3.4")
@pytest.mark.parametrize("state", ["pending", "approved"])
@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_changes_nothing_and_the_right_one_still_works(
    tv: Device, here: Visit, capsys: Log, case: str, state: str
) -> None:
    send, error, reason = WRONG[case]
    tv.ask()
    if state == "approved":
        connect(here.browser, here.person, tv.user_code)
    with unchanged():
        answer = send(tv)
    assert_json_error(answer, error)
    assert last_log(capsys, tv.asked["device_code"].partition(".")[2])["reason"] == reason
    if state == "approved":
        tv.tokens()
    else:
        assert_json_error(tv.poll(), "authorization_pending")


@spec("RFC8628-3.4")
def test_a_client_with_a_secret_must_authenticate(caller: Caller, tenant: Tenant, here: Visit) -> None:
    client = tenant.client(grant_types=GRANT_TYPES, redirect_uris=())
    tv = device(caller, tenant, client).ask()
    connect(here.browser, here.person, tv.user_code)
    fields = {"grant_type": DEVICE_CODE, "device_code": tv.asked["device_code"]}
    with unchanged():
        unauthenticated = caller.post("/token", {"client_id": client.client_id, **fields})
        wrong = caller.post("/token", fields, auth=(client.client_id, "a guess"))
    for answer in (unauthenticated, wrong):
        assert_json_error(answer, "invalid_client", status=401)
    assert caller.post("/token", fields, auth=(client.client_id, SECRET)).status == 200


@spec("RFC8628-3.4")
def test_a_device_code_is_no_authorization_code(caller: Caller, tenant: Tenant, here: Visit) -> None:
    """It has the same form; nothing of PKCE or of a redirect_uri protects it."""
    client = tenant.public_client(grant_types=("authorization_code", *GRANT_TYPES))
    tv = device(caller, tenant, client).ask()
    as_code = {"grant_type": "authorization_code", "code": tv.asked["device_code"]}
    for _ in range(2):
        with unchanged():
            answer = tv.app.token(as_code)
        assert_json_error(answer, "invalid_grant")
        if tv.grant["state"] == "pending":
            connect(here.browser, here.person, tv.user_code)
    tv.tokens()


@spec("RFC8628-3.4")
def test_an_authorization_code_is_no_device_code(caller: Caller, tenant: Tenant) -> None:
    client = tenant.public_client(grant_types=("authorization_code", *GRANT_TYPES))
    here = visit(caller, tenant, client)
    code = here.code()
    with unchanged():
        answer = here.app.token({"grant_type": DEVICE_CODE, "device_code": code})
    assert_json_error(answer, "invalid_grant")
    assert here.app.redeem(code).status == 200


@spec("RFC8628-3.4")
@pytest.mark.parametrize("state", ["pending", "approved"])
def test_a_device_code_is_no_refresh_token(tv: Device, here: Visit, state: str) -> None:
    tv.ask()
    if state == "approved":
        connect(here.browser, here.person, tv.user_code)
    grant_id, _, secret = tv.asked["device_code"].partition(".")
    with unchanged():
        for token in (tv.asked["device_code"], f"{grant_id}.1.{'A' * 22}{secret}"):
            assert_json_error(tv.app.refresh(token), "invalid_grant")
            assert tv.app.post("/revoke", {"token": token}).status == 200
