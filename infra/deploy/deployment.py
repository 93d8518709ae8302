"""Brings a tenant's stack to a release: change set, confirmation, execution, outcome."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.deploy import adoption, artefacts, outcome, screen, stack_policy
from infra.deploy.artefacts import Package
from infra.deploy.aws import Aws, said_plainly
from infra.deploy.bucket import KEPT_DAYS, Bucket, ensure_bucket, tidy
from infra.deploy.change_set import ChangeSet, Request, create_change_set, discard
from infra.deploy.deploy_error import DeployError
from infra.deploy.events import follow
from infra.deploy.parameter_check import check_parameters
from infra.deploy.parameters import defaults_of, parameters_of
from infra.deploy.screen import say
from infra.deploy.stack import StackName, StackState, describe

_WITHOUT_SNAPSTART = {"python3.11"}
_OUT_OF_THE_WAY = {
    "ROLLBACK_COMPLETE": (
        "Its creation was rolled back, and nothing can be made of it. Remove it with make destroy, which"
        " says what it kept, and deploy again."
    ),
    "ROLLBACK_FAILED": (
        "The rollback of its creation failed. Remove it with make destroy, then deploy again."
    ),
    "DELETE_FAILED": ("Its deletion failed. Run make destroy again: it says what is in the way."),
    "UPDATE_ROLLBACK_FAILED": (
        "A rollback failed half-way. Mend what its events name, then `aws cloudformation "
        "continue-update-rollback --stack-name {stack}`, then deploy again."
    ),
    "IMPORT_ROLLBACK_FAILED": (
        "An import could not be undone. Remove it with make destroy, then adopt again."
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants deployed. `interval_s` is how often AWS is asked how far it is."""

    stack: StackName
    package: Package
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    bucket: str | None = None
    adopt: adoption.Resources | None = None
    replace: Sequence[str] = ()
    yes: bool = False
    interval_s: float = 3.0


def deploy(aws: Aws, wish: Wish) -> str:
    """Deploys and answers the issuer. Raises DeployError, which says what became of the stack."""
    name = str(wish.stack)
    state = describe(aws, name)
    say(f"{name} in {aws.region}, account {aws.account}")
    say(f"It is {state.status or 'not there yet'}")
    _check_state(state, name, adopting=bool(wish.adopt))
    _check_wish(aws, wish, state)
    bucket = ensure_bucket(aws, wish.bucket)
    archive_key = artefacts.upload(aws, bucket.name, name, wish.package.archive, ".zip")
    template = artefacts.with_archive(wish.package.template, bucket.name, archive_key)
    template_key = artefacts.upload_template(aws, bucket.name, name, template)
    say(f"Uploaded to {bucket.name}")
    if wish.adopt:
        _adopt(aws, wish, bucket.name)
        state = describe(aws, name)
    before = dict(state.parameters)
    given = _given(wish, before)
    given["Release"] = _release(wish, {**defaults_of(template), **before, **given})
    request = Request(
        stack=name,
        kind="UPDATE" if state.exists else "CREATE",
        template_url=artefacts.url_of(aws, bucket.name, template_key),
        parameters=parameters_of(template, given, before=tuple(before)),
        tags={
            **dict(state.tags),
            "keyturn:tenant": wish.stack.tenant,
            "keyturn:stage": wish.stack.stage,
            **wish.tags,
        },
    )
    _run(aws, wish, request, state)
    _tidy(aws, bucket, name, (archive_key, template_key))
    issuer = outcome.announce(describe(aws, name))
    say(f"Check it from outside: make smoke ISSUER={issuer}")
    return issuer


def _tidy(aws: Aws, bucket: Bucket, stack: str, used: Sequence[str]) -> None:
    try:
        count = tidy(aws, bucket, stack, used)
    except DeployError as error:
        # The release is out; what is left behind costs next to nothing, and the next deployment tries again.
        say(screen.wrapped(f"Old packages were not deleted: {error}", indent=""))
        return
    if count:
        say(f"Deleted {count} objects of earlier releases, to be had back for {KEPT_DAYS} days")


def _adopt(aws: Aws, wish: Wish, bucket: str) -> None:
    """Makes the stack of what an earlier one kept. Raises DeployError."""
    resources = wish.adopt or []
    template = adoption.import_template(wish.package.template, resources)
    key = artefacts.upload_template(aws, bucket, str(wish.stack), template)
    request = Request(
        stack=str(wish.stack),
        kind="IMPORT",
        template_url=artefacts.url_of(aws, bucket, key),
        parameters=[],
        tags={},
        resources_to_import=resources,
    )
    say("Adopting what an earlier stack kept")
    _run(aws, wish, request, StackState())


def _run(aws: Aws, wish: Wish, request: Request, state: StackState) -> None:
    change_set = create_change_set(aws, request, interval_s=wish.interval_s)
    if change_set is None:
        say("Nothing to change.")
        stack_policy.protect(aws, request.stack)
        return
    say()
    say(screen.change_table(change_set.changes))
    say()
    _check_changes(aws, wish, change_set, frame=not state.exists)
    if not wish.yes and not screen.confirmed("Go ahead? Type yes:", "yes"):
        discard(aws, change_set, frame=not state.exists)
        raise DeployError("Nothing was changed.")
    if state.exists:
        stack_policy.protect(aws, request.stack)
    with stack_policy.lifted(aws, request.stack, wish.replace if state.exists else ()):
        _execute(aws, wish, request, change_set, first=_is_first(request, state))
    if not state.exists:
        stack_policy.protect(aws, request.stack)


def _execute(aws: Aws, wish: Wish, request: Request, change_set: ChangeSet, *, first: bool) -> None:
    token = f"keyturn-{uuid.uuid4().hex}"
    with said_plainly():
        arguments = {"ChangeSetName": change_set.change_set_id, "ClientRequestToken": token}
        if request.kind != "IMPORT":
            # A first deployment keeps what it made: rolled back, it would leave the retained tables and keys
            # behind, and a stack nothing can be made of. Any other goes back to the release that ran.
            arguments["DisableRollback"] = first  # type: ignore[assignment]
        aws.cloudformation.execute_change_set(**arguments)
    after, failures = follow(aws, change_set.stack_id, token, interval_s=wish.interval_s)
    if not outcome.succeeded(after):
        raise DeployError(outcome.explain(request.stack, after, failures))


def _check_state(state: StackState, name: str, *, adopting: bool) -> None:
    if state.busy:
        raise DeployError(f"{name} is at work already ({state.status}). Wait for it, then run this again.")
    if state.status in _OUT_OF_THE_WAY:
        raise DeployError(f"{name} is {state.status}. {_OUT_OF_THE_WAY[state.status].format(stack=name)}")
    if adopting and state.exists:
        raise DeployError(
            f"{name} is there, with tables and keys of its own. Adoption is for a stack that is not."
        )


def _check_wish(aws: Aws, wish: Wish, state: StackState) -> None:
    """What CloudFormation would refuse, or a function fail of later, is refused before anything is done."""
    before, template = dict(state.parameters), wish.package.template
    given = _given(wish, before)
    # A name the template has not is refused here; of what the stack has, that may go.
    parameters_of(template, given, before=tuple(before))
    values = {**defaults_of(template), **before, **given}
    declared = {name: values[name] for name in template.get("Parameters", {}) if name in values}
    check_parameters(template, declared, region=aws.region)
    runtime = wish.package.manifest.runtime
    if declared.get("SnapStart") == "on" and runtime in _WITHOUT_SNAPSTART:
        raise DeployError(f"SnapStart needs Python 3.12 or newer, and the package is for {runtime}.")


def _given(wish: Wish, before: Mapping[str, str]) -> dict[str, str]:
    """The parameters of this deployment; a new stack is named for its tenant unless told otherwise."""
    return dict(wish.parameters) if before else {"TenantName": wish.stack.tenant, **wish.parameters}


def _check_changes(aws: Aws, wish: Wish, change_set: ChangeSet, *, frame: bool) -> None:
    endangered = change_set.endangered(wish.replace)
    if endangered:
        discard(aws, change_set, frame=frame)
        names = ", ".join(one.logical_id for one in endangered)
        raise DeployError(
            f"Refused: this would take {names} from the tenant, with what is in it. Nothing was changed. "
            f"Where you mean it, and have a backup: REPLACE={endangered[0].logical_id}"
        )


def _is_first(request: Request, state: StackState) -> bool:
    """Whether no release ran here yet, so that there is none to go back to."""
    return request.kind == "CREATE" or state.status in {"CREATE_FAILED", "UPDATE_FAILED"}


def _release(wish: Wish, parameters: Mapping[str, str]) -> str:
    """Names the package and its parameters: what changes either makes new versions of the functions."""
    values = sorted((name, value) for name, value in parameters.items() if name != "Release")
    return f"{wish.package.release}-{hashlib.sha256(json.dumps(values).encode()).hexdigest()[:8]}"
