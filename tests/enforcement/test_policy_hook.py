"""A tenant's policy hook: who issues tokens may invoke that very function, and nobody where there is none."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from infra.enforcement.front import EnforcedAws, Upstreams
from tests.enforcement.conftest import Upstream
from tests.support.signed import Sender, sign

HOOK = "arn:aws:lambda:us-east-1:000000000000:function:policy-hook:live"


@contextmanager
def enforced(expanded_file: Path, upstream: Upstream, **parameters: str) -> Iterator[EnforcedAws]:
    """The front of a tenant with a hook."""
    upstreams = Upstreams(upstream, upstream, upstream, upstream, upstream, upstream)
    with closing(
        EnforcedAws(expanded_file, upstreams, parameters={"PolicyHookArn": HOOK, **parameters})
    ) as aws:
        yield aws


@pytest.fixture(scope="module")
def hooked(expanded_file: Path, upstream: Upstream) -> Iterator[EnforcedAws]:
    with enforced(expanded_file, upstream) as aws:
        yield aws


def who_may(aws: EnforcedAws, sender: Sender, function: str, operation: str = "Invoke") -> set[str]:
    body = {"FunctionName": function}
    answers = {
        name: sender.send(*sign(aws, key, f"lambda:{operation}", body)) for name, key in aws.keys.items()
    }
    for answer in answers.values():
        assert (answer.status, answer.error) in {(200, ""), (403, "AccessDeniedException")}
    return {name for name, answer in answers.items() if answer.status == 200}


def test_who_issues_tokens_may_invoke_it(hooked: EnforcedAws, sender: Sender) -> None:
    assert who_may(hooked, sender, HOOK) == {"Token"}


def test_so_may_the_authorization_endpoint_where_it_issues_any(
    expanded_file: Path, upstream: Upstream, sender: Sender
) -> None:
    with enforced(expanded_file, upstream, ImplicitGrant="on") as aws:
        assert who_may(aws, sender, HOOK) == {"Authorization", "Token"}


@pytest.mark.parametrize(
    "function",
    [
        HOOK.removesuffix(":live"),
        HOOK.replace(":live", ":other"),
        HOOK.replace("us-east-1", "eu-west-1"),
        HOOK.replace("000000000000", "111122223333"),
        f"{HOOK}er",
        "policy-hook",
    ],
)
def test_no_other_version_or_function_is_it(hooked: EnforcedAws, sender: Sender, function: str) -> None:
    assert who_may(hooked, sender, function) == set()


@pytest.mark.parametrize("operation", ["GetFunction", "InvokeAsync", "UpdateFunctionCode", "DeleteFunction"])
def test_nothing_else_may_be_done_with_it(hooked: EnforcedAws, sender: Sender, operation: str) -> None:
    assert who_may(hooked, sender, HOOK, operation) == set()


def test_without_one_nobody_may(aws: EnforcedAws, sender: Sender) -> None:
    assert who_may(aws, sender, HOOK) == set()
