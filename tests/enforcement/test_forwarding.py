"""What the front hands on, over connections that are good."""

import pytest

from infra.enforcement.forwarding import Forwarder
from infra.local.http_request import HttpRequest
from tests.support.scripted import ScriptedService, says


@pytest.mark.parametrize(("passed", "connections"), [(1.0, [1, 1]), (6.0, [1, 2])])
def test_a_connection_the_service_may_have_closed_by_now_is_not_used(
    passed: float, connections: list[int]
) -> None:
    now = [0.0]
    request = HttpRequest(
        "POST", "/", "1.1", (("x-amz-target", "DynamoDB_20120810.GetItem"),), b"{}", peer=""
    )
    with ScriptedService([says({})]) as service:
        forwarder = Forwarder(service.endpoint, clock=lambda: now[0])
        for _ in range(2):
            assert forwarder(request).status == 200
            now[0] += passed
        forwarder.close()
    assert [asked.connection for asked in service.asked] == connections
