"""A person: OpenID Connect Core section 5.1 for the names of the claims."""

from dataclasses import dataclass, field
from typing import Any, Protocol

MAX_SUB = 255


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


def check_user(user: User) -> None:
    """What a person may be written with. Raises ValueError, with a sentence for the operator.

    OpenID Connect Core section 2: a sub is at most 255 ASCII characters.
    """
    sub = user.sub
    if not 0 < len(sub) <= MAX_SUB or not sub.isascii() or not sub.isprintable():
        raise ValueError("A sub is 1 to 255 printable ASCII characters.")


class Users(Protocol):
    """Where people are found."""

    def get(self, sub: str) -> User | None: ...
