"""The signing keys: in KMS, from where they never come out.

SIGNING_KEYS names each key by its variable and tells the JWS algorithms it serves. Public keys are
read once per instance; verifying what this server signed never calls KMS again.
"""

import functools
import hashlib
from collections.abc import Mapping, Sequence

from chalicelib.aws.at_once import at_once
from chalicelib.aws.calls import kms_get_public_key, kms_sign
from chalicelib.protocol.der import read_ecdsa_signature
from chalicelib.protocol.jwk import VerificationKey, verification_key
from chalicelib.protocol.jws import UnsignedToken, compact, signing_input

# KMS signs messages up to this size itself; of longer ones it is given the digest.
MAX_RAW_BYTES = 4096

SIGNING_KEYS: Mapping[str, tuple[str, ...]] = {
    "SIGNING_KEY_ES256": ("ES256",),
    "SIGNING_KEY_RSA": ("RS256", "PS256"),
}

_KMS_ALGORITHMS = {
    "ES256": "ECDSA_SHA_256",
    "RS256": "RSASSA_PKCS1_V1_5_SHA_256",
    "PS256": "RSASSA_PSS_SHA_256",
}


class KeyRing:
    """Implements the ports Signer and VerificationKeys over `keys`: KMS key id -> its algorithms."""

    def __init__(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._keys = keys

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        public_keys = self._public_keys
        return at_once(lambda token: self._sign(token, public_keys), tokens)

    def verification_keys(self) -> tuple[VerificationKey, ...]:
        return tuple(self._public_keys.values())

    def find(self, kid: str) -> VerificationKey | None:
        return next((key for key in self.verification_keys() if key.kid == kid), None)

    @functools.cached_property
    def _public_keys(self) -> dict[str, VerificationKey]:
        ids = list(self._keys)
        ders = at_once(kms_get_public_key, ids)
        return {
            key_id: verification_key(der, algs=self._keys[key_id])
            for key_id, der in zip(ids, ders, strict=True)
        }

    def _sign(self, token: UnsignedToken, public_keys: Mapping[str, VerificationKey]) -> str:
        key_id = next((key_id for key_id, algs in self._keys.items() if token.alg in algs), None)
        if key_id is None:
            raise LookupError(f"There is no key for {token.alg}.")
        signed = signing_input(token, kid=public_keys[key_id].kid)
        raw = len(signed) <= MAX_RAW_BYTES
        signature = kms_sign(
            key_id,
            signed if raw else hashlib.sha256(signed).digest(),
            message_type="RAW" if raw else "DIGEST",
            signing_algorithm=_KMS_ALGORITHMS[token.alg],
        )
        return compact(signed, _to_jose(signature) if token.alg == "ES256" else signature)


def _to_jose(der: bytes) -> bytes:
    """RFC 7518 section 3.4: r and s, 32 bytes each, where KMS answers DER."""
    r, s = read_ecdsa_signature(der)
    return r.rjust(32, b"\0") + s.rjust(32, b"\0")
