"""A tenant with a policy hook that answers as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.environment import changed_environment
from tests.support.opaque import vault

HOOK = "arn:aws:lambda:us-east-1:000000000000:function:policy-hook:live"
NOTHING = {"version": 1}


@dataclass
class Hook:
    """`answer` is what it answers, or a function of what it was asked; `asked` is that."""

    answer: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, event: Any) -> Any:
        self.asked.append(event)
        return self.answer(event) if callable(self.answer) else self.answer

    def take(self) -> dict[str, Any]:
        """What it was asked, once, since the last look."""
        (asked,) = self.asked
        self.asked.clear()
        return asked

    def adds(self, claims: dict[str, Any], **others: dict[str, Any]) -> None:
        """From now on, to access tokens and those of `others`."""
        self.answer = {"version": 1, "claims": {"access_token": claims, **others}}

    def refuses(self, reason: str = "as_told") -> None:
        """From now on."""
        self.answer = {"version": 1, "veto": {"reason": reason}}


@contextmanager
def hooked(stack: LocalStack, **settings: str) -> Iterator[Hook]:
    """The functions start anew with a hook."""
    hook = Hook(NOTHING)
    arn = HOOK.removesuffix(":live")
    others = stack.functions.others
    before = dict(others)
    # A machine may be slow to answer.
    with changed_environment(**{"POLICY_HOOK": HOOK, "POLICY_HOOK_TIMEOUT": "5", **settings}):
        others[arn] = hook
        try:
            yield hook
        finally:
            others.clear()
            others.update(before)


@pytest.fixture(scope="module")
def module_hook(stack: LocalStack) -> Iterator[Hook]:
    with hooked(stack) as hook:
        yield hook


@pytest.fixture
def hook(module_hook: Hook, caller: Any, tenant: Any) -> Iterator[Hook]:
    """One that adds nothing, until it is told to."""
    vault(caller, tenant)
    module_hook.answer = NOTHING
    module_hook.asked.clear()
    yield module_hook
    module_hook.answer = NOTHING
