"""The client's own ways: time, clocks, credentials that end, connections."""

import time
from typing import Any

import pytest

from chalicelib.aws import calls
from chalicelib.aws.at_once import at_once
from chalicelib.aws.http_connections import NoAnswer
from chalicelib.aws.refusal import Refusal
from chalicelib.aws.retries import MAX_BUDGET, RetryBudget, jittered_delay
from chalicelib.deadline import deadline, seconds_left
from tests.aws.outcomes import ANY, KEY, TABLE, outcome_of
from tests.aws.service_at import ANSWER, NOON, NOON_DATE, service_at
from tests.support.environment import changed_environment
from tests.support.scripted import ScriptedService, Step, cuts, refuses, says, waits


@pytest.mark.parametrize("skew", [-7200.0, -301.0, 301.0, 7200.0])
def test_a_clock_that_is_off_is_put_right_by_the_services(skew: float) -> None:
    refused = refuses("InvalidSignatureException", date=NOON_DATE)
    with ScriptedService([refused, ANSWER]) as scripted:
        service = service_at(scripted, clock=lambda: NOON + skew)
        assert service.call("GetItem", {}) == {"a": 1}
        service.call("GetItem", {})
    dates = [asked.headers["x-amz-date"] for asked in scripted.asked]
    assert dates[0] != "20260101T120000Z"
    assert dates[1:] == ["20260101T120000Z"] * 2


@pytest.mark.parametrize("date", [NOON_DATE, "yesterday", ""])
def test_a_wrong_signature_by_a_right_clock_is_a_fault_at_once(date: str) -> None:
    with ScriptedService([refuses("InvalidSignatureException", date=date)]) as scripted:
        with pytest.raises(Refusal, match="InvalidSignatureException"):
            service_at(scripted, clock=lambda: NOON + 60).call("GetItem", {})
        assert len(scripted.asked) == 1


def test_a_clock_that_is_put_right_meanwhile_is_believed_again() -> None:
    times = iter([NOON + 3600] * 6 + [NOON] * 20)
    refused = refuses("InvalidSignatureException", date=NOON_DATE)
    with ScriptedService([refused, ANSWER, refused, ANSWER]) as scripted:
        service = service_at(scripted, clock=lambda: next(times, NOON))
        service.call("GetItem", {})
        for _ in times:
            pass
        service.call("GetItem", {})
    assert scripted.asked[-1].headers["x-amz-date"] == "20260101T120000Z"


def test_keys_that_are_over_are_fetched_anew() -> None:
    def keys(number: int) -> Step:
        return says({"AccessKeyId": f"AKID{number}", "SecretAccessKey": "s", "Token": "t"}, checked=False)

    with (
        ScriptedService([keys(1), keys(2)]) as container,
        ScriptedService([refuses("ExpiredTokenException"), ANSWER]) as scripted,
    ):
        environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.endpoint}
        assert service_at(scripted, environment=environment).call("GetItem", {}) == {"a": 1}
    used = [asked.headers["authorization"].partition("/")[0][-5:] for asked in scripted.asked]
    assert used == ["AKID1", "AKID2"]


def test_keys_that_cannot_be_fetched_are_no_answer() -> None:
    with ScriptedService([cuts]) as container, ScriptedService([ANSWER]) as scripted:
        environment = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.endpoint}
        with pytest.raises(NoAnswer):
            service_at(scripted, environment=environment).call("GetItem", {})
        assert len(container.asked) == 3
        assert not scripted.asked


def test_a_call_ends_within_half_of_the_time_that_is_left() -> None:
    with ScriptedService([waits]) as scripted:
        service = service_at(scripted)
        with deadline(3):
            with pytest.raises(NoAnswer):
                service.call("GetItem", {})
            left = seconds_left()
        assert left is not None
        assert 0 < left <= 1.6


def test_what_follows_a_silent_call_still_has_time() -> None:
    """Redeem, sign, undo: the last one is answered, though those before took all they could."""
    with ScriptedService([waits]) as silent, ScriptedService([ANSWER]) as scripted:
        with deadline(6):
            for _ in range(2):
                with pytest.raises(NoAnswer):
                    service_at(silent).call("GetItem", {})
            assert service_at(scripted).call("GetItem", {}) == {"a": 1}
            left = seconds_left()
        assert left is not None
        assert left > 0


def test_nothing_is_sent_when_the_time_is_over() -> None:
    with ScriptedService([ANSWER]) as scripted:
        with deadline(0.01), pytest.raises(NoAnswer):
            service_at(scripted).call("GetItem", {})
        assert not scripted.asked


def test_a_deadline_ends_with_its_block() -> None:
    with deadline(500):
        with deadline(None):
            assert seconds_left() is None
        left = seconds_left()
        assert left is not None
        assert 400 < left <= 500
    assert seconds_left() is None


def test_calls_at_once_see_the_deadline_and_keep_their_order() -> None:
    with deadline(5):
        found = at_once(lambda number: (number, seconds_left()), range(4))
    assert [number for number, _ in found] == [0, 1, 2, 3]
    assert all(left is not None and 4 < left <= 5 for _, left in found)
    assert at_once(str, []) == []


def test_calls_at_once_have_all_ended_when_one_fails() -> None:
    ended = []

    def call(number: int) -> None:
        time.sleep(0.02 * number)
        ended.append(number)
        if number != 2:
            raise ValueError(number)

    with pytest.raises(ValueError, match=r"^0$"):
        at_once(call, range(4))
    assert sorted(ended) == [0, 1, 2, 3]


def test_an_outage_uses_up_the_retries_and_a_success_gives_them_back() -> None:
    with ScriptedService([cuts]) as scripted:
        service = service_at(scripted)
        for _ in range(int(MAX_BUDGET) // 2 + 1):
            with deadline(2), pytest.raises(NoAnswer):
                service.call("GetItem", {})
        before = len(scripted.asked)
        with pytest.raises(NoAnswer):
            service.call("GetItem", {})
        assert len(scripted.asked) == before + 1
    budget = RetryBudget()
    while budget.take():
        pass
    budget.succeed(retries=2)
    assert [budget.take() for _ in range(3)] == [True, True, False]


def test_delays_grow_and_are_drawn_from_all_of_their_range() -> None:
    drawn = {attempt: [jittered_delay(attempt) for _ in range(200)] for attempt in (1, 2, 10)}
    for attempt, most in ((1, 0.1), (2, 0.2), (10, 1.0)):
        assert 0 <= min(drawn[attempt]) < most / 4
        assert most * 3 / 4 < max(drawn[attempt]) <= most


def batch(scripted: ScriptedService) -> Any:
    with changed_environment(**ANY, AWS_ENDPOINT_URL_DYNAMODB=scripted.endpoint):
        return outcome_of(lambda: calls.batch_get_items([(TABLE, KEY), ("Users", {"id": "u"})]))


def test_keys_left_unprocessed_are_asked_for_again() -> None:
    item = {"grant_id": {"S": "g1"}}
    rest = {"Users": {"Keys": [{"id": {"S": "u"}}], "ConsistentRead": True}}
    first = says({"Responses": {TABLE: [item]}, "UnprocessedKeys": rest})
    with ScriptedService([first, says({"Responses": {"Users": []}, "UnprocessedKeys": {}})]) as scripted:
        assert batch(scripted) == ("answer", [KEY, None])
    assert b'"u"' in scripted.asked[1].body
    assert b'"g1"' not in scripted.asked[1].body
    with ScriptedService([first]) as scripted:
        assert batch(scripted) == ("busy", None)
        assert len(scripted.asked) == 3
