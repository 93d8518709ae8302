"""The signing keys: in KMS, from where they never come out.

Which there are, and which of them signs, says the record (aws/signing_keys.py), read once a minute. A
public key is read once an instance; verifying what this server signed never calls KMS again.
"""

import hashlib
import time
from collections.abc import Callable, Sequence

from chalicelib.aws.at_once import at_once
from chalicelib.aws.kms_calls import KeyUnusable, kms_get_public_key, kms_sign
from chalicelib.protocol.der import read_ecdsa_signature
from chalicelib.protocol.errors import ServerError, TemporarilyUnavailable
from chalicelib.protocol.jwk import VerificationKey, verification_key
from chalicelib.protocol.jws import UnsignedToken, compact, signing_input
from chalicelib.protocol.signing_keys import (
    ALGS,
    RECORD_CACHE_SECONDS,
    SigningKey,
    published_keys,
    signing_key,
)

# KMS signs messages up to this size itself; of longer ones it is given the digest.
MAX_RAW_BYTES = 4096

_KMS_ALGORITHMS = {
    "ES256": "ECDSA_SHA_256",
    "RS256": "RSASSA_PKCS1_V1_5_SHA_256",
    "PS256": "RSASSA_PSS_SHA_256",
    "EdDSA": "ED25519_SHA_512",
}


class _Reading:
    """The record as it was at a time, and what follows from it. `public` is read when it is asked for."""

    __slots__ = ("at", "public", "published", "signing")

    def __init__(self, at: float, signing: dict[str, SigningKey], published: list[SigningKey]) -> None:
        self.at = at
        self.signing = signing
        self.published = published
        self.public: tuple[VerificationKey, ...] | None = None


class KeyRing:
    """Implements the ports Signer and VerificationKeys. `read` gives the record's keys, `first` are those
    of a tenant that has no record yet; `retention` is how long a key is published after its last signature.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[SigningKey]],
        *,
        first: Sequence[SigningKey],
        retention: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._read = read
        self._first = first
        self._retention = retention
        self._clock = clock
        self._reading: _Reading | None = None
        self._public_keys: dict[str, VerificationKey] = {}

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        try:
            return self._sign_all(tokens, self._current())
        except KeyUnusable:
            # Taken out within the last minute: disabled, so that nobody signs with it by an old record.
            self._reading = None
        try:
            return self._sign_all(tokens, self._current())
        except KeyUnusable as unusable:
            raise TemporarilyUnavailable(
                "The signing key can't be used. Try again.", reason="signing_key_unusable"
            ) from unusable

    def verification_keys(self) -> tuple[VerificationKey, ...]:
        """The published keys, those that sign first; the same tuple for as long as the record is kept.

        Raises TemporarilyUnavailable.
        """
        reading = self._current()
        if reading.public is None:
            found = at_once(self._public_key, reading.published)
            reading.public = tuple(key for key in found if key)
            if not reading.public:
                self._reading = None
                raise TemporarilyUnavailable(
                    "The public keys can't be read. Try again.", reason="signing_key_unusable"
                )
        return reading.public

    def find(self, kid: str) -> VerificationKey | None:
        return next((key for key in self.verification_keys() if key.kid == kid), None)

    def _current(self) -> _Reading:
        """The last reading, made anew where it is a minute old. By the time of day, which goes on while a
        function is frozen or stands in a snapshot.
        """
        time_of_day = self._clock()
        reading = self._reading
        if reading and 0 <= time_of_day - reading.at < RECORD_CACHE_SECONDS:
            return reading
        keys = self._read() or self._first
        now = int(time_of_day)
        signing: dict[str, SigningKey] = {}
        for kty, algs in ALGS.items():
            key = signing_key(keys, kty=kty, now=now)
            if key is not None:
                signing |= dict.fromkeys(algs, key)
        published = published_keys(keys, now=now, retention=self._retention)
        self._reading = reading = _Reading(time_of_day, signing, published)
        return reading

    def _public_key(self, key: SigningKey) -> VerificationKey | None:
        """A key as its verifiers see it; None where KMS does not give it, which must not hide the others."""
        known = self._public_keys.get(key.key_id)
        if known is None:
            try:
                der = kms_get_public_key(key.key_id)
            except KeyUnusable:
                return None
            known = self._public_keys[key.key_id] = verification_key(der, algs=ALGS[key.kty])
        return known

    def _sign_all(self, tokens: Sequence[UnsignedToken], reading: _Reading) -> list[str]:
        return at_once(lambda token: self._sign(token, reading), tokens)

    def _sign(self, token: UnsignedToken, reading: _Reading) -> str:
        key = reading.signing.get(token.alg)
        if key is None:
            raise ServerError(
                "This server has no key for the algorithm.",
                reason="signing_key_missing",
                facts={"alg": token.alg},
            )
        signed = signing_input(token, kid=key.kid or self._kid(key))
        raw = len(signed) <= MAX_RAW_BYTES
        # Of Ed25519 KMS takes no digest: RFC 8032 hashes the message itself, twice.
        if not raw and token.alg == "EdDSA":
            raise ServerError("The token is too long to be signed by EdDSA.", reason="token_too_long")
        signature = kms_sign(
            key.key_id,
            signed if raw else hashlib.sha256(signed).digest(),
            message_type="RAW" if raw else "DIGEST",
            signing_algorithm=_KMS_ALGORITHMS[token.alg],
        )
        return compact(signed, _to_jose(signature) if token.alg == "ES256" else signature)

    def _kid(self, key: SigningKey) -> str:
        public = self._public_key(key)
        if public is None:
            raise KeyUnusable(key.key_id)
        return public.kid


def _to_jose(der: bytes) -> bytes:
    """RFC 7518 section 3.4: r and s, 32 bytes each, where KMS answers DER."""
    r, s = read_ecdsa_signature(der)
    return r.rjust(32, b"\0") + s.rjust(32, b"\0")
