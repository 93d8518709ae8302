"""Telling clients of a logout: many at once, when time runs out, when AWS fails, and what the log says."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from chalicelib.deadline import deadline
from chalicelib.operations.backchannel_logout import PARALLEL, Ports, Undelivered, respond, schedule_name
from chalicelib.outbound.fetched import FetchError
from chalicelib.protocol.backchannel_logout import LogoutNotice, Participation
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject import Subjects
from chalicelib.record import replace
from infra.local.stack import LocalStack
from tests.support.race import at_once
from tests.support.security_events import assert_valid

NOW = 1_767_225_600
EVENT = {"sessions": [{"sub": "ada", "sid": "s"}], "logged_out_at": NOW}


class World:
    """Clients that took part in a session, and what each of their hosts does."""

    def __init__(self, *clients: str) -> None:
        self.clients = {name: _client(name) for name in clients}
        self.took_part = list(clients)
        self.hosts: dict[str, Callable[[], None]] = {}
        self.told: list[str] = []
        self.scheduled: dict[str, tuple[int, dict[str, Any]]] = {}
        self.unavailable = 0
        self._lock = threading.Lock()

    def get(self, client_id: str) -> Client | None:
        return self.clients.get(client_id)

    look_again = get

    def of(self, *, sub: str, sid: str | None) -> Iterable[Participation]:
        return [Participation(client_id=name, sub=sub, sid=sid or "s", since=NOW) for name in self.took_part]

    def sign(self, tokens: list[UnsignedToken]) -> list[str]:
        if self.unavailable:
            raise TemporarilyUnavailable("Busy.", reason="aws_throttled")
        return [json.dumps(dict(token.claims)) for token in tokens]

    def post(self, url: str, fields: dict[str, str], **_: Any) -> None:
        name = json.loads(fields["logout_token"])["aud"]
        assert url == f"https://{name}.example/logout"
        self.hosts.get(name, lambda: None)()
        with self._lock:
            self.told.append(name)

    def counted(self, client: Client) -> AbstractContextManager[object]:
        del client
        return nullcontext()

    def at(self, moment: int, event: Mapping[str, Any], *, name: str) -> None:
        self.scheduled.setdefault(name, (moment, dict(event)))

    @property
    def ports(self) -> Ports:
        me: Any = self
        return Ports(
            settings=Settings(issuer="https://login.example.com"),
            clients=me,
            subjects=Subjects(bytes),
            participations=me,
            signer=me,
            post=self.post,
            counted=self.counted,
            next_tries=me,
            random=lambda size: "r" * size,
            clock=lambda: float(NOW),
        )


def _client(name: str) -> Client:
    return Client(
        client_id=name,
        client_name=name,
        token_endpoint_auth_method="none",
        backchannel_logout_uri=f"https://{name}.example/logout",
    )


def refuses() -> None:
    raise FetchError("the answer is 500")


@pytest.fixture(autouse=True)
def of_a_stack(stack: LocalStack) -> None:
    """Log lines name the issuer and the stack."""
    del stack


def test_many_clients_are_told_some_side_by_side() -> None:
    world = World(*(f"c{number}" for number in range(2 * PARALLEL + 3)))
    together = threading.Barrier(PARALLEL, timeout=30)

    def waits_for_others() -> None:
        """Passes only where as many are asked at once."""
        together.wait()

    world.hosts = dict.fromkeys(world.took_part[: 2 * PARALLEL], waits_for_others)
    respond(EVENT, world.ports)
    assert sorted(world.told) == sorted(world.took_part)


def test_who_shows_up_in_the_index_meanwhile_is_told_too_and_nobody_twice() -> None:
    world = World("first")
    world.clients["second"] = _client("second")
    world.hosts["first"] = lambda: world.took_part.append("second")
    respond(EVENT, world.ports)
    assert world.told == ["first", "second"]


def test_where_time_runs_out_the_others_are_told_later() -> None:
    world = World(*(f"c{number}" for number in range(15)))
    with deadline(5):
        respond(EVENT, world.ports)
    assert world.told == []
    assert len(world.scheduled) == 15
    assert {moment for moment, _ in world.scheduled.values()} == {NOW + 30}


def test_a_fault_of_ours_at_one_client_keeps_no_other_from_being_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    world = World("broken", "whole")

    def breaks() -> None:
        raise ZeroDivisionError("secret")

    world.hosts["broken"] = breaks
    respond(EVENT, world.ports)
    assert world.told == ["whole"]
    ((_, event),) = world.scheduled.values()
    assert event["notice"]["client_id"] == "broken"
    written = capfd.readouterr().out
    assert "secret" not in written
    assert "ZeroDivisionError" in written


def test_what_can_not_be_signed_now_is_tried_again() -> None:
    world = World("a")
    world.unavailable = 1
    respond(EVENT, world.ports)
    assert len(world.scheduled) == 1


def test_what_can_not_be_scheduled_is_lambdas_to_bring_again() -> None:
    world = World("a", "b")
    world.hosts["a"] = refuses

    def busy(moment: int, event: Mapping[str, Any], *, name: str) -> None:
        del moment, event, name
        raise TemporarilyUnavailable("Busy.", reason="aws_throttled")

    world.at = busy  # type: ignore[method-assign]
    with pytest.raises(TemporarilyUnavailable):
        respond(EVENT, world.ports)
    assert world.told == ["b"]


def test_the_last_try_raises_so_that_lambda_keeps_it() -> None:
    world = World("a")
    world.hosts["a"] = refuses
    notice = LogoutNotice(client_id="a", sub="ada", sid="s", logged_out_at=NOW, attempt=6)
    with pytest.raises(Undelivered):
        respond({"notice": notice.to_json()}, world.ports)
    assert world.scheduled == {}


def test_an_event_that_comes_twice_schedules_each_next_try_once() -> None:
    world = World("a")
    world.hosts["a"] = refuses
    respond(EVENT, world.ports)
    respond(EVENT, world.ports)
    assert len(world.scheduled) == 1
    ((name, (_, event)),) = world.scheduled.items()
    assert name == schedule_name(LogoutNotice.from_json(event["notice"]))
    assert len(name) == 64


def test_logouts_at_once_tell_each_client_and_harm_nobody() -> None:
    world = World(*"abcdef")
    world.hosts["c"] = refuses
    at_once(lambda: respond(EVENT, world.ports), 8)
    assert {name: world.told.count(name) for name in "abdef"} == dict.fromkeys("abdef", 8)
    assert len(world.scheduled) == 1


def test_a_line_says_who_was_told_and_the_trail_once_and_for_all(capfd: pytest.CaptureFixture[str]) -> None:
    world = World("hears", "refuses")
    world.hosts["refuses"] = refuses
    respond(EVENT, world.ports)
    last = LogoutNotice(client_id="refuses", sub="ada", sid="s", logged_out_at=NOW, attempt=6)
    with pytest.raises(Undelivered):
        respond({"notice": last.to_json()}, world.ports)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    events = [line["audit"] for line in lines if "audit" in line]
    tries = [line for line in lines if "audit" not in line]
    for event in events:
        assert_valid(event)
        assert event["actor"] == {"kind": "schedule", "id": "backchannel_logout"}
        assert event["sub"] == "ada"
    assert sorted((event["type"], event["client_id"]) for event in events) == [
        ("logout_delivered", "hears"),
        ("logout_undelivered", "refuses"),
    ]
    assert sorted((line["client_id"], line["attempt"], line["outcome"]) for line in tries) == [
        ("hears", 1, "delivered"),
        ("refuses", 1, "failed"),
        ("refuses", 6, "undelivered"),
    ]
    for line in tries:
        metric = "logouts_delivered" if line["outcome"] == "delivered" else "logout_failures"
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive == {
            "Namespace": "Keyturn",
            "Dimensions": [["stack"]],
            "Metrics": [{"Name": metric, "Unit": "Count"}],
        }
        assert line[metric] == 1
        assert ("logout_error" in line) is (metric == "logout_failures")


def test_a_dead_letter_is_one_event_of_the_trail_however_often_it_is_tried() -> None:
    notice = LogoutNotice(client_id="a", sub="ada", sid="s", logged_out_at=NOW, attempt=6)
    assert schedule_name(notice) == schedule_name(LogoutNotice.from_json(notice.to_json()))


def test_nobody_is_told_in_place_of_a_client_that_is_gone_now_or_later() -> None:
    later = {"notice": LogoutNotice(client_id="a", sub="ada", sid="s", logged_out_at=NOW).to_json()}
    for there in ({}, {"a": replace(_client("a"), client_id_issued_at=NOW + 60)}):
        world = World("a")
        world.clients = there
        respond(EVENT, world.ports)
        respond(later, world.ports)
        assert (world.told, world.scheduled) == ([], {})
