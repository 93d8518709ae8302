"""The keys that clients encrypt request objects to: in KMS, from where they never come out."""

import base64
from typing import Any

from chalicelib.aws.kms_calls import KeyUnusable, bytes_of, kms_call, kms_get_public_key
from chalicelib.aws.refusal import Refusal
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.jwk import EncryptionKey, encryption_key

# What KMS says of a ciphertext, or of a public key, that is none of its own making.
_UNFIT = {"InvalidCiphertextException", "ValidationException"}


class RequestObjectKeys:
    """Implements the port DecryptionKeys: `rsa` and `ec` are the keys' ARNs."""

    def __init__(self, *, rsa: str, ec: str) -> None:
        self._rsa = rsa
        self._ec = ec
        self._published: dict[str, EncryptionKey] = {}

    def unwrap(self, encrypted_key: bytes) -> bytes | None:
        return _ask(
            "Decrypt",
            "Plaintext",
            KeyId=self._rsa,
            CiphertextBlob=base64.b64encode(encrypted_key).decode(),
            EncryptionAlgorithm="RSAES_OAEP_SHA_256",
        )

    def agree(self, public_key: bytes) -> bytes | None:
        return _ask(
            "DeriveSharedSecret",
            "SharedSecret",
            KeyId=self._ec,
            PublicKey=base64.b64encode(public_key).decode(),
            KeyAgreementAlgorithm="ECDH",
        )

    def published(self) -> tuple[EncryptionKey, ...]:
        """The public keys, read once an instance; without one that KMS does not give now, as the others must
        not be hidden by it. Raises TemporarilyUnavailable.
        """
        for key_id, alg in ((self._rsa, "RSA-OAEP-256"), (self._ec, None)):
            if key_id in self._published:
                continue
            try:
                self._published[key_id] = encryption_key(kms_get_public_key(key_id), alg=alg)
            except KeyUnusable:
                continue
        return tuple(self._published.values())


def _ask(operation: str, answer: str, **members: Any) -> bytes | None:
    try:
        return bytes_of(kms_call(operation, **members), answer)
    except KeyUnusable as unusable:
        raise TemporarilyUnavailable(
            "The key for requests can't be used. Try again.", reason="request_object_key_unusable"
        ) from unusable
    except Refusal as refusal:
        if refusal.code in _UNFIT:
            return None
        raise
