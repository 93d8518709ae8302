"""What was allowed by which statement, and what was refused: the proof that a role is neither too narrow
nor too wide.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from infra.enforcement.access import Access
from infra.enforcement.role import Role
from infra.enforcement.statement import Statement, matches

_LEADING_KEYS = "dynamodb:LeadingKeys"


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A call that was not allowed; `why` has no value out of the request."""

    role: str
    action: str
    resource: str
    why: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.role}: {self.action} on {self.resource} {self.why}"


class Record:
    """Every call, counted. Safe to use from threads. `tell` hears of each refusal as it happens."""

    def __init__(self, tell: Callable[[Refusal], None] | None = None) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        # By role, Sid, and what of the statement was used: an action, a resource, or a pattern of keys.
        self._used: set[tuple[str, str, str]] = set()
        self.allowed: Counter[tuple[str, str, str]] = Counter()
        self.refused: Counter[Refusal] = Counter()

    def allow(self, role: Role, access: Access, statements: Iterable[Statement]) -> None:
        """Counts an access by role, Sid and action."""
        with self._lock:
            for statement in statements:
                self.allowed[role.name, statement.sid, access.action] += 1
                self._used |= {(role.name, statement.sid, part) for part in _parts_used(statement, access)}

    def refuse(self, refusal: Refusal) -> None:
        """Counts a refusal."""
        with self._lock:
            self.refused[refusal] += 1
        if self._tell:
            self._tell(refusal)

    def too_wide(self, roles: Iterable[Role]) -> list[str]:
        """What the roles allow and nobody did, a line each: `TokenRole, SignTokens: kms:Sign`."""
        with self._lock:
            used = set(self._used)
        return sorted(
            f"{role.name}, {statement.sid}: {part}"
            for role in roles
            for statement in role.statements
            if statement.allows
            for part in (*statement.actions, *statement.resources, *_key_patterns(statement))
            if (role.name, statement.sid, part) not in used
        )


def _parts_used(statement: Statement, access: Access) -> set[str]:
    keys = access.context.get(_LEADING_KEYS, ())
    return {
        *(pattern for pattern in statement.actions if matches(pattern.lower(), access.action.lower())),
        *(pattern for pattern in statement.resources if matches(pattern, access.resource)),
        *(pattern for pattern in _key_patterns(statement) if any(matches(pattern, key) for key in keys)),
    }


def _key_patterns(statement: Statement) -> list[str]:
    return [
        pattern
        for condition in statement.conditions
        if condition.key == _LEADING_KEYS
        for pattern in condition.values
    ]
