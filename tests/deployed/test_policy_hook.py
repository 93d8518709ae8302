"""The token endpoint as deployed with a policy hook: its role lets it ask that one. Only with --stack."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.client_app import unverified
from tests.support.http import basic, lambda_event, to_answer
from tests.support.tenant import API, SECRET, Tenant

HOOK = "arn:aws:lambda:us-east-1:000000000000:function:policy-hook:live"


@pytest.fixture
def token(stack: LocalStack, pytestconfig: pytest.Config) -> Iterator[Any]:
    """The function, in a stack of the same tables and keys whose tenant names a hook."""
    if not pytestconfig.getoption("--stack"):
        pytest.skip("needs --stack, which builds the package")
    # Only here: they need what builds a package.
    from infra.enforcement.forwarding import Forwarder  # noqa: PLC0415
    from infra.enforcement.front import EnforcedAws, Upstreams  # noqa: PLC0415
    from infra.local.template import read_template  # noqa: PLC0415
    from infra.stack.deployed_stack import DeployedStack  # noqa: PLC0415
    from infra.stack.function_pool import FunctionPool  # noqa: PLC0415
    from infra.stack.instance import Deployment  # noqa: PLC0415

    assert isinstance(stack, DeployedStack)
    assert stack._home is not None
    parameters = {"DefaultAudience": API, "PolicyHookArn": HOOK}
    written: list[str] = []
    read = read_template(stack._expanded, parameters=parameters, address=stack.issuer)
    with closing(Forwarder(stack.dynamodb_endpoint)) as dynamodb:
        upstreams = Upstreams(
            dynamodb, stack.kms, stack.event_bus, stack.secrets_manager, stack.functions, stack.scheduler
        )
        with closing(EnforcedAws(stack._expanded, upstreams, parameters=parameters)) as aws:
            pool = FunctionPool(
                read.function("token"),
                Deployment(stack._emulator, stack._home),
                aws.environment("Token"),
                instances=1,
                log=written.append,
            )
            with closing(pool):
                yield pool


def test_the_function_asks_the_hook_as_its_own_role(token: Any, stack: LocalStack, tenant: Tenant) -> None:
    asked: list[Any] = []

    def hook(event: Any) -> Any:
        asked.append(event)
        return {"version": 1, "claims": {"access_token": {"roles": ["admin"]}}}

    client = tenant.client()
    headers = {
        "host": stack.issuer.removeprefix("http://"),
        "content-type": "application/x-www-form-urlencoded",
        "authorization": basic(client.client_id, SECRET),
    }
    body = b"grant_type=client_credentials&scope=read"
    event = lambda_event("POST", "/token", headers=headers, body=body)
    stack.functions.others[HOOK.removesuffix(":live")] = hook
    try:
        answer = to_answer(token.invoke(event))
    finally:
        del stack.functions.others[HOOK.removesuffix(":live")]
    assert answer.status == 200, json.dumps(answer.body)
    assert unverified(answer.json["access_token"])[1]["roles"] == ["admin"]
    assert asked[0]["client"]["client_id"] == client.client_id
