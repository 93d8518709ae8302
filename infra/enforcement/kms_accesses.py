"""What a request to KMS touches: one key, named by its id, its ARN or an alias.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Key Management Service".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.resources import Key
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:"
_OF_ONE_KEY = {
    "CancelKeyDeletion",
    "Decrypt",
    "DescribeKey",
    "DisableKey",
    "EnableKey",
    "Encrypt",
    "GenerateMac",
    "GetPublicKey",
    "ScheduleKeyDeletion",
    "Sign",
    "Verify",
    "VerifyMac",
}


class KmsAccesses:
    """Reads requests against a template's keys."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._aliases = {alias: key for key in self._keys.values() for alias in key.aliases}

    def __call__(self, operation: str, body: Mapping[str, Any]) -> list[Access]:
        """What the operation touches. Raises UnknownAccessError for what cannot be told."""
        if operation not in _OF_ONE_KEY:
            raise UnknownAccessError(f"what {operation} touches")
        name = body.get("KeyId")
        plain = name.removeprefix(_ARN) if isinstance(name, str) else ""
        key = self._aliases.get(plain) or self._keys.get(plain.removeprefix("key/"))
        if key is None:
            raise UnknownAccessError("a key of this name")
        context = {"kms:KeySpec": (key.key_spec,), "kms:KeyUsage": (key.key_usage,)}
        if plain in self._aliases:
            context["kms:RequestAlias"] = (plain,)
        if operation in {"Sign", "Verify"}:
            context["kms:MessageType"] = (str(body.get("MessageType", "RAW")),)
            context["kms:SigningAlgorithm"] = (str(body.get("SigningAlgorithm", "")),)
        return [Access(f"kms:{operation}", key_arn(key), context)]


def key_arn(key: Key) -> str:
    """A key's ARN, by which policies name it."""
    return f"{_ARN}key/{key.key_id}"
