"""A person: OpenID Connect Core section 5.1 for the names of the claims."""

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person. `claims` are standard claims, typed as OpenID Connect Core section 5.1 has them
    (email_verified a boolean, address an object, updated_at a number).
    """

    sub: str
    claims: dict[str, Any] = field(default_factory=dict, hash=False)
    disabled: bool = False

    @property
    def display_name(self) -> str:
        """What to call the person on a page."""
        for claim in ("name", "given_name", "preferred_username", "email"):
            value = self.claims.get(claim)
            if isinstance(value, str) and value:
                return value
        return self.sub


class Users(Protocol):
    """Where people are found."""

    def get(self, sub: str) -> User | None: ...
