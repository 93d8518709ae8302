"""What ends a deployment half-way on this side: nothing is lost, and the same command goes on."""

import _thread
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.expand import Template
from tests.deploy.conftest import NAME, Run, write_package
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_cloudformation import RefusedError
from tests.deploy.fake_stack import Stack
from tests.support.signals import handled

Now = Callable[[], Stack]


@pytest.mark.parametrize(
    ("denied", "action"),
    [
        ("HEAD object", "s3:GetObject and s3:ListBucket"),
        ("PUT object", "s3:PutObject"),
        ("PUT encryption", "s3:PutEncryptionConfiguration"),
        ("CreateChangeSet", "cloudformation:CreateChangeSet"),
        ("ExecuteChangeSet", "cloudformation:ExecuteChangeSet"),
        ("SetStackPolicy", "cloudformation:SetStackPolicy"),
    ],
)
def test_a_missing_permission_is_named_and_once_given_the_same_command_deploys(
    run: Run, aws: FakeAws, deployed: Now, denied: str, action: str
) -> None:
    aws.denied.add(denied)
    ran = run("--yes")
    assert ran.code == 1
    assert "These credentials may not do that:" in ran.said
    assert action in ran.said
    assert "docs/deploy.md lists what deploying needs." in ran.said
    aws.denied.clear()
    assert run("--yes").code == 0
    assert deployed().status == "CREATE_COMPLETE"


def test_a_permission_missing_at_a_resource_is_told_in_awss_words(run: Run, aws: FakeAws) -> None:
    reason = "User: arn:aws:iam::1:user/x is not authorized to perform: iam:CreateRole on resource: role/y"
    aws.cloudformation.world.failing["add", "TokenRole"] = reason
    ran = run("--yes")
    assert ran.code == 1
    assert f"TokenRole (AWS::IAM::Role), CREATE_FAILED: {reason}" in ran.said
    assert "run the same command again: it goes on from here" in ran.said
    assert run("--yes").code == 0


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "RequestExpired"])
def test_expired_credentials_are_told_before_anything_is_done(run: Run, aws: FakeAws, code: str) -> None:
    aws.refusing["GetCallerIdentity"] = RefusedError("The security token is expired", code)
    ran = run("--yes")
    assert ran.code == 1
    assert f"AWS no longer takes these credentials ({code}). Sign in again." in ran.said
    assert aws.buckets == {}


def test_credentials_that_expire_while_it_is_watched_stop_the_watching_alone(
    run: Run, aws: FakeAws, deployed: Now
) -> None:
    aws.refusing["DescribeStackEvents"] = RefusedError("The security token is expired", "ExpiredToken")
    ran = run("--yes")
    assert ran.code == 1
    assert "Sign in again. What was begun goes on in AWS all the same" in ran.said
    aws.refusing.clear()
    while deployed().work:
        deployed().step()
    ran = run("--yes")
    assert ran.code == 0
    assert "Nothing to change." in ran.out
    # What comes after the watching is done by now too.
    assert deployed().protected
    assert deployed().policy


def test_ctrl_c_stops_the_watching_alone(run: Run, aws: FakeAws, deployed: Now) -> None:
    aws.cloudformation.steps = 1
    aws.happening["DescribeStackEvents"] = _thread.interrupt_main
    with handled(signal.SIGINT, signal.default_int_handler):
        ran = run("--yes")
    assert ran.code == 1
    assert "No longer watching. What was begun goes on in AWS: the same command shows it." in ran.said
    assert deployed().status == "CREATE_IN_PROGRESS"
    assert len(aws.cloudformation.stacks) == 1


def test_the_frame_an_interrupted_first_run_left_is_used(run: Run, aws: FakeAws, deployed: Now) -> None:
    aws.denied.add("DescribeChangeSet")
    assert run("--yes").code == 1
    assert deployed().status == "REVIEW_IN_PROGRESS"
    aws.denied.clear()
    ran = run("--yes")
    assert ran.code == 0, ran.err
    assert [one.name for one in aws.cloudformation.stacks] == [NAME]


def test_a_change_set_cloudformation_refuses_leaves_no_frame(run: Run, aws: FakeAws) -> None:
    aws.cloudformation.refusing = "Template error: instance of Fn::GetAtt references undefined resource"
    ran = run("--yes")
    assert ran.code == 1
    assert "CloudFormation refuses the template or its parameters: Template error" in ran.said
    assert [one.status for one in aws.cloudformation.stacks] == ["DELETE_COMPLETE"]
    aws.cloudformation.refusing = ""
    assert run("--yes").code == 0


def test_a_refused_change_set_leaves_the_stack_that_is_there(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    made = dict(deployed().resources)
    write_package(package, template, b"other")
    aws.cloudformation.refusing = "Resource handler returned message: no such parameter"
    assert run("--yes").code == 1
    assert deployed().status == "CREATE_COMPLETE"
    assert deployed().resources == made
