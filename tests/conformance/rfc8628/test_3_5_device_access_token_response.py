"""RFC 8628 section 3.5: pending, slow down, denied, expired, and the tokens."""

import time

import pytest

from tests.support.browser import Browser
from tests.support.device import Device, connect, device, device_client
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

Log = pytest.CaptureFixture[str]


@spec("RFC8628-3.5")
def test_until_somebody_decides_the_answer_is_pending(tv: Device, capsys: Log) -> None:
    tv.ask()
    for _ in range(2):
        assert_json_error(tv.poll(), "authorization_pending")
        assert last_log(capsys)["reason"] == "device_pending"
        tv.wait()
    assert tv.grant["interval"] == 5


@spec("RFC8628-3.5")
def test_the_first_poll_may_come_at_once(tv: Device) -> None:
    assert_json_error(tv.ask().poll(), "authorization_pending")


@spec("RFC8628-3.5")
def test_a_device_that_polls_too_often_waits_five_seconds_longer_each_time(tv: Device, capsys: Log) -> None:
    tv.ask().poll()
    for interval in (10, 15, 20):
        before = int(time.time())
        # The next may come so much later; it does not, and that is kept.
        tv.change_grant(next_poll_at=before + 3_600)
        assert_json_error(tv.poll(), "slow_down")
        assert last_log(capsys)["reason"] == "device_polls_too_often"
        assert tv.grant["interval"] == interval
        assert tv.grant["next_poll_at"] in range(before + interval - 1, int(time.time()) + interval)


@spec("RFC8628-3.5")
def test_the_longer_interval_is_kept(tv: Device) -> None:
    tv.ask().poll()
    tv.change_grant(next_poll_at=int(time.time()) + 3_600)
    tv.poll()
    tv.wait()
    before = int(time.time())
    assert_json_error(tv.poll(), "authorization_pending")
    assert tv.grant["interval"] == 10
    assert tv.grant["next_poll_at"] >= before + 9


@spec("RFC8628-3.5")
def test_a_device_that_polls_too_often_gets_its_tokens_as_soon_as_it_may(tv: Device, here: Visit) -> None:
    """slow_down is a form of authorization_pending: nothing is pending any more."""
    tv.ask().poll()
    connect(here.browser, here.person, tv.user_code)
    tv.change_grant(next_poll_at=int(time.time()) + 3_600)
    tv.tokens()


@spec("RFC8628-3.5")
def test_a_refusal_is_told_each_time(tv: Device, here: Visit, capsys: Log) -> None:
    connect(here.browser, here.person, tv.ask().user_code, decision="deny")
    for _ in range(2):
        assert_json_error(tv.poll(), "access_denied")
        assert last_log(capsys)["reason"] == "device_refused"


@spec("RFC8628-3.5")
@pytest.mark.parametrize("allowed", [False, True])
def test_an_expired_code_is_told_each_time(tv: Device, here: Visit, capsys: Log, *, allowed: bool) -> None:
    tv.ask()
    if allowed:
        connect(here.browser, here.person, tv.user_code)
    tv.expire()
    for _ in range(2):
        assert_json_error(tv.poll(), "expired_token")
        assert last_log(capsys)["reason"] == "device_code_expired"


@spec("RFC8628-3.5")
def test_a_spent_code_ends_what_it_brought(tv: Device, here: Visit, capsys: Log) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    tokens = tv.tokens()
    assert_json_error(tv.poll(), "invalid_grant")
    assert last_log(capsys)["reason"] == "device_code_replayed"
    assert_json_error(tv.app.refresh(tokens["refresh_token"]), "invalid_grant")
    userinfo = tv.app.caller.get("/userinfo", authorization=f"Bearer {tokens['access_token']}")
    assert userinfo.status == 401
    assert_json_error(tv.poll(), "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"


@spec("RFC8628-3.5")
def test_signing_out_before_the_device_came_ends_what_was_bound_to_the_session(
    tv: Device, here: Visit, capsys: Log
) -> None:
    connect(here.browser, here.person, tv.ask(scope="read").user_code)
    tv.tenant.table("Grants").change(tv.grant, state="revoked")
    assert_json_error(tv.poll(), "invalid_grant")
    assert last_log(capsys)["reason"] == "grant_revoked"


@spec("RFC8628-3.5")
def test_a_token_may_be_for_less_than_was_allowed(tv: Device, here: Visit, tenant: Tenant) -> None:
    tenant.resource_server(OTHER_API)
    tv.ask(resource=[API, OTHER_API], scope="read write other:read")
    connect(here.browser, here.person, tv.user_code)
    assert_json_error(tv.poll(scope="read openid"), "invalid_scope")
    assert_json_error(tv.poll(resource="https://nobody.example.com/"), "invalid_target")
    tokens = tv.tokens(resource=OTHER_API)
    assert tokens["scope"] == "other:read"
    assert "id_token" not in tokens
    assert tv.app.refresh(tokens["refresh_token"], resource=API).json["scope"] == "read write"


@spec("RFC8628-3.5")
@pytest.mark.parametrize(
    ("scope", "grant_types", "refreshed"),
    [
        ("openid read", None, False),
        ("openid read offline_access", None, True),
        ("read", None, True),
        ("openid read offline_access", ("urn:ietf:params:oauth:grant-type:device_code",), False),
    ],
)
def test_refresh_tokens_are_given_as_for_a_code(
    caller: Caller,
    tenant: Tenant,
    here: Visit,
    scope: str,
    grant_types: tuple[str, ...] | None,
    *,
    refreshed: bool,
) -> None:
    changes = {} if grant_types is None else {"grant_types": grant_types}
    tv = device(caller, tenant, device_client(tenant, **changes)).ask(scope=scope)
    connect(here.browser, here.person, tv.user_code)
    assert ("refresh_token" in tv.tokens()) is refreshed


@spec("RFC8628-3.5")
def test_without_offline_access_it_all_ends_with_the_session_it_was_allowed_in(
    tv: Device, browser: Browser, tenant: Tenant
) -> None:
    connect(browser, tenant.person(), tv.ask(scope="read").user_code)
    tokens = tv.tokens()
    browser.open("/end_session")
    browser.fill(("decision", "sign_out"))
    assert_json_error(tv.app.refresh(tokens["refresh_token"]), "invalid_grant")
