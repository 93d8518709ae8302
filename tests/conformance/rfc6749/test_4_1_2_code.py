"""RFC 6749 section 4.1.2: the code is short-lived, bound to its client and redirect_uri, and used once."""

import time

import pytest

from tests.support.client_app import ClientApp
from tests.support.code_use import WRONG_USES, live_at, the_api
from tests.support.http import Caller
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

MANY = 50


@spec("RFC6749-4.1.2")
def test_code_lives_for_a_minute_at_most(here: Visit) -> None:
    grant = here.grant(here.code())
    assert 0 < grant["code_exp"] - grant["created_at"] <= 60
    assert grant["exp"] == grant["code_exp"]


@spec("RFC6749-4.1.2")
@pytest.mark.parametrize("age", [0, 1, 86_400], ids=["this second", "a second ago", "a day ago"])
def test_expired_code_that_was_not_swept_is_refused(
    here: Visit, capsys: pytest.CaptureFixture[str], age: int
) -> None:
    code = here.code()
    here.change_grant(code, exp=int(time.time()) - age)
    expired = here.grant(code)
    assert_json_error(here.app.redeem(code), "invalid_grant")
    assert here.grant(code) == expired
    line = last_log(capsys, code, code.partition(".")[2], here.app.code_verifier)
    assert (line["reason"], line["grant_id"]) == ("code_expired", expired["grant_id"])


@spec("RFC6749-4.1.2")
@pytest.mark.parametrize("case", WRONG_USES)
def test_wrong_use_is_refused_and_does_not_burn_the_code(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    wrongly, reason = WRONG_USES[case]
    code = here.code()
    before = here.grant(code)
    assert_json_error(wrongly(here, code), "invalid_grant")
    assert here.grant(code) == before
    assert last_log(capsys, code, code.partition(".")[2], here.app.code_verifier)["reason"] == reason
    assert here.app.redeem(code).status == 200


@spec("RFC6749-4.1.2")
@pytest.mark.parametrize("case", WRONG_USES)
def test_wrong_use_of_a_spent_code_revokes_nothing(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    wrongly, reason = WRONG_USES[case]
    code = here.code()
    tokens = here.app.redeem(code).json
    before = here.grant(code)
    assert_json_error(wrongly(here, code), "invalid_grant")
    assert here.grant(code) == before
    assert last_log(capsys, code, code.partition(".")[2], here.app.code_verifier)["reason"] == reason
    assert live_at(here, tokens, the_api(here.tenant)) == (True, True)


@spec("RFC6749-4.1.2")
@spec("RFC6749-10.5")
def test_reused_code_is_refused_and_its_tokens_are_revoked(
    here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    api, code = the_api(here.tenant), here.code()
    tokens = here.app.redeem(code).json
    refreshed = here.app.refresh(tokens["refresh_token"]).json
    assert live_at(here, tokens, api) == live_at(here, refreshed, api) == (True, True)
    assert_json_error(here.app.redeem(code), "invalid_grant")
    line = last_log(capsys, code, tokens["access_token"], tokens["refresh_token"], tokens["id_token"])
    assert (line["reason"], line["grant_id"]) == ("code_replayed", code.partition(".")[0])
    assert here.grant(code)["state"] == "revoked"
    assert live_at(here, tokens, api) == live_at(here, refreshed, api) == (False, False)
    for token in (tokens["refresh_token"], refreshed["refresh_token"]):
        assert_json_error(here.app.refresh(token), "invalid_grant")
    assert_json_error(here.app.redeem(code), "invalid_grant")


@spec("RFC6749-4.1.2")
def test_reuse_revokes_when_the_code_has_expired_as_well(here: Visit) -> None:
    code = here.code()
    tokens = here.app.redeem(code).json
    here.change_grant(code, code_exp=1)
    assert_json_error(here.app.redeem(code), "invalid_grant")
    assert live_at(here, tokens, the_api(here.tenant)) == (False, False)


@spec("RFC6749-4.1.2")
def test_reuse_ends_one_grant_and_no_other(here: Visit) -> None:
    api, first, second = the_api(here.tenant), here.code(), here.code()
    tokens, others = here.app.redeem(first).json, here.app.redeem(second).json
    assert here.app.redeem(first).status == 400
    assert live_at(here, tokens, api) == (False, False)
    assert live_at(here, others, api) == (True, True)
    assert here.app.refresh(others["refresh_token"]).status == 200


@spec("RFC6749-4.1.2")
def test_of_fifty_parallel_redemptions_one_succeeds(here: Visit) -> None:
    code = here.code()
    answers = at_once(lambda: here.app.redeem(code), MANY)
    assert sorted(answer.status for answer in answers) == [200, *[400] * (MANY - 1)]
    for answer in answers:
        if answer.status == 400:
            assert_json_error(answer, "invalid_grant")
    # Whoever came second held a spent code with everything right: that is a replay.
    assert here.grant(code)["state"] == "revoked"


@spec("RFC6749-10.10")
def test_codes_are_not_guessable_and_not_kept(here: Visit) -> None:
    codes = [here.code() for _ in range(5)]
    secrets = [code.partition(".")[2] for code in codes]
    # 256 bits in base64url.
    assert {len(secret) for secret in secrets} == {43}
    for position in range(8):
        assert len({secret[position] for secret in secrets} | {code[position] for code in codes}) > 1
    kept = repr(here.tenant.snapshot())
    assert not any(secret in kept for secret in secrets)


@spec("RFC6749-10.5")
@pytest.mark.parametrize(
    "changes", [{"scope": "read other:read"}, {"resource": "https://no.example/"}], ids=str
)
def test_request_that_asks_for_too_much_does_not_burn_the_code(here: Visit, changes: dict[str, str]) -> None:
    code = here.code(scope="read")
    before = here.grant(code)
    answer = here.app.redeem(code, **changes)
    assert_json_error(answer, "invalid_scope" if "scope" in changes else "invalid_target")
    assert here.grant(code) == before
    assert here.app.redeem(code).status == 200


@spec("RFC6749-4.1.3")
def test_other_tokens_are_no_codes(here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = here.app.redeem(here.code()).json
    for name in ("access_token", "refresh_token", "id_token"):
        assert_json_error(here.app.redeem(tokens[name]), "invalid_grant")
        assert last_log(capsys, tokens[name])["reason"] == "code_malformed"
    assert live_at(here, tokens, the_api(here.tenant)) == (True, True)


@spec("RFC6749-4.1.3")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_confidential_client_redeems_its_code_authenticated(
    caller: Caller, tenant: Tenant, method: str
) -> None:
    here = visit(caller, tenant, tenant.client(token_endpoint_auth_method=method))
    code = here.code()
    public = ClientApp(here.app.client, caller, here.app.code_verifier)
    named = {"client_id": public.client.client_id, "code": code, "redirect_uri": public.redirect_uri}
    unauthenticated = {**named, "grant_type": "authorization_code", "code_verifier": public.code_verifier}
    before = here.grant(code)
    assert_json_error(caller.post("/token", unauthenticated), "invalid_client", status=401)
    assert here.grant(code) == before
    assert here.app.redeem(code).status == 200
