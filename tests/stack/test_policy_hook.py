"""The parameters of the policy hook: what they may be, and that there is time for it."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.gateway.environment import parse_settings
from infra.expand import Template
from infra.local.template import read_template

HOOK = "arn:aws:lambda:eu-central-1:111122223333:function:hook"


@pytest.mark.parametrize(
    "arn",
    [
        "",
        HOOK,
        f"{HOOK}:live",
        f"{HOOK}:17",
        HOOK.replace("arn:aws:", "arn:aws-us-gov:"),
        HOOK.replace("hook", "my_Hook-2"),
    ],
)
def test_a_hook_is_a_function_a_version_or_an_alias(expanded: Template, arn: str) -> None:
    assert re.fullmatch(expanded["Parameters"]["PolicyHookArn"]["AllowedPattern"], arn)


@pytest.mark.parametrize(
    "arn",
    [
        "hook",
        f"{HOOK}:",
        f"{HOOK}:live:more",
        f"{HOOK}*",
        f"{HOOK}:*",
        f"{HOOK} ",
        f"{HOOK}:$LATEST/../other",
        HOOK.replace(":function:", ":layer:"),
        HOOK.replace(":lambda:", ":iam:"),
        HOOK.replace("111122223333", "*"),
        "https://example.com/hook",
    ],
)
def test_anything_else_is_refused_before_it_is_in_a_policy(expanded: Template, arn: str) -> None:
    assert not re.fullmatch(expanded["Parameters"]["PolicyHookArn"]["AllowedPattern"], arn)


def test_what_issues_tokens_is_told_of_it(expanded_file: Path) -> None:
    given = {"PolicyHookArn": HOOK, "PolicyHookTimeout": "3", "PolicyHookFailure": "ignore"}
    settings = parse_settings(read_template(expanded_file, parameters=given).function("token").environment)
    assert (settings.policy_hook, settings.policy_hook_timeout, settings.policy_hook_failure) == (
        HOOK,
        3,
        "ignore",
    )


def test_there_is_time_to_undo_what_came_before_it(expanded: Template, functions: dict[str, Any]) -> None:
    """A call takes half of what is left: the grant's write, the hook, and the undoing of the write."""
    left = (functions["Token"]["Timeout"] - 0.5) / 2
    assert expanded["Parameters"]["PolicyHookTimeout"]["MaxValue"] <= left / 2
