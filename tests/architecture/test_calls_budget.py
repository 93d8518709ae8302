"""Every kind of request makes the calls to AWS it needs and not one more: counted on the wire."""

import os

import boto3
import pytest

from chalicelib.composition.resource_servers import resource_servers
from infra.local.stack import LocalStack
from tests.bench.kinds import KINDS, Kind
from tests.bench.wire import Calls, Tap
from tests.bench.world import World
from tests.support.http import Caller, LambdaTransport
from tests.support.log_lines import assert_line
from tests.support.tenant import API, Tenant


@pytest.fixture(scope="module")
def tap(stack: LocalStack) -> Tap:
    """Counts what the stack's services are asked."""
    return Tap().attach(stack)


@pytest.fixture(scope="module")
def world(stack: LocalStack) -> World:
    """Clients and a person, signed in once for all kinds."""
    tenant = Tenant()
    tenant.resource_server()
    return World(Caller(LambdaTransport(stack)), tenant)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_warm_request_makes_the_calls_of_its_budget(kind: Kind, world: World, tap: Tap) -> None:
    kind.prepare(world).by(world.caller)
    counted = count(kind, world, tap)
    if counted != kind.budget:
        # A record that an instance keeps may have just turned a minute old, but not twice in a row.
        counted = count(kind, world, tap)
    assert counted == kind.budget


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_log_line_counts_the_calls_as_the_wire_does(
    kind: Kind, world: World, tap: Tap, capsys: pytest.CaptureFixture[str]
) -> None:
    sending = kind.prepare(world)
    tap.take()
    capsys.readouterr()
    sending.by(world.caller)
    calls = Calls.of(tap.take())
    line = assert_line(capsys.readouterr().out)
    assert line["dynamodb_calls"] == calls.dynamodb
    kms = calls.kms_sign + calls.kms_get_public_key + calls.kms_encrypt + calls.kms_decrypt
    assert line["kms_calls"] == kms


def count(kind: Kind, world: World, tap: Tap) -> Calls:
    """The calls of one request, without those of what comes before it."""
    sending = kind.prepare(world)
    tap.take()
    sending.by(world.caller)
    return Calls.of(tap.take())


def test_default_audience_without_a_record_is_not_asked_for_again(tenant: Tenant, tap: Tap) -> None:
    record = tenant.table("Clients").find(id=f"resource#{API}")
    table = boto3.resource("dynamodb").Table(os.environ["CLIENTS_TABLE"])
    table.delete_item(Key={"id": record["id"]})
    try:
        servers = resource_servers()
        tap.take()
        assert servers.get(API) is None
        assert servers.get(API) is None
        assert Calls.of(tap.take()) == Calls(dynamodb=1)
    finally:
        tenant.table("Clients").change(record)
