"""Removing a stack keeps what cannot be made again, and a second one takes it up."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.deploy.adoption import import_template
from infra.expand import Template, to_yaml
from infra.lint import findings
from tests.deploy.conftest import NAME, Run
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_stack import Stack

Now = Callable[[], Stack]
KEPT = {"Clients", "Users", "SigningKeyEs256", "SigningKeyRsa", "SecretsKey"}


def test_destroy_wants_the_tenants_name(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    for typed in ("", "yes\n", "acm\n"):
        ran = run("destroy", typed=typed)
        assert ran.code == 1
        assert "Nothing was removed." in ran.said
    assert run("destroy", "--yes").code == 1
    assert deployed().status == "CREATE_COMPLETE"
    assert deployed().protected


def test_destroy_says_what_is_kept_and_what_is_lost_before_and_how_to_adopt_after(
    run: Run, aws: FakeAws
) -> None:
    assert run("--yes").code == 0
    ran = run("destroy", typed="acme\n")
    assert ran.code == 0, ran.err
    before, _, after = ran.out.partition("Type the tenant's name")
    assert "Kept: Clients, Users, SigningKeyEs256, SigningKeyRsa, SecretsKey." in before
    assert "Lost for good: Sessions, Grants, Requests" in before
    assert f"make deploy TENANT=acme STAGE=prod ADOPT=build/adopt/{NAME}.json" in after
    resources = json.loads(Path(f"build/adopt/{NAME}.json").read_text(encoding="utf-8"))
    assert {one["LogicalResourceId"] for one in resources} == KEPT
    left = {one["type"] for one in aws.cloudformation.world.resources.values()}
    assert left == {"AWS::DynamoDB::Table", "AWS::KMS::Key"}
    for one in resources:
        (identifier,) = one["ResourceIdentifier"].values()
        assert identifier in after


def test_a_second_deployment_adopts_the_tables_and_keys_of_the_first(
    run: Run, aws: FakeAws, deployed: Now
) -> None:
    assert run("--yes", "--set", "CodeLifetime=30").code == 0
    first = {name: deployed().resources[name]["physical"] for name in KEPT}
    assert run("destroy", "--yes", "acme").code == 0
    ran = run("--yes", "--adopt", f"build/adopt/{NAME}.json")
    assert ran.code == 0, ran.err
    assert "import    Clients" in ran.out
    assert {name: deployed().resources[name]["physical"] for name in KEPT} == first
    assert deployed().status == "UPDATE_COMPLETE"
    assert deployed().protected
    owners = [one["owner"] for one in aws.cloudformation.world.resources.values()]
    assert set(owners) == {NAME}


def test_adoption_needs_no_file_kept_from_the_removal(run: Run) -> None:
    assert run("--yes").code == 0
    assert run("destroy", "--yes", "acme").code == 0
    path = Path(f"build/adopt/{NAME}.json")
    written = path.read_text(encoding="utf-8")
    path.unlink()
    ran = run("adopt")
    assert ran.code == 0, ran.err
    assert path.read_text(encoding="utf-8") == written
    assert "To take them up again" in ran.out


def test_adopting_what_no_stack_kept_says_so(run: Run) -> None:
    ran = run("adopt")
    assert ran.code == 1
    assert f"CloudFormation knows no deleted stack {NAME}" in ran.said


def test_a_stack_that_is_there_adopts_nothing(run: Run) -> None:
    assert run("--yes").code == 0
    assert run("destroy", "--yes", "acme").code == 0
    assert run("--yes").code == 0
    ran = run("--yes", "--adopt", f"build/adopt/{NAME}.json")
    assert ran.code == 1
    assert "Adoption is for a stack that is not." in ran.said


def test_what_another_stack_owns_is_not_adopted(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    assert run("destroy", "--yes", "acme").code == 0
    for one in aws.cloudformation.world.resources.values():
        one["owner"] = "another"
    ran = run("--yes", "--adopt", f"build/adopt/{NAME}.json")
    assert ran.code == 1
    assert "already exists in stack another" in ran.said


def test_an_upgrade_after_adoption_that_fails_leaves_what_was_adopted(
    run: Run, aws: FakeAws, deployed: Now
) -> None:
    assert run("--yes").code == 0
    assert run("destroy", "--yes", "acme").code == 0
    aws.cloudformation.world.failing["add", "Api"] = "Too many APIs."
    ran = run("--yes", "--adopt", f"build/adopt/{NAME}.json")
    assert ran.code == 1
    assert "Too many APIs." in ran.said
    assert set(deployed().resources) == KEPT
    assert run("--yes").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no list of resources to import"),
        ("[]", "names nothing to adopt"),
        (
            '[{"LogicalResourceId": "Token", "ResourceType": "AWS::KMS::Key"}]',
            "has no AWS::KMS::Key of that name",
        ),
    ],
)
def test_a_wrong_import_file_is_refused(run: Run, aws: FakeAws, text: str, said: str) -> None:
    Path("file.json").write_text(text, encoding="utf-8")
    ran = run("--yes", "--adopt", "file.json")
    assert ran.code == 1
    assert said in ran.said
    assert aws.cloudformation.stacks == []


def test_a_deletion_that_fails_says_what_is_in_the_way(run: Run, aws: FakeAws) -> None:
    assert run("--yes").code == 0
    aws.cloudformation.world.failing["delete", "TokenRole"] = "The role has a policy of somebody else's."
    ran = run("destroy", "--yes", "acme")
    assert ran.code == 1
    assert "TokenRole (AWS::IAM::Role), DELETE_FAILED: The role has a policy of somebody else's." in ran.said


def test_removing_what_is_not_there_says_so(run: Run) -> None:
    ran = run("destroy", "--yes", "acme")
    assert ran.code == 1
    assert f"There is no stack {NAME} in eu-central-1" in ran.said


def test_the_import_template_is_whole(template: Template) -> None:
    resources = [{"LogicalResourceId": name} for name in KEPT]
    assert findings(to_yaml(import_template(template, resources))) == []
