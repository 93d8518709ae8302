"""From log lines to the event bus: every event at least once, and no line keeps another from it."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.refusal import Refusal
from chalicelib.aws.signature import Credentials
from chalicelib.operations import audit
from chalicelib.protocol.security_event import Actor, SecurityEvent
from infra.local.stack import LocalStack
from tests.support.properties import ANY_TEXT, JSON
from tests.support.security_events import assert_valid
from tests.support.subscription import call_with

BUS = "acme"


def event(number: int, **members: Any) -> dict[str, Any]:
    return SecurityEvent(
        type="token_issued",
        id=f"request-{number}",
        time=1_800_000_000,
        issuer="https://login.example.com",
        actor=Actor("client", "app"),
        **members,
    ).to_json()


def line(number: int, **members: Any) -> str:
    return json.dumps({"endpoint": "token", "status": 200, "audit": event(number, **members)})


def refusal(code: str) -> Refusal:
    return Refusal(400, {"__type": code}, date=None, credentials=Credentials("a", "b", None))


class Bus:
    """Takes entries; those an error is written down for fail as often as it says."""

    def __init__(self, **errors: tuple[str, int]) -> None:
        self.taken: list[dict[str, Any]] = []
        self.requests: list[int] = []
        self._errors = {f"request-{name[1:]}": error for name, error in errors.items()}

    def put(self, entries: Sequence[dict[str, Any]]) -> list[str | None]:
        self.requests.append(len(entries))
        return [self._put(entry) for entry in entries]

    def _put(self, entry: dict[str, Any]) -> str | None:
        told = json.loads(entry["Detail"])
        error, left = self._errors.get(told["id"], ("", 0))
        if left:
            self._errors[told["id"]] = (error, left - 1)
            return error
        assert_valid(told)
        assert (entry["EventBusName"], entry["DetailType"]) == (BUS, told["type"])
        self.taken.append(told)
        return None

    @property
    def ids(self) -> list[str]:
        return [told["id"] for told in self.taken]


def deliver(call: dict[str, Any], bus: Any, waited: list[float] | None = None) -> dict[str, int]:
    waits = [] if waited is None else waited
    return audit.deliver(call, bus=BUS, put=bus.put, wait=waits.append)


def test_lines_become_events_ten_at_a_time_and_in_order() -> None:
    bus = Bus()
    assert deliver(call_with([line(number) for number in range(23)]), bus) == {
        "sent": 23,
        "cut": 0,
        "passed": 0,
    }
    assert bus.taken == [event(number) for number in range(23)]
    assert bus.requests == [10, 10, 3]


def test_what_cloudwatch_sends_to_see_whether_it_can_is_no_event() -> None:
    bus = Bus()
    assert deliver(call_with([line(1)], kind="CONTROL_MESSAGE"), bus)["sent"] == 0
    assert bus.requests == []


POISON = [
    "",
    "{",
    "null",
    "[]",
    '{"audit": 1}',
    '{"audit": {}}',
    '{"audit": {"type": ["token_issued"]}}',
    '{"audit": {"type": "made_up", "id": "a", "time": 1, "issuer": "b", "actor": {"kind": "unknown"}}}',
    '{"audit": {"type": "logout", "id": "", "time": 1, "issuer": "https://a", "actor": {"kind": "unknown"}}}',
    '{"audit": {"type": "logout", "id": "a", "time": true, "issuer": "b", "actor": {"kind": "unknown"}}}',
    "[" * 100_000,
]


@pytest.mark.parametrize("poison", POISON, ids=lambda text: text[:40] or "empty")
def test_a_line_that_is_no_event_keeps_no_other_from_the_bus(poison: str) -> None:
    bus = Bus()
    assert deliver(call_with([line(1), poison, line(2)]), bus) == {"sent": 2, "cut": 0, "passed": 1}
    assert bus.ids == ["request-1", "request-2"]


@given(st.lists(ANY_TEXT | JSON.map(json.dumps), max_size=5))
def test_whatever_the_lines_are_the_event_among_them_arrives(lines: list[str]) -> None:
    bus = Bus()
    assert deliver(call_with([*lines, line(1), *lines]), bus)["passed"] == 2 * len(lines)
    assert bus.ids == ["request-1"]


def test_an_event_that_is_too_large_is_told_without_what_makes_it_so() -> None:
    bus = Bus()
    counts = deliver(call_with([line(1), line(2, resource="https://" + "a" * audit.MAX_BYTES)]), bus)
    assert counts == {"sent": 2, "cut": 1, "passed": 0}
    assert bus.taken == [event(1), event(2)]


def test_an_event_that_is_too_large_whatever_is_left_out_is_passed() -> None:
    told = {**event(2), "id": "a" * audit.MAX_BYTES}
    bus = Bus()
    counts = deliver(call_with([json.dumps({"audit": told}), line(1)]), bus)
    assert counts == {"sent": 1, "cut": 1, "passed": 1}
    assert bus.ids == ["request-1"]


def test_a_request_never_holds_more_bytes_than_it_may(stack: LocalStack) -> None:
    """Against the embedded bus, which counts bytes as EventBridge says it does."""
    large = [line(number, resource="https://a/" + "a" * 60_000) for number in range(9)]
    counting = Bus()
    deliver(call_with(large), counting)
    assert counting.requests == [4, 4, 1]
    stack.event_bus.take()
    stack.invoke("audit", call_with(large))
    assert [entry["Detail"]["id"] for entry in stack.event_bus.take()] == [f"request-{n}" for n in range(9)]


def test_only_what_failed_is_tried_again() -> None:
    bus, waited = Bus(_1=("ThrottlingException", 2), _2=("InternalFailure", 1)), list[float]()
    counts = deliver(call_with([line(number) for number in range(4)]), bus, waited)
    assert counts == {"sent": 4, "cut": 0, "passed": 0}
    assert bus.requests == [4, 2, 1]
    assert sorted(bus.ids) == [f"request-{number}" for number in range(4)]
    assert len(waited) == 2


def test_an_entry_refused_for_good_is_counted_and_not_tried_again() -> None:
    bus = Bus(_1=("MalformedDetail", 9))
    assert deliver(call_with([line(0), line(1)]), bus) == {"sent": 1, "cut": 0, "passed": 1}
    assert bus.requests == [2]


def test_where_the_bus_stays_busy_lambda_is_to_call_again() -> None:
    bus = Bus(_1=("ThrottlingException", 99))
    with pytest.raises(audit.Undelivered):
        deliver(call_with([line(0), line(1)]), bus)
    assert bus.requests == [2, 1, 1, 1]


class Strict(Bus):
    """Refuses whole requests for one of their entries."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def put(self, entries: Sequence[dict[str, Any]]) -> list[str | None]:
        if any(json.loads(entry["Detail"])["id"] == "request-2" for entry in entries):
            self.requests.append(-len(entries))
            raise refusal(self.code)
        return super().put(entries)


@pytest.mark.parametrize("code", audit.SPOILT)
def test_an_entry_that_spoils_a_whole_request_is_found_by_itself(code: str) -> None:
    bus = Strict(code)
    assert deliver(call_with([line(number) for number in range(4)]), bus) == {
        "sent": 3,
        "cut": 0,
        "passed": 1,
    }
    assert bus.ids == ["request-0", "request-1", "request-3"]
    assert bus.requests == [-4, 1, 1, -1, 1]


class Closed(Bus):
    def put(self, entries: Sequence[dict[str, Any]]) -> list[str | None]:
        self.requests.append(len(entries))
        raise refusal("AccessDeniedException")


def test_a_missing_permission_is_a_failure_and_no_passed_event() -> None:
    with pytest.raises(Refusal):
        deliver(call_with([line(1)]), Closed())


def test_the_function_puts_the_events_on_the_stacks_bus_and_counts_them(
    stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.event_bus.take()
    capsys.readouterr()
    stack.invoke("audit", call_with([line(1), "poison", line(2)]))
    entries = stack.event_bus.take()
    assert [entry["Detail"] for entry in entries] == [event(1), event(2)]
    assert {entry["EventBusName"] for entry in entries} == {bus.arn for bus in stack.template.event_buses}
    assert {(entry["Source"], entry["Time"]) for entry in entries} == {("keyturn", 1_800_000_000)}
    assert json.loads(capsys.readouterr().out) == {"function": "audit", "sent": 2, "cut": 0, "passed": 1}
