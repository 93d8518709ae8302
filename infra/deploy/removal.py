"""Removes a tenant's stack, and keeps what cannot be made again."""

import uuid
from pathlib import Path
from typing import Any

from infra.deploy import adoption, outcome, screen
from infra.deploy.aws import Aws, said_plainly
from infra.deploy.bucket import KEPT_DAYS, Bucket, own_bucket, tidy
from infra.deploy.deploy_error import DeployError
from infra.deploy.events import follow
from infra.deploy.screen import say
from infra.deploy.stack import StackName, describe
from infra.local.intrinsics import parse_yaml


def destroy(aws: Aws, stack: StackName, *, yes: str, directory: Path, interval_s: float) -> Path | None:
    """Deletes the stack once the tenant's name was typed (`yes` types it) and answers the import file.

    None where nothing was kept. Raises DeployError.
    """
    name = str(stack)
    state = describe(aws, name)
    if not state.status:
        raise DeployError(
            f"There is no stack {name} in {aws.region}, account {aws.account}. Nothing to remove."
        )
    if state.busy:
        raise DeployError(f"{name} is at work already ({state.status}). Wait for it, then run this again.")
    if state.exists:
        _show(aws, name)
    typed = yes == stack.tenant or screen.confirmed(f"Type the tenant's name ({stack.tenant}):", stack.tenant)
    if not typed:
        raise DeployError("That is not its name. Nothing was removed.")
    token = f"keyturn-{uuid.uuid4().hex}"
    with said_plainly():
        aws.cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        aws.cloudformation.delete_stack(StackName=state.stack_id, ClientRequestToken=token)
    after, failures = follow(aws, state.stack_id, token, interval_s=interval_s)
    if after.status != "DELETE_COMPLETE":
        raise DeployError(outcome.explain(name, after, failures))
    _tidy(aws, name)
    return write_import_file(aws, stack, state.stack_id, directory)


def _tidy(aws: Aws, stack: str) -> None:
    """Deletes the stack's packages, where the bucket is there; what is kept of it needs none."""
    try:
        count = tidy(aws, Bucket(own_bucket(aws), ours=True), stack, ())
    except DeployError:
        return
    if count:
        say(f"Deleted {count} objects of its packages, to be had back for {KEPT_DAYS} days")


def write_import_file(aws: Aws, stack: StackName, stack_id: str, directory: Path) -> Path | None:
    """Says what a deleted stack kept and how to get it back, and writes the file for that."""
    kept = adoption.kept_by(aws, stack_id)
    say()
    if not kept:
        say(f"{stack} kept nothing.")
        return None
    path = adoption.write_adoption(kept, str(stack), directory)
    say(f"{stack} is removed. Kept, and paid for while they are:")
    for one in kept:
        (identifier,) = one["ResourceIdentifier"].values()
        say(f"  {one['LogicalResourceId']:16}  {identifier}")
    say("  and the signing keys made since: docs/keys.md finds them by their tag")
    say()
    say(f"To take them up again:\n  make deploy TENANT={stack.tenant} STAGE={stack.stage} ADOPT={path}")
    say("To delete them for good, see docs/deploy.md.")
    return path


def _show(aws: Aws, name: str) -> None:
    with said_plainly():
        body = aws.cloudformation.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
    # boto3 answers JSON parsed and YAML as text.
    template: Any = parse_yaml(body) if isinstance(body, str) else body
    kept = adoption.retained(template)
    tables = [one for one, it in template["Resources"].items() if it["Type"] == "AWS::DynamoDB::Table"]
    lost = [one for one in tables if one not in kept]
    say(f"Removing {name} in {aws.region}, account {aws.account}.")
    say(screen.wrapped(f"Kept: {', '.join(kept)}."))
    say(
        screen.wrapped(
            f"Lost for good: {', '.join(lost)}, that is every session, grant and refresh token; the API's "
            "address; functions, roles and logs."
        )
    )
