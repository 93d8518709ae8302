"""What is ended while the hook is asked does not come back, whatever the hook says."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.hooks.conftest import NOTHING, Hook
from tests.support.http import Answer, Caller
from tests.support.race import PATIENCE, at_once
from tests.support.refusal import assert_json_error
from tests.support.tenant import API, SECRET, Tenant
from tests.support.visit import Visit, visit

VETO = {"version": 1, "veto": {"reason": "no"}}
OUTCOMES = {"adds": NOTHING, "refuses": VETO, "fails": None}
outcomes = pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
SCOPE = "openid offline_access read"


class Pausing:
    """A hook that waits, the first time it is asked, until it is let go."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked, self._go = threading.Event(), threading.Event()

    def __call__(self, event: Any) -> Any:
        del event
        self.asked.set()
        assert self._go.wait(PATIENCE)
        return self._answer

    def meanwhile(self, ask: Callable[[], Answer], act: Callable[[], object]) -> Answer:
        """The answer to a request during whose question something else was done."""
        got: list[Answer] = []
        thread = threading.Thread(target=lambda: got.append(ask()), daemon=True)
        thread.start()
        assert self.asked.wait(PATIENCE)
        try:
            act()
        finally:
            self._go.set()
            thread.join(PATIENCE)
        (answer,) = got
        return answer


@pytest.fixture
def here(hook: Hook, caller: Caller, tenant: Tenant) -> Visit:
    del hook
    return visit(caller, tenant)


def is_dead(here: Visit, answer: Answer) -> bool:
    """Whether what came back, if anything did, is good for nothing."""
    if answer.status != 200:
        return True
    _, api = here.tenant.resource_server()
    token = answer.json["access_token"]
    told = here.app.caller.post("/introspect", {"token": token}, auth=(api.client_id, SECRET)).json
    return bool(told == {"active": False})


@outcomes
def test_a_code_that_is_replayed_while_the_hook_is_asked_revokes_whatever_it_says(
    hook: Hook, here: Visit, outcome: Any
) -> None:
    code = here.code(scope=SCOPE, resource=API)
    hook.answer = pausing = Pausing(outcome)

    def replay() -> None:
        assert_json_error(here.app.redeem(code), "invalid_grant")

    answer = pausing.meanwhile(lambda: here.app.redeem(code), replay)
    assert here.grant(code)["state"] == "revoked"
    assert is_dead(here, answer)
    hook.answer = NOTHING
    assert_json_error(here.app.redeem(code), "invalid_grant")


@outcomes
def test_a_grant_that_is_revoked_while_the_hook_is_asked_stays_so(
    hook: Hook, here: Visit, outcome: Any
) -> None:
    code = here.code(scope=SCOPE, resource=API)
    token = here.app.redeem(code).json["refresh_token"]
    hook.answer = pausing = Pausing(outcome)
    answer = pausing.meanwhile(
        lambda: here.app.refresh(token), lambda: here.app.post("/revoke", {"token": token})
    )
    assert here.grant(code)["state"] == "revoked"
    assert is_dead(here, answer)
    hook.answer = NOTHING
    assert_json_error(here.app.refresh(token), "invalid_grant")


@pytest.mark.parametrize("outcome", [VETO, None], ids=["refuses", "fails"])
def test_a_code_that_is_sent_many_times_at_once_is_redeemed_by_none_where_the_hook_refuses(
    hook: Hook, here: Visit, outcome: Any
) -> None:
    code = here.code(scope=SCOPE, resource=API)
    hook.answer = outcome
    answers = at_once(lambda: here.app.redeem(code), 6)
    assert {answer.status for answer in answers} <= {400, 503}
    assert here.grant(code)["state"] in {"approved", "revoked"}


def test_a_refresh_token_that_is_sent_many_times_at_once_has_one_successor_for_those_the_hook_lets(
    hook: Hook, here: Visit
) -> None:
    """Inside the grace window all are retries of one rotation; every second one is refused."""
    token = here.app.redeem(here.code(scope=SCOPE, resource=API)).json["refresh_token"]
    turns, lock = iter(range(100)), threading.Lock()

    def every_second(event: Any) -> Any:
        del event
        with lock:
            return VETO if next(turns) % 2 else NOTHING

    hook.answer = every_second
    answers = at_once(lambda: here.app.refresh(token), 6)
    allowed = [answer.json["refresh_token"] for answer in answers if answer.status == 200]
    assert (len(allowed), len(set(allowed))) == (3, 1)
    hook.answer = NOTHING
    assert here.app.refresh(allowed[0]).status == 200
