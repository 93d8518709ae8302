"""Proof Key for Code Exchange: RFC 7636. Only S256."""

import base64
import hashlib
import re

from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.supported import CODE_CHALLENGE_METHODS

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_code_challenge(challenge: str | None, method: str | None, *, required: bool) -> None:
    """RFC 7636 section 4.3. `plain`, which an absent method means, is not served. Raises InvalidRequest."""
    if challenge is None:
        if method is not None:
            raise InvalidRequest("A code_challenge_method needs a code_challenge.", reason="pkce_malformed")
        if required:
            raise InvalidRequest("This client must send a code_challenge.", reason="pkce_missing")
        return
    if method not in CODE_CHALLENGE_METHODS:
        raise InvalidRequest("The code_challenge_method must be S256.", reason="pkce_method")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("The code_challenge is not a SHA-256 in base64url.", reason="pkce_malformed")


def is_code_verifier(text: str) -> bool:
    """Whether the text can be a code_verifier at all (RFC 7636 section 4.1)."""
    return _VERIFIER.fullmatch(text) is not None


def s256(verifier: str) -> str:
    """RFC 7636 section 4.6: the challenge of a well-formed verifier."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
