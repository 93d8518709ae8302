"""Passwords: Argon2id (RFC 9106), and what a new one must be.

The login name is a key of its own beside the person, so that only the login endpoint can read a
password's hash.
"""

import re
import unicodedata
from collections.abc import Container
from typing import Protocol

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from chalicelib.record import Record

MIN_LENGTH = 12
MIN_DIFFERENT = 5
MAX_LENGTH = 256
MAX_LOGIN_LENGTH = 254
MAX_KNOWN_BROWSERS = 10
SALT_BYTES = 16

# RFC 9106 section 4 asks for more than a login page on 1 vCPU can give; these are OWASP's
# equivalent of equal strength: 19 MiB, two passes, one lane, about 40 ms.
MEMORY_KIB = 19 * 1024
ITERATIONS = 2
LANES = 1
_PARAMETERS = f"$m={MEMORY_KIB},t={ITERATIONS},p={LANES}$"
# What a hash made elsewhere may cost, in KiB times passes: from the least of OWASP's equivalents (7 MiB, five
# passes) to RFC 9106's second choice (64 MiB, three). Anybody who knows a login name has its hash computed.
_MIN_WORK, _MAX_WORK = 7 * 1024 * 5, 64 * 1024 * 3
_MAX_MEMORY_KIB = 64 * 1024
_MAX_LANES = 4
_PHC = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,2})"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)

# Verified when the login name is unknown, so that the answer takes as long as for a known one.
UNKNOWN_USER_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$G+EAD68GlkYQYex+9IzqcA$EP4C6QFHYMQZsVj8CCQWhl6vMh9CKeVdkyhh3/Bl/pE"
)


class PasswordCredential(Record, kw_only=True):
    """A login name's password. `browsers` are hashes of browsers that signed in with it before. Without a
    password yet, its hash is empty, and nothing signs in with it.
    """

    login: str
    sub: str
    password_hash: str
    browsers: tuple[str, ...] = ()


class PasswordCredentials(Protocol):
    """Where password credentials are kept, by normalized login name."""

    def get(self, login: str) -> PasswordCredential | None: ...

    def remember_browser(self, credential: PasswordCredential, browser: str) -> None:
        """Adds a browser, forgetting the oldest past MAX_KNOWN_BROWSERS."""

    def replace_hash(self, credential: PasswordCredential, password_hash: str) -> None:
        """One conditional write: only while the stored hash is still the credential's."""


class PasswordRefused(ValueError):
    """A new password that may not be set; the message is for the person."""


def normalize_login(login: str) -> str:
    """A login name as it is kept: NFKC, case folded, without outer white space; what is kept is not changed
    by being normalized again.
    """
    for _ in range(2):
        login = unicodedata.normalize("NFKC", login).strip().casefold()
    return unicodedata.normalize("NFKC", login).strip()


def hash_password(password: str, *, salt: bytes) -> str:
    """The PHC string of a password; `salt` is SALT_BYTES of fresh randomness."""
    kdf = Argon2id(salt=salt, length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive_phc_encoded(_encode(password))


def verify_password(password: str, credential: PasswordCredential | None) -> bool:
    """Whether the password is the credential's. Takes as long when there is none, and is then False."""
    known = credential is not None and bool(credential.password_hash) and len(password) <= MAX_LENGTH
    stored = hash_to_verify(credential if known else None)
    try:
        Argon2id.verify_phc_encoded(_encode(password), stored)
    except (InvalidKey, ValueError):
        return False
    return known


def hash_to_verify(credential: PasswordCredential | None) -> str:
    """The hash a password is compared with; where there is none, one that costs the same work."""
    return (credential and credential.password_hash) or UNKNOWN_USER_HASH


def needs_rehash(credential: PasswordCredential) -> bool:
    """Whether the stored hash was made with other parameters than today's."""
    return _PARAMETERS not in credential.password_hash


def check_password_hash(text: str) -> None:
    """What of another tenant may be kept as a password's hash. Raises ValueError, with a sentence."""
    match = _PHC.fullmatch(text)
    if match is None:
        raise ValueError("A password_hash is Argon2id, as its PHC string.")
    memory, passes, lanes = map(int, match.groups())
    work = memory * passes
    if memory > _MAX_MEMORY_KIB or lanes > _MAX_LANES or not _MIN_WORK <= work <= _MAX_WORK:
        raise ValueError("A password_hash costs too little, or more than a sign-in may.")


def check_new_password(password: str, *, login: str, common: Container[str]) -> None:
    """NIST SP 800-63B section 3.1.1.2: long, not common, not the login name. Raises PasswordRefused."""
    if len(password) < MIN_LENGTH:
        raise PasswordRefused(f"A password has at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise PasswordRefused(f"A password has at most {MAX_LENGTH} characters.")
    folded = password.casefold()
    if folded in common or folded == login.casefold() or len(set(folded)) < MIN_DIFFERENT:
        raise PasswordRefused("This password is too easy to guess.")


def _encode(password: str) -> bytes:
    # NFKC, so that one password typed on two keyboards is one password (NIST SP 800-63B section 3.1.1.2).
    return unicodedata.normalize("NFKC", password[:MAX_LENGTH]).encode("utf-8", "surrogatepass")
