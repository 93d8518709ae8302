"""Which claims a scope gives: OpenID Connect Core section 5.4."""

from typing import Any

from chalicelib.accounts.user import User
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE


def claims_of(user: User, *, scope: tuple[str, ...]) -> dict[str, Any]:
    """The userinfo response (section 5.3.2): sub, and what is known of what the scope gives."""
    names = (name for token in scope for name in CLAIMS_OF_SCOPE.get(token, ()))
    return {"sub": user.sub, **{name: user.claims[name] for name in names if name in user.claims}}
