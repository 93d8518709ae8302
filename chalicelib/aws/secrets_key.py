"""Secrets under the tenant's own key in KMS: what is kept of them is of use with that key alone.

A ciphertext is bound by its encryption context to what it is for and to whose it is: copied into another
client's record, it opens nothing.
"""

import base64
import time
from collections import OrderedDict
from collections.abc import Callable

from chalicelib.aws.kms_calls import KeyUnusable, bytes_of, kms_call
from chalicelib.aws.refusal import Refusal
from chalicelib.protocol.errors import TemporarilyUnavailable

# As long as the record of a client is kept: who is taken the right to decrypt has nothing for longer.
KEPT_SECONDS = 60
MAX_KEPT = 1_000

_OF_ANOTHER = {"IncorrectKeyException", "InvalidCiphertextException"}


def client_secret_context(client_id: str) -> dict[str, str]:
    """The encryption context of a client's secret: roles are given the key by its `purpose`."""
    return {"purpose": "client_secret", "client_id": client_id}


class ClientSecretEncryption:
    """Implements the port ClientSecretEncryption of the administration."""

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id

    def encrypt(self, client_id: str, secret: str) -> str:
        try:
            answer = kms_call(
                "Encrypt",
                KeyId=self._key_id,
                Plaintext=base64.b64encode(secret.encode()).decode(),
                EncryptionContext=client_secret_context(client_id),
            )
        except KeyUnusable as unusable:
            raise _unusable() from unusable
        return base64.b64encode(bytes_of(answer, "CiphertextBlob")).decode()


class ClientSecretDecryption:
    """Implements the port DecryptedSecrets. What was decrypted, or can't be, is kept for a minute, by its
    ciphertext.
    """

    def __init__(self, key_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key_id = key_id
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, str | None]] = OrderedDict()

    def decrypt(self, client_id: str, ciphertext: str) -> str | None:
        kept = self._kept.get((client_id, ciphertext))
        if kept and self._clock() - kept[0] < KEPT_SECONDS:
            return kept[1]
        secret = self._ask(client_id, ciphertext)
        self._kept[client_id, ciphertext] = (self._clock(), secret)
        self._kept.move_to_end((client_id, ciphertext))
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return secret

    def _ask(self, client_id: str, ciphertext: str) -> str | None:
        try:
            answer = kms_call(
                "Decrypt",
                KeyId=self._key_id,
                CiphertextBlob=ciphertext,
                EncryptionContext=client_secret_context(client_id),
            )
        except KeyUnusable as unusable:
            raise _unusable() from unusable
        except Refusal as refusal:
            if refusal.code in _OF_ANOTHER:
                return None
            raise
        return bytes_of(answer, "Plaintext").decode()


def _unusable() -> TemporarilyUnavailable:
    return TemporarilyUnavailable(
        "The key of the secrets can't be used. Try again.", reason="secrets_key_unusable"
    )
