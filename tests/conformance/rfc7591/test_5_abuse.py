"""RFC 7591 section 5: registering by the thousand, and records that pile up."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.accounts.attempts import registration_key
from chalicelib.administration.dynamic_registration import DynamicRegistration
from chalicelib.aws.registration_counts import DAY, RegistrationCountStore
from chalicelib.protocol.client import EXTEND_AFTER, UNUSED_LIFETIME
from chalicelib.protocol.errors import TooManyRequests
from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.race import at_once
from tests.support.refusal import assert_json_error, last_log
from tests.support.registration import NATIVE, WEB, Registrar, app_of
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit
from tests.support.wire import listening, nothing_written

Registering = Callable[..., DynamicRegistration]


def native(name: str, **changes: Any) -> dict[str, Any]:
    return {**NATIVE, "client_name": name, **changes}


def kept(tenant: Tenant, client_id: str) -> dict[str, Any]:
    return tenant.table("Clients").find(id=f"client#{client_id}")


@spec("RFC7591-5")
def test_an_identical_public_registration_finds_the_record_that_is_there(
    registrar: Registrar, stack: LocalStack
) -> None:
    first = registrar.registered(native("Same"))
    with nothing_written(stack):
        again = registrar.registered(dict(reversed(native("Same", unknown="member", contacts=None).items())))
    assert again == first
    assert registrar.registered(native("Other"))["client_id"] != first["client_id"]


@spec("RFC7591-5")
def test_an_app_that_listens_at_another_port_each_time_is_one_client(registrar: Registrar) -> None:
    uris = [f"http://127.0.0.1:{port}/callback" for port in (49_152, 49_153)]
    first, second = (registrar.registered(native("Ports", redirect_uris=[uri])) for uri in uris)
    assert first["client_id"] == second["client_id"]
    assert [first["redirect_uris"], second["redirect_uris"]] == [[uris[0]], [uris[1]]]
    web = registrar.registered(native("Ports", redirect_uris=[uris[0]], application_type="web"))
    assert web["client_id"] != first["client_id"], "of what says it is a web app, the port counts"


@spec("RFC7591-5")
def test_a_stranger_who_registers_the_same_gets_no_hold_of_the_record(registrar: Registrar) -> None:
    for _ in range(2):
        found = registrar.registered(native("Nobody's"))
        assert not {"registration_access_token", "registration_client_uri", "client_secret"} & set(found)


@spec("RFC7591-5")
def test_registering_asks_as_little_as_it_can(registrar: Registrar, stack: LocalStack) -> None:
    with listening(stack) as wire:
        registrar.registered(native("Counted"))
        registrar.registered()
    asked = [operation for operation, _ in wire.seen]
    # The record that may be there, the network's count, the day's, the record.
    assert asked == ["GetItem", "UpdateItem", "UpdateItem", "PutItem", "UpdateItem", "UpdateItem", "PutItem"]


@spec("RFC7591-5")
def test_confidential_clients_are_never_the_same(registrar: Registrar) -> None:
    assert registrar.registered()["client_id"] != registrar.registered()["client_id"]


@spec("RFC7591-5")
def test_of_many_identical_registrations_at_once_there_is_one_record(
    registrar: Registrar, tenant: Tenant
) -> None:
    answers = at_once(lambda: registrar.register(native("Race")), 8)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["client_id"] for answer in answers}) == 1
    assert kept(tenant, answers[0].json["client_id"])["client_name"] == "Race"


@spec("RFC7591-5")
def test_what_an_operator_changed_of_it_holds(registrar: Registrar, tenant: Tenant) -> None:
    found = registrar.registered(native("Changed"))
    item = kept(tenant, found["client_id"])
    tenant.table("Clients").change(item, scope=["openid"], redirect_uris=["https://other.example/"])
    again = registrar.registered(native("Changed"))
    assert (again["scope"], again["redirect_uris"]) == ("openid", ["https://other.example/"])


@spec("RFC7591-5")
def test_an_unused_record_ends_and_the_same_registration_begins_anew(
    registrar: Registrar, caller: Caller, tenant: Tenant
) -> None:
    found = registrar.registered(native("Unused"))
    item = kept(tenant, found["client_id"])
    assert item["expires_at"] == found["client_id_issued_at"] + UNUSED_LIFETIME
    assert item["purge_at"] > item["expires_at"]
    now = int(time.time())
    tenant.table("Clients").change(item, expires_at=now, client_id_issued_at=now - UNUSED_LIFETIME)
    assert caller.get("/authorize", {"client_id": found["client_id"]}).status == 400
    again = registrar.registered(native("Unused"))
    assert again["client_id"] == found["client_id"]
    assert kept(tenant, found["client_id"])["client_id_issued_at"] >= now
    assert again["client_id_issued_at"] >= now, "no grant of the one before is its own"


@spec("RFC7591-5")
def test_use_keeps_it_and_is_written_once_a_day(
    registrar: Registrar, caller: Caller, here: Visit, tenant: Tenant, stack: LocalStack
) -> None:
    found = registrar.registered(scope="openid")
    item = kept(tenant, found["client_id"])
    app = app_of(found, caller)
    here.browser.open("/authorize", app.request(scope="openid"))
    code = here.browser.consent().query["code"]
    with listening(stack) as wire:
        assert app.redeem(code).status == 200
    assert [operation for operation, _ in wire.writes] == ["UpdateItem"], "the grant's, and no other"
    other = registrar.registered(scope="openid")
    item = kept(tenant, other["client_id"])
    tenant.table("Clients").change(item, expires_at=item["expires_at"] - EXTEND_AFTER - 9)
    app = app_of(other, caller)
    here.browser.open("/authorize", app.request(scope="openid"))
    assert app.redeem(here.browser.consent().query["code"]).status == 200
    assert kept(tenant, other["client_id"])["expires_at"] >= item["expires_at"]


@spec("RFC7591-5")
def test_a_network_that_registers_too_many_is_told_to_wait(
    registrar: Registrar, tenant: Tenant, stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    registrar.registered()
    source = getattr(registrar.caller.transport, "source_ip", "")
    table, key = tenant.table("Requests"), registration_key(source)
    item = table.find(id=key.key)
    now = int(time.time())
    table.change(item, attempts=key.free, next_at=now + 30, last_at=now)
    known = native("Known before")
    with listening(stack) as wire:
        answer = registrar.register()
    assert [operation for operation, _ in wire.writes] == ["UpdateItem"], "the count that was refused"
    assert_json_error(answer, "invalid_request", status=429)
    assert 0 < int(answer.headers["retry-after"]) <= 30
    line = last_log(capsys)
    assert (line["reason"], line["audit"]["type"]) == ("registration_throttled", "registration_refused")
    assert registrar.register(known).status == 429
    table.change(item, attempts=1, next_at=now - 1, last_at=now)
    assert registrar.register(known).status == 201
    table.change(item, attempts=key.free, next_at=now + 30, last_at=now)
    assert registrar.register(known).status == 201, "what is known already is nothing new"


@spec("RFC7591-5")
def test_a_tenant_says_how_many_a_network_may_register(registering: Registering) -> None:
    now = int(time.time())
    few = registering(dynamic_registrations_per_network=2)
    source = f"2001:db8:{now % 65536:x}:2::1"
    for _ in range(2):
        few.register(WEB, access_token=None, source_ip=source, now=now)
    with pytest.raises(TooManyRequests) as refused:
        few.register(WEB, access_token=None, source_ip=source, now=now)
    assert refused.value.reason == "registration_throttled"


@spec("RFC7591-5")
def test_a_day_has_so_many_registrations_of_all_networks_together(registering: Registering) -> None:
    # A day nobody else registers on.
    now = int(time.time()) + 400 * DAY
    few = registering(dynamic_registrations_per_day=2)
    for number in range(2):
        few.register(WEB, access_token=None, source_ip=f"192.0.2.{number}", now=now)
    with pytest.raises(TooManyRequests) as refused:
        few.register(WEB, access_token=None, source_ip="192.0.2.9", now=now)
    assert refused.value.reason == "registration_quota"
    assert 0 < refused.value.retry_after <= DAY
    few.register(WEB, access_token=None, source_ip="192.0.2.9", now=now + DAY)


@spec("RFC7591-5")
def test_a_day_counts_right_where_many_register_at_once(stack: LocalStack) -> None:
    del stack
    counts, now = RegistrationCountStore(os.environ["REQUESTS_TABLE"]), int(time.time()) + 500 * DAY
    waits = at_once(lambda: counts.begin(limit=3, now=now), 8)
    assert waits.count(0) == 3
