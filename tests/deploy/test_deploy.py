"""Deploying and upgrading: what is shown, asked, done and said."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.expand import Template
from tests.deploy.conftest import NAME, Run, write_package
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_stack import Stack

Now = Callable[[], Stack]


def test_a_first_deployment_ends_with_the_issuer_and_how_to_check_it(run: Run, deployed: Now) -> None:
    ran = run("--yes")
    assert ran.code == 0, ran.err
    assert deployed().status == "CREATE_COMPLETE"
    issuer = "https://<Api.>.execute-api.eu-central-1.amazonaws.com"
    assert f"issuer     {issuer}" in ran.out
    assert f"discovery  {issuer}/.well-known/openid-configuration" in ran.out
    assert f"make smoke ISSUER={issuer}" in ran.out
    assert "Clients" in ran.out
    assert "add       TokenRole" in ran.out


def test_nothing_is_done_that_nobody_confirmed(run: Run, deployed: Now, aws: FakeAws) -> None:
    ran = run(typed="no\n")
    assert ran.code == 1
    assert "Nothing was changed." in ran.err
    assert aws.cloudformation.stacks[0].status == "DELETE_COMPLETE"
    assert run(typed="yes\n").code == 0
    assert deployed().status == "CREATE_COMPLETE"


def test_the_same_again_changes_nothing(run: Run) -> None:
    assert run("--yes").code == 0
    ran = run("--yes")
    assert ran.code == 0
    assert "Nothing to change." in ran.out


def test_an_upgrade_keeps_the_parameters_it_is_not_given(
    run: Run, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes", "--set", "AccessTokenLifetime=300", "--memory", "1024").code == 0
    write_package(package, template, b"other code")
    ran = run("--yes", "--set", "IdTokenLifetime=120")
    assert ran.code == 0, ran.err
    assert "modify    Token " in ran.out
    assert "TokenRole" not in ran.out
    values = deployed().parameters
    assert (values["AccessTokenLifetime"], values["IdTokenLifetime"], values["FunctionMemory"]) == (
        "300",
        "120",
        "1024",
    )
    assert values["TenantName"] == "acme"


def test_a_change_of_parameters_alone_is_a_release_too(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    before = deployed().parameters["Release"]
    assert run("--yes", "--set", "CodeLifetime=30").code == 0
    assert deployed().parameters["Release"] != before


def test_tags_are_kept_and_added_to(run: Run, deployed: Now) -> None:
    assert run("--yes", "--tag", "team=identity").code == 0
    assert run("--yes", "--tag", "cost=42").code == 0
    assert deployed().tags == {
        "keyturn:tenant": "acme",
        "keyturn:stage": "prod",
        "team": "identity",
        "cost": "42",
    }


def test_versions_come_and_go_with_snapstart(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    assert "TokenVersion" not in deployed().resources
    ran = run("--yes", "--snap-start", "on")
    assert "add       TokenVersion" in ran.out
    ran = run("--yes", "--set", "CodeLifetime=30")
    assert "replace   TokenVersion" in ran.out
    assert run("--yes", "--snap-start", "off").code == 0
    assert "TokenVersion" not in deployed().resources


def test_throttling_is_waited_out(run: Run, aws: FakeAws) -> None:
    aws.throttled = 3
    assert run("--yes").code == 0


def test_what_credentials_do_not_allow_is_said(run: Run, aws: FakeAws) -> None:
    aws.denied.add("CreateChangeSet")
    ran = run("--yes")
    assert ran.code == 1
    assert "These credentials may not do that: User: someone is not authorized" in ran.said


def test_without_credentials_it_says_how_to_get_some(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ran = run("--yes")
    assert ran.code == 1
    assert "aws sso login" in ran.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "Color=blue"], "The template has no parameter Color."),
        (["--set", "Color"], "'Color' is not of the form name=value"),
        (["--domain", "Not A Domain"], "A domain name in lower case"),
    ],
)
def test_a_wrong_parameter_is_named_and_leaves_nothing(
    run: Run, aws: FakeAws, arguments: list[str], said: str
) -> None:
    ran = run("--yes", *arguments)
    assert ran.code == 1
    assert said in ran.said
    assert not [one for one in aws.cloudformation.stacks if one.resources]


def test_a_stack_at_work_is_left_alone(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    deployed().status = "UPDATE_IN_PROGRESS"
    ran = run("--yes")
    assert ran.code == 1
    assert f"{NAME} is at work already" in ran.said


def changed(template: Template, name: str, **properties: object) -> Template:
    """A template in which a resource has other properties."""
    other = copy.deepcopy(template)
    other["Resources"][name]["Properties"].update(properties)
    return other


@pytest.mark.parametrize(
    "change",
    [
        ("Clients", {"KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]}),
        ("Grants", {"AttributeDefinitions": [{"AttributeName": "grant_id", "AttributeType": "S"}]}),
        ("SigningKeyRsa", {"KeySpec": "RSA_3072"}),
    ],
)
def test_what_would_or_could_replace_a_table_or_a_key_is_refused(
    run: Run, package: Path, deployed: Now, template: Template, change: tuple[str, dict[str, object]]
) -> None:
    assert run("--yes").code == 0
    made = dict(deployed().resources)
    name, properties = change
    write_package(package, changed(template, name, **properties))
    ran = run("--yes")
    assert ran.code == 1
    assert "replace" in ran.out
    assert f"Refused: this would take {name} from the tenant" in ran.said
    assert deployed().resources == made


def test_removing_a_table_is_refused_too(run: Run, deployed: Now, package: Path, template: Template) -> None:
    assert run("--yes").code == 0
    other = {**template, "Resources": {k: v for k, v in template["Resources"].items() if k != "Sessions"}}
    other = {**other, "Outputs": {k: v for k, v in other["Outputs"].items() if k != "SessionsTable"}}
    write_package(package, other)
    ran = run("--yes")
    assert ran.code == 1
    assert "remove    Sessions" in ran.out
    assert "Sessions" in deployed().resources


def test_a_table_is_replaced_where_it_is_named_and_the_policy_is_back_afterwards(
    run: Run, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    policy, before = deployed().policy, deployed().resources["Sessions"]["physical"]
    write_package(
        package, changed(template, "Sessions", KeySchema=[{"AttributeName": "other", "KeyType": "HASH"}])
    )
    assert run("--yes", "--replace", "Sessions").code == 0
    assert deployed().resources["Sessions"]["physical"] != before
    assert deployed().policy == policy
    assert deployed().policies_seen[-1] != policy


def test_the_stack_is_protected_against_updates_by_other_tools_and_deletion(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    assert deployed().protected
    policy = deployed().policy
    assert policy is not None
    (denial,) = (one for one in policy["Statement"] if one["Effect"] == "Deny")
    assert set(denial["Action"]) == {"Update:Replace", "Update:Delete"}
    assert denial["Resource"] == "*"
