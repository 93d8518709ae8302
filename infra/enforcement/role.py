"""The roles of a template's functions, and whether they allow an access."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.enforcement.access import Access
from infra.enforcement.statement import PolicyError, Statement, parse_statement
from infra.local.resources import Policies
from infra.local.template import ACCOUNT, read_policies

_ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an access is allowed, by which statements, or why not, in AWS's words."""

    allowed: bool
    statements: tuple[Statement, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """What a function, by its logical id, may do. `key_policies` are the keys' own, by the key's ARN."""

    function: str
    name: str
    statements: tuple[Statement, ...]
    key_policies: Mapping[str, tuple[Statement, ...]]

    def decide(self, access: Access) -> Decision:
        """IAM's evaluation within one account: a denial wins, then an allowance, and without one it is no.

        A key's policy delegates to IAM only the actions it names for the account.
        """
        about = [statement for statement in self.statements if statement.is_about(access)]
        key_policy = self.key_policies.get(access.resource, ())
        about_key = [statement for statement in key_policy if statement.is_about(access)]
        if not all(statement.allows for statement in (*about, *about_key)):
            return Decision(allowed=False, why=f"with an explicit deny in {self.name}")
        if not about:
            return Decision(
                allowed=False, why=f"because no identity-based policy allows the {access.action} action"
            )
        # What is about no key there is yet (CreateKey) has no key's policy to ask.
        if access.action.startswith("kms:") and access.resource != "*" and not about_key:
            return Decision(
                allowed=False, why=f"because no resource-based policy allows the {access.action} action"
            )
        return Decision(allowed=True, statements=tuple(about))


def read_roles(path: Path, *, parameters: Mapping[str, str] | None = None) -> dict[str, Role]:
    """The roles of a template, expanded or not, by their functions. Raises PolicyError, TemplateError."""
    policies = read_policies(path, parameters=parameters)
    key_policies = {arn: parse_key_policy(documents, arn) for arn, documents in policies.of_keys.items()}
    return {function: _role(function, policies, key_policies) for function in policies.of_functions}


def _role(function: str, policies: Policies, key_policies: Mapping[str, tuple[Statement, ...]]) -> Role:
    name, documents = policies.of_functions[function]
    return Role(function, name, _parse(documents, name), key_policies)


def parse_key_policy(documents: Iterable[Mapping[str, Any]], arn: str) -> tuple[Statement, ...]:
    """The statements of a key's own policy. Raises PolicyError."""
    return _parse([_without_principal(one, arn) for one in documents], arn)


def _parse(documents: Iterable[Mapping[str, Any]], where: str) -> tuple[Statement, ...]:
    parsed = [parse_statement(document, where=where) for document in documents]
    statements = tuple(statement for statement in parsed if statement)
    if len({statement.sid for statement in statements}) != len(statements):
        raise PolicyError(f"{where} has two statements of one Sid.")
    return statements


def _without_principal(document: Mapping[str, Any], arn: str) -> dict[str, Any]:
    # In a key's policy "*" is the key itself.
    if document.get("Principal") != {"AWS": _ROOT} or document.get("Resource") != "*":
        raise PolicyError(f"{arn} gives something to another than the account, or of another than itself.")
    return {name: value for name, value in document.items() if name != "Principal"} | {"Resource": arn}
