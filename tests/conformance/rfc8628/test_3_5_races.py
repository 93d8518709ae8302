"""RFC 8628 section 3.5: many at once, over the endpoints; one conditional write is the lock."""

from tests.support.browser import Browser, forms
from tests.support.device import Device, connect, enter
from tests.support.http import Answer, Caller
from tests.support.race import at_once
from tests.support.refusal import assert_json_error
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit

MANY = 8


@spec("RFC8628-3.5")
def test_of_many_polls_at_once_one_gets_tokens_and_the_others_end_them(tv: Device, here: Visit) -> None:
    connect(here.browser, here.person, tv.ask().user_code)
    answers = at_once(tv.poll, MANY)
    (winner,) = [answer for answer in answers if answer.status == 200]
    for answer in answers:
        if answer is not winner:
            assert_json_error(answer, "invalid_grant")
    # Nobody polls eight times at once but a thief beside the device.
    assert tv.grant["state"] == "revoked"
    assert_json_error(tv.app.refresh(winner.json["refresh_token"]), "invalid_grant")


@spec("RFC8628-3.5")
def test_of_many_polls_at_once_of_a_pending_code_each_that_is_too_soon_adds_its_five_seconds(
    tv: Device,
) -> None:
    tv.ask()
    errors = [answer.error for answer in at_once(tv.poll, MANY)]
    # One is in time; on a machine that takes seconds for these, another may be.
    assert set(errors) == {"authorization_pending", "slow_down"}
    assert tv.grant["interval"] == 5 + 5 * errors.count("slow_down")


@spec("RFC8628-3.3")
def test_of_an_approval_and_a_refusal_at_once_one_stands_and_both_are_told_so(
    tv: Device, here: Visit
) -> None:
    (form,) = forms(enter(here.browser, tv.ask().user_code).body)
    # As many at once as are free attempts at a code, less one.
    decisions = iter(["allow", "deny"] * 2)

    def decide() -> Answer:
        browser = Browser(here.browser.caller, dict(here.browser.cookies))
        return browser.submit(form.action, {**form.fields, "decision": next(decisions)})

    pages = {answer.body for answer in at_once(decide, 4)}
    assert len(pages) == 1
    allowed = "Your device is connected" in pages.pop()
    if allowed:
        tv.tokens()
    else:
        assert_json_error(tv.poll(), "access_denied")


@spec("RFC8628-3.3")
def test_of_several_people_at_once_one_connects_the_device(
    tv: Device, caller: Caller, tenant: Tenant
) -> None:
    """Who reads a code off a screen may be quicker than its owner; nobody is told that both succeeded."""
    tv.ask()
    browsers = []
    for _ in range(3):
        browser = Browser(caller)
        enter(browser, tv.user_code)
        browser.sign_in(tenant.person())
        browsers.append(browser)
    waiting = iter(browsers)
    told = [answer.body for answer in at_once(lambda: next(waiting).consent(), len(browsers))]
    assert sum("Your device is connected" in body for body in told) == 1
    assert sum("This code was used before" in body for body in told) == 2
    tv.tokens()
