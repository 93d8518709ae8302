"""How an operation ended, in words: what runs now, what failed and why, what to do."""

from collections.abc import Sequence

from infra.deploy.events import Failure
from infra.deploy.screen import block, say
from infra.deploy.stack import StackState

_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_COMPLETE"}
_BECAME = {
    "CREATE_FAILED": (
        "What was made is kept, nothing was rolled back and nothing is lost. Mend the cause and run the "
        "same command again: it goes on from here. Or give up: make destroy."
    ),
    "UPDATE_FAILED": (
        "What was made is kept and nothing was rolled back. Mend the cause and run the same command "
        "again: it goes on from here."
    ),
    "UPDATE_ROLLBACK_COMPLETE": (
        "Everything was rolled back: the release that ran before runs again, with all its data. Mend the"
        " cause and deploy again."
    ),
    "UPDATE_ROLLBACK_FAILED": (
        "The rollback failed too, so old and new are mixed. Data and keys are untouched. Mend what the "
        "reasons name, then: aws cloudformation continue-update-rollback --stack-name {stack}"
    ),
    "IMPORT_ROLLBACK_COMPLETE": (
        "Nothing was adopted; tables and keys are as they were. Mend the cause and adopt again."
    ),
    "ROLLBACK_COMPLETE": (
        "The creation was rolled back. Tables of clients and people, and keys, are kept. Run make "
        "destroy, which says how to adopt them."
    ),
    "DELETE_FAILED": (
        "What is named above is still there, and with it the stack. Mend the cause and run make destroy "
        "again."
    ),
}


def succeeded(state: StackState) -> bool:
    """Whether the operation did what was asked."""
    return state.status in _GOOD


def explain(stack: str, state: StackState, failures: Sequence[Failure]) -> str:
    """One block that says it all: the causes in AWS's words, what became of the stack, what to do."""
    causes = [f"{one.logical_id} ({one.kind}), {one.status}: {one.reason}" for one in failures]
    if not causes:
        causes = [state.reason or "AWS gives no reason. The stack's events in the console may."]
    became = _BECAME.get(state.status, "Look at the stack's events in the console.").format(stack=stack)
    return block(f"{stack} ended as {state.status}", [*causes, became])


def announce(state: StackState) -> str:
    """Prints what a tenant's people need, and answers the issuer."""
    outputs = dict(state.outputs)
    say()
    say(f"{state.status}")
    say(f"  issuer     {outputs['Issuer']}")
    say(f"  discovery  {outputs['DiscoveryUrl']}")
    for what, output in (("issuer's", "CustomDomainTarget"), ("mutual-TLS", "MutualTlsDomainTarget")):
        if output in outputs:
            say(f"  DNS        the {what} host points to {outputs[output]}")
    return outputs["Issuer"]
