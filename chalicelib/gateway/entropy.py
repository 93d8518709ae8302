"""Where randomness comes from: the operating system, handed to the rules as a function."""

import base64
import os


def random_text(size: int) -> str:
    """`size` random bytes as base64url."""
    return base64.urlsafe_b64encode(os.urandom(size)).rstrip(b"=").decode()
