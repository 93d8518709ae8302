"""What goes wrong in AWS ends in one block: the causes, what became of the stack, what to do."""

from collections.abc import Callable
from pathlib import Path

from infra.expand import Template
from tests.deploy.conftest import Run, write_package
from tests.deploy.fake_aws import FakeAws
from tests.deploy.fake_stack import Stack

Now = Callable[[], Stack]


def test_a_first_deployment_that_fails_keeps_what_it_made_and_goes_on_next_time(
    run: Run, aws: FakeAws, deployed: Now
) -> None:
    aws.cloudformation.world.failing["add", "TokenRole"] = "The permissions boundary does not exist."
    ran = run("--yes")
    assert ran.code == 1
    assert deployed().status == "CREATE_FAILED"
    made = {name: one["physical"] for name, one in deployed().resources.items()}
    assert "Clients" in made
    assert "TokenRole (AWS::IAM::Role), CREATE_FAILED: The permissions boundary does not exist." in ran.said
    assert "What was made is kept, nothing was rolled back and nothing is lost." in ran.said
    # Those that were stopped because of it say nothing.
    assert "cancelled" not in ran.err
    ran = run("--yes")
    assert ran.code == 0, ran.err
    assert "add       TokenRole" in ran.out
    assert "add       Clients" not in ran.out
    now = {name: one["physical"] for name, one in deployed().resources.items()}
    assert made.items() <= now.items()


def test_an_upgrade_that_fails_is_rolled_back_to_the_release_that_ran(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    made, release = dict(deployed().resources), deployed().parameters["Release"]
    write_package(package, template, b"other")
    aws.cloudformation.world.failing["modify", "Token"] = "The runtime is not supported."
    ran = run("--yes")
    assert ran.code == 1
    assert deployed().status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Token (AWS::Lambda::Function), UPDATE_FAILED: The runtime is not supported." in ran.said
    assert "the release that ran before runs again" in ran.said
    assert deployed().resources == made
    assert deployed().parameters["Release"] == release
    assert run("--yes").code == 0


def test_a_rollback_that_fails_names_the_command_that_goes_on(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    assert run("--yes").code == 0
    write_package(package, template, b"other")
    aws.cloudformation.world.failing["modify", "Token"] = "It fails."
    aws.cloudformation.world.failing["rollback", "keyturn-acme-prod"] = "It fails as well."
    ran = run("--yes")
    assert deployed().status == "UPDATE_ROLLBACK_FAILED"
    assert "continue-update-rollback --stack-name keyturn-acme-prod" in ran.said
    ran = run("--yes")
    assert ran.code == 1
    assert "continue-update-rollback" in ran.said


def test_the_stack_policy_holds_even_where_the_change_set_did_not_tell(
    run: Run, aws: FakeAws, deployed: Now, package: Path, template: Template
) -> None:
    from tests.deploy.test_deploy import changed  # noqa: PLC0415

    assert run("--yes").code == 0
    before = deployed().resources["Clients"]["physical"]
    schema = [{"AttributeName": "other", "KeyType": "HASH"}]
    write_package(package, changed(template, "Clients", KeySchema=schema))
    # As another tool would, that looks at no change set: allowed by name here, denied by a policy put back.
    stack_policy = deployed().policy
    execute = aws.cloudformation.execute_change_set
    deployed().policies_seen.clear()

    def put_back(**asked: str) -> dict[str, object]:
        deployed().policy = stack_policy
        return execute(**asked)

    aws.cloudformation.execute_change_set = put_back  # type: ignore[assignment, method-assign]
    ran = run("--yes", "--replace", "Clients")
    assert ran.code == 1
    assert "Action denied by stack policy" in ran.said
    assert deployed().status == "UPDATE_ROLLBACK_COMPLETE"
    assert deployed().resources["Clients"]["physical"] == before


def test_a_stack_nothing_can_be_made_of_says_so(run: Run, deployed: Now) -> None:
    assert run("--yes").code == 0
    deployed().status = "ROLLBACK_COMPLETE"
    ran = run("--yes")
    assert ran.code == 1
    assert "nothing can be made of it. Remove it with make destroy" in ran.said
