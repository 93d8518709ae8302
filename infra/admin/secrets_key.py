"""Secrets of clients encrypted by boto3, as the operator, who can't decrypt them."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.pairwise_salt import CONTEXT
from chalicelib.aws.secrets_key import client_secret_context
from infra.admin.refused import CommandRefused


@dataclass(frozen=True, slots=True)
class OperatorsEncryption:
    """Implements the port ClientSecretEncryption. `key` is the ARN of the tenant's key, empty where it has
    none yet; a client of KMS is made when it is first needed.
    """

    key: str
    make_kms: Callable[[], Any]

    def encrypt(self, client_id: str, secret: str) -> str:
        """Raises CommandRefused, and what botocore does."""
        return self._encrypted(secret.encode(), client_secret_context(client_id))

    def encrypt_salt(self, salt: bytes) -> str:
        """The salt of pairwise subjects, in base64. Raises the same."""
        return self._encrypted(salt, CONTEXT)

    def _encrypted(self, plaintext: bytes, context: dict[str, str]) -> str:
        if not self.key:
            raise CommandRefused("This stack has no key for secrets yet. Deploy the current release.")
        answer = self.make_kms().encrypt(KeyId=self.key, Plaintext=plaintext, EncryptionContext=context)
        return base64.b64encode(answer["CiphertextBlob"]).decode()
