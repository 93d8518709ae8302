"""Where randomness comes from: the operating system, handed to the rules as a function."""

import secrets


def random_text(size: int) -> str:
    """`size` random bytes as base64url."""
    return secrets.token_urlsafe(size)
