"""RFC 9700 sections 4.4, 4.5 and 4.8: stolen codes, codes put into another's session, PKCE stripped."""

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp, s256, unverified
from tests.support.code_use import live_at, the_api
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit


@spec("RFC9700-4.5.3.1")
def test_stolen_code_put_into_another_session_of_the_client_is_refused(
    here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    """The attacker begins a session of their own and hands its client the victim's code."""
    stolen = here.code()
    before = here.grant(stolen)
    attackers = ClientApp(here.app.client, here.app.caller)
    assert_json_error(attackers.redeem(stolen), "invalid_grant")
    assert last_log(capsys, stolen)["reason"] == "code_verifier_mismatch"
    assert here.grant(stolen) == before
    assert here.app.redeem(stolen).status == 200


@spec("RFC9700-4.5.3.2")
def test_id_token_tells_a_code_of_another_session_by_its_nonce(here: Visit) -> None:
    for nonce in ("mine", "theirs", 'a+b %"é'):
        token = here.app.redeem(here.code(nonce=nonce)).json["id_token"]
        assert unverified(token)[1]["nonce"] == nonce


@spec("OIDC-Core-16.10")
@spec("RFC9700-4.4")
@spec("RFC9700-4.5")
@pytest.mark.parametrize("kind", ["public", "confidential"])
def test_code_caught_in_a_mix_up_is_worth_nothing_without_the_verifier(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """The attacker's server was given the code and the client's identity, not yet the verifier."""
    here = visit(caller, tenant, tenant.client() if kind == "confidential" else None)
    code = here.code()
    for verifier in (None, s256(here.app.code_verifier), "guess" * 10):
        assert_json_error(here.app.redeem(code, code_verifier=verifier), "invalid_grant")
        assert last_log(capsys, code)["reason"] == "code_verifier_mismatch"
    tokens = here.app.redeem(code).json
    assert live_at(here, tokens, the_api(tenant)) == (True, True)


@spec("RFC9700-4.8.2")
@spec("RFC9700-2.1.1")
def test_verifier_without_a_challenge_is_refused(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that sends a verifier sent a challenge: someone took it out of the request on the way."""
    here = visit(caller, tenant, tenant.client())
    code = here.code(code_challenge=None, code_challenge_method=None)
    before = here.grant(code)
    assert "code_challenge" not in before
    assert_json_error(here.app.redeem(code), "invalid_grant")
    assert last_log(capsys, code, here.app.code_verifier)["reason"] == "code_verifier_mismatch"
    assert here.grant(code) == before
    assert here.app.redeem(code, code_verifier=None).status == 200


@spec("RFC9700-2.1.1")
def test_challenge_of_a_client_that_need_not_send_one_binds_all_the_same(
    caller: Caller, tenant: Tenant
) -> None:
    here = visit(caller, tenant, tenant.client())
    code = here.code()
    assert_json_error(here.app.redeem(code, code_verifier=None), "invalid_grant")
    assert here.app.redeem(code).status == 200


@spec("RFC9700-4.7")
def test_two_answers_of_one_client_carry_each_its_own_state(here: Visit) -> None:
    assert here.answer(state="one").query["state"] == "one"
    assert here.answer(state="two").query["state"] == "two"
    assert (
        "state"
        not in Browser(here.app.caller, here.browser.cookies)
        .open("/authorize", here.app.request(state=None))
        .query
    )
