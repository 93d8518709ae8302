"""Refresh tokens: `<grant_id>.<generation>.<secret>` (RFC 6749 section 6, RFC 9700 section 4.14).

The secret has two parts. The family part is one for all generations: whoever shows it with an old
generation held a token of this grant once, so that is reuse and no guess. The other part is derived
for each generation from the one before and a nonce stored at rotation: a client that lost the answer
and retries gets the same successor, and no secret is ever stored.
"""

import base64
import hmac
import re

from chalicelib.protocol.grant import hash_secret
from chalicelib.record import Record

FAMILY_BYTES = 16
SECRET_BYTES = 32

_REFRESH_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})")


class RefreshToken(Record):
    """A refresh token taken apart; `family` and `secret` are base64url."""

    grant_id: str
    generation: int
    family: str
    secret: str

    def __str__(self) -> str:
        return f"{self.grant_id}.{self.generation}.{self.family}{self.secret}"

    @property
    def family_hash(self) -> str:
        return hash_secret(self.family)

    @property
    def hash(self) -> str:
        return hash_secret(self.family + self.secret)

    def successor(self, nonce: str) -> "RefreshToken":
        """The next generation under a rotation's nonce."""
        derived = hmac.digest(self.secret.encode(), nonce.encode(), "sha256")
        secret = base64.urlsafe_b64encode(derived).rstrip(b"=").decode()
        return RefreshToken(self.grant_id, self.generation + 1, self.family, secret)


def parse_refresh_token(text: str) -> RefreshToken | None:
    """The refresh token, None for what this server never made."""
    match = _REFRESH_TOKEN.fullmatch(text)
    return RefreshToken(match[1], int(match[2]), match[3], match[4]) if match else None
