"""User codes: what a person reads off a device and types (RFC 8628 section 6.1).

Eight letters out of twenty are 25,600,000,000 codes, 34.6 bits. With a thousand of them alive at once, one
guess in 25 million finds one: the limits of accounts/attempts.py make that years.
"""

import base64
import hashlib
import re
import unicodedata
from typing import Protocol

from chalicelib.protocol.access_token_request import RandomText
from chalicelib.record import Record

# RFC 8628 section 6.1: no vowels, so that no words come of it, and no letters that look alike.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
MAX_TYPED = 64
RANDOM_BYTES = 18

_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


class ReservedCode(Record, kw_only=True):
    """Which grant a user code is for, and the address the device asked from, None where it is not known."""

    grant_id: str
    source_ip: str | None = None


class UserCodes(Protocol):
    """Where it is kept which grant a user code is for."""

    def reserve(self, user_code: str, reserved: ReservedCode, *, exp: int, now: int) -> bool:
        """One conditional write: False where the code is another grant's that has not expired."""

    def find(self, user_code: str) -> ReservedCode | None:
        """What the code is for or was for last, None where there is none."""


def new_user_code(random: RandomText) -> str:
    """A code as it is kept; each as likely as any other."""
    number = int.from_bytes(base64.urlsafe_b64decode(random(RANDOM_BYTES)))
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def parse_user_code(typed: str) -> str | None:
    """The code as it is kept, however it was typed: in small letters, with or without separators, full-width.

    None for what is no code.
    """
    text = unicodedata.normalize("NFKC", typed[: MAX_TYPED + 1])
    # Punctuation, white space, and what draws nothing.
    code = "".join(letter for letter in text if unicodedata.category(letter)[0] not in "PZC").upper()
    return code if len(typed) <= MAX_TYPED and _CODE.fullmatch(code) else None


def shown_user_code(user_code: str) -> str:
    """The code as a person reads it: two groups of four."""
    return f"{user_code[:4]}-{user_code[4:]}"


def hash_user_code(user_code: str) -> str:
    """What is kept of a code. So few codes could be tried out: this keeps them from being read, no more."""
    return hashlib.sha256(user_code.encode()).hexdigest()
