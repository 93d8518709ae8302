"""The stack policy: no update of whoever makes it takes a table or a key from the stack."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.deploy.aws import Aws, said_plainly

POLICY = Path(__file__).parents[1] / "stack_policy.json"


def protect(aws: Aws, stack: str) -> None:
    """Sets the policy, and the protection against deletion. Raises DeployError."""
    with said_plainly():
        aws.cloudformation.set_stack_policy(
            StackName=stack, StackPolicyBody=POLICY.read_text(encoding="utf-8")
        )
        aws.cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)


@contextmanager
def lifted(aws: Aws, stack: str, allowed: Sequence[str]) -> Iterator[None]:
    """Lets these resources be replaced or removed while it lasts. Raises DeployError."""
    if not allowed:
        yield
        return
    with said_plainly():
        aws.cloudformation.set_stack_policy(
            StackName=stack, StackPolicyBody=json.dumps(policy_without(allowed))
        )
    try:
        yield
    finally:
        protect(aws, stack)


def policy_without(allowed: Sequence[str]) -> dict[str, Any]:
    """The policy with these logical ids taken out of what it denies."""
    policy: dict[str, Any] = json.loads(POLICY.read_text(encoding="utf-8"))
    (denial,) = (one for one in policy["Statement"] if one["Effect"] == "Deny")
    del denial["Resource"]
    denial["NotResource"] = [f"LogicalResourceId/{name}" for name in allowed]
    return policy
