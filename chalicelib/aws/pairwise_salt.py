"""The salt of pairwise subjects: made once for a tenant, encrypted under its own key in KMS, never changed.

One item of the Clients table, `pairwise_salt#current`, as it has to outlive the stack. Lost, it would make
all people strangers to the clients of pairwise subjects.
"""

import base64
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from chalicelib.aws.calls import ConditionFailed, get_item, put_item
from chalicelib.aws.kms_calls import KeyUnusable, bytes_of, kms_call
from chalicelib.protocol.errors import ServerError, TemporarilyUnavailable
from chalicelib.protocol.subject import SALT_BYTES

ITEM_ID = "pairwise_salt#current"
# By its `purpose` roles are given the key for this and nothing else (docs/keys.md).
CONTEXT = {"purpose": "pairwise_salt"}


def ensure_salt(table: str, encrypt: Callable[[bytes], str]) -> None:
    """Makes it where there is none yet: of several at once one makes it, by a conditional write. `encrypt`
    gives the ciphertext in base64, of CONTEXT. Raises TemporarilyUnavailable, and what `encrypt` raises.
    """
    if get_item(table, {"id": ITEM_ID}) is not None:
        return
    item = {"id": ITEM_ID, "ciphertext": encrypt(os.urandom(SALT_BYTES))}
    with suppress(ConditionFailed):
        put_item(table, item, condition="attribute_not_exists(id)")


class PairwiseSalt:
    """`key_id` is the key of the secrets. Every method raises TemporarilyUnavailable."""

    def __init__(self, table: str, key_id: str) -> None:
        self._table = table
        self._key_id = key_id
        self._salt: bytes | None = None

    def ensure(self) -> None:
        """Makes it where there is none yet."""
        ensure_salt(self._table, self._encrypt)

    def read(self) -> bytes:
        """The salt, read and decrypted once an instance. Raises ServerError where there is none: another one
        would be no help.
        """
        if self._salt is None:
            item = get_item(self._table, {"id": ITEM_ID})
            if item is None:
                raise ServerError("This server can't name people here.", reason="pairwise_salt_missing")
            self._salt = bytes_of(self._ask("Decrypt", CiphertextBlob=item["ciphertext"]), "Plaintext")
        return self._salt

    def _encrypt(self, salt: bytes) -> str:
        answer = self._ask("Encrypt", Plaintext=base64.b64encode(salt).decode())
        return base64.b64encode(bytes_of(answer, "CiphertextBlob")).decode()

    def _ask(self, operation: str, **members: Any) -> dict[str, Any]:
        try:
            return kms_call(operation, KeyId=self._key_id, EncryptionContext=CONTEXT, **members)
        except KeyUnusable as unusable:
            raise TemporarilyUnavailable(
                "The key of the secrets can't be used. Try again.", reason="secrets_key_unusable"
            ) from unusable
