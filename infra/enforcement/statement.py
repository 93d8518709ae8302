"""A statement of a policy: read strictly, and whether it is about an access.

What is not understood is refused when the policy is read, so that no statement is ever taken for less
or more than it says (IAM User Guide, "IAM JSON policy elements reference").
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.enforcement.access import Access
from infra.enforcement.actions import KNOWN_ACTIONS, SERVICES

_MEMBERS = {"Sid", "Effect", "Action", "Resource", "Condition"}
_QUALIFIERS = ("ForAllValues", "ForAnyValue")
# These end in the name of a tag, or of a member of an encryption context.
_NAMED_CONDITION_KEYS = ("aws:RequestTag/", "aws:ResourceTag/", "kms:EncryptionContext:")
_CONDITION_KEYS = {
    "aws:TagKeys",
    "dynamodb:Attributes",
    "dynamodb:EnclosingOperation",
    "dynamodb:LeadingKeys",
    "dynamodb:ReturnValues",
    "dynamodb:Select",
    "iam:PassedToService",
    "kms:EncryptionAlgorithm",
    "kms:EncryptionContextKeys",
    "kms:KeyAgreementAlgorithm",
    "kms:KeySpec",
    "kms:KeyUsage",
    "kms:MessageType",
    "kms:RequestAlias",
    "kms:ResourceAliases",
    "kms:SigningAlgorithm",
}


class PolicyError(ValueError):
    """A policy says what is not understood here; the text says where and what."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`qualifier` is ForAllValues, ForAnyValue or empty; `operator` one of the string operators."""

    qualifier: str
    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether it holds, also of a request that has no such key, which AWS decides by the qualifier."""
        compare, negated = _OPERATORS[self.operator.removesuffix(_IF_EXISTS)]
        given = context.get(self.key)
        if given is None:
            if self.operator.endswith(_IF_EXISTS):
                return True
            return self.qualifier == "ForAllValues" or (negated and not self.qualifier)

        def one(value: str) -> bool:
            return any(compare(pattern, value) for pattern in self.values) is not negated

        return all(map(one, given)) if self.qualifier != "ForAnyValue" else any(map(one, given))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `actions` and `resources` are patterns."""

    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def is_about(self, access: Access) -> bool:
        """Whether action, resource and every condition match."""
        return (
            any(matches(pattern.lower(), access.action.lower()) for pattern in self.actions)
            and any(matches(pattern, access.resource) for pattern in self.resources)
            and all(condition.holds(access.context) for condition in self.conditions)
        )


def parse_statement(document: Mapping[str, Any], *, where: str) -> Statement | None:
    """A resolved statement, None for one about services that are not enforced here. Raises PolicyError."""
    sid = document.get("Sid")
    if not isinstance(sid, str):
        raise PolicyError(f"{where} has a statement without a Sid, by which it could be named.")
    where = f"{where}, {sid}"
    actions = _texts(document.get("Action"), where)
    if not any(_is_enforced(action) for action in actions):
        return None
    unknown = set(document) - _MEMBERS
    if unknown:
        raise PolicyError(f"{where}: {min(unknown)} is not understood here.")
    for action in actions:
        pattern = action.lower()
        if _is_enforced(action) and not any(matches(pattern, known.lower()) for known in KNOWN_ACTIONS):
            raise PolicyError(f"{where}: there is no action {action}.")
    if document.get("Effect") not in {"Allow", "Deny"}:
        raise PolicyError(f"{where}: Effect is neither Allow nor Deny.")
    return Statement(
        sid=sid,
        allows=document["Effect"] == "Allow",
        actions=actions,
        resources=_texts(document.get("Resource"), where),
        conditions=tuple(_conditions(document.get("Condition", {}), where)),
    )


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = (
        ".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", text)
    )
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: str, value: str) -> bool:
    """IAM's wildcards: `*` is any text, `?` any one character, everything else itself."""
    return _pattern(pattern).fullmatch(value) is not None


_IF_EXISTS = "IfExists"
_OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringLike": (matches, False),
    "StringNotLike": (matches, True),
}


def _conditions(document: Any, where: str) -> list[Condition]:
    found = []
    for name, members in document.items():
        qualifier, _, operator = name.rpartition(":")
        known = {*_OPERATORS, *(() if qualifier else (name + _IF_EXISTS for name in _OPERATORS))}
        if operator not in known or qualifier not in ("", *_QUALIFIERS):
            raise PolicyError(f"{where}: the operator {name} is not understood here.")
        for key, values in members.items():
            if key not in _CONDITION_KEYS and not key.startswith(_NAMED_CONDITION_KEYS):
                raise PolicyError(f"{where}: the condition key {key} is not understood here.")
            found.append(Condition(qualifier, operator, key, _texts(values, where)))
    return found


def _texts(value: Any, where: str) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise PolicyError(f"{where}: {value} is no text and no list of texts.")
    if any("${" in text for text in texts):
        raise PolicyError(f"{where}: policy variables are not understood here.")
    return tuple(texts)


def _is_enforced(action: str) -> bool:
    service, _, _ = action.partition(":")
    return any(matches(service.lower(), enforced) for enforced in (*SERVICES, "iam"))
