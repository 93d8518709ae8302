"""A person: OpenID Connect Core section 5.1 for the names of the claims."""

from typing import Any, Protocol

from chalicelib.record import Record, field

MAX_SUB = 255


class User(Record, kw_only=True):
    """One person. `claims` are standard claims, typed as OpenID Connect Core section 5.1 has them
    (email_verified a boolean, address an object, updated_at a number); one in another language has a tag
    (`name#ja-Kana-JP`, section 5.2). `login` is the name they
    sign in with, normalized. `signed_out_at` is when they were last signed out everywhere, in seconds since
    the epoch.
    """

    sub: str
    claims: dict[str, Any] = field(default_factory=dict, hash=False)
    login: str | None = None
    disabled: bool = False
    signed_out_at: int | None = None

    def is_signed_in(self, *, since: int) -> bool:
        """Whether a sign-in of this time still counts: the person is not disabled, and was not signed out
        everywhere since.
        """
        return not self.disabled and (self.signed_out_at is None or since > self.signed_out_at)

    @property
    def display_name(self) -> str:
        """What to call the person on a page."""
        for claim in ("name", "given_name", "preferred_username", "email"):
            value = self.claims.get(claim)
            if isinstance(value, str) and value:
                return value
        return self.sub


def before_this(now: int) -> int:
    """The `signed_out_at` of a person who begins now: who had the sub before is signed out, and a sign-in of
    this very second counts.
    """
    return now - 1


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
