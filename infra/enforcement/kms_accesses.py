"""What a request to KMS touches: one key, named by its id, its ARN or an alias; or one that is made.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Key Management Service".
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.resources import Key
from infra.local.template import ACCOUNT, REGION

# A key that was made since, by its id; None for one there is not.
FindKey = Callable[[str], Key | None]

_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:"
_OF_ONE_KEY = {
    "CancelKeyDeletion",
    "Decrypt",
    "DeriveSharedSecret",
    "DescribeKey",
    "DisableKey",
    "EnableKey",
    "Encrypt",
    "GenerateMac",
    "GetKeyPolicy",
    "GetPublicKey",
    "ListResourceTags",
    "ScheduleKeyDeletion",
    "Sign",
    "TagResource",
    "Verify",
    "VerifyMac",
}
# What a CreateKey may have; with any other member it would be more than is told here.
_CREATE_KEY = {"Description", "KeySpec", "KeyUsage", "Policy", "Tags"}


class KmsAccesses:
    """Reads requests against a template's keys, and those made since."""

    def __init__(self, keys: Iterable[Key], find: FindKey) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._aliases = {alias: key for key in self._keys.values() for alias in key.aliases}
        self._find = find

    def __call__(self, operation: str, body: Mapping[str, Any]) -> list[Access]:
        """What the operation touches. Raises UnknownAccessError for what cannot be told."""
        if operation == "CreateKey":
            return _creation(body)
        if operation == "ListKeys":
            return [Access("kms:ListKeys", "*")]
        if operation not in _OF_ONE_KEY:
            raise UnknownAccessError(f"what {operation} touches")
        name = body.get("KeyId")
        plain = name.removeprefix(_ARN) if isinstance(name, str) else ""
        key_id = plain.removeprefix("key/")
        key = self._aliases.get(plain) or self._keys.get(key_id) or self._find(key_id)
        if key is None:
            raise UnknownAccessError("a key of this name")
        context: dict[str, tuple[str, ...]] = {
            "kms:KeySpec": (key.key_spec,),
            "kms:KeyUsage": (key.key_usage,),
        }
        context |= {f"aws:ResourceTag/{tag}": (value,) for tag, value in key.tags.items()}
        if key.aliases:
            context["kms:ResourceAliases"] = key.aliases
        if plain in self._aliases:
            context["kms:RequestAlias"] = (plain,)
        if operation == "TagResource":
            context |= _requested_tags(body)
        context |= _of_use(operation, body)
        return [Access(f"kms:{operation}", key_arn(key), context)]


def _of_use(operation: str, body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What a use of a key says of itself."""
    match operation:
        case "Sign" | "Verify":
            return {
                "kms:MessageType": (str(body.get("MessageType", "RAW")),),
                "kms:SigningAlgorithm": (str(body.get("SigningAlgorithm", "")),),
            }
        case "Decrypt" | "Encrypt":
            algorithm = str(body.get("EncryptionAlgorithm", "SYMMETRIC_DEFAULT"))
            return {**_encryption_context(body), "kms:EncryptionAlgorithm": (algorithm,)}
        case "DeriveSharedSecret":
            return {"kms:KeyAgreementAlgorithm": (str(body.get("KeyAgreementAlgorithm", "")),)}
        case _:
            return {}


def _encryption_context(body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    given = body.get("EncryptionContext", {})
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise UnknownAccessError("an encryption context of this shape")
    context: dict[str, tuple[str, ...]] = {
        f"kms:EncryptionContext:{name}": (value,) for name, value in given.items()
    }
    return context | {"kms:EncryptionContextKeys": tuple(given)} if given else context


def _creation(body: Mapping[str, Any]) -> list[Access]:
    """Making a key, and tagging it where it is given tags: that is a permission of its own."""
    if set(body) - _CREATE_KEY:
        raise UnknownAccessError("a CreateKey of this shape")
    requested = _requested_tags(body)
    made = {
        "kms:KeySpec": (str(body.get("KeySpec", "SYMMETRIC_DEFAULT")),),
        "kms:KeyUsage": (str(body.get("KeyUsage", "ENCRYPT_DECRYPT")),),
    }
    accesses = [Access("kms:CreateKey", "*", {**made, **requested})]
    return [*accesses, Access("kms:TagResource", "*", requested)] if requested else accesses


def _requested_tags(body: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    try:
        tags = {str(tag["TagKey"]): str(tag["TagValue"]) for tag in body.get("Tags", [])}
    except (KeyError, TypeError):
        raise UnknownAccessError("tags of this shape") from None
    requested: dict[str, tuple[str, ...]] = {f"aws:RequestTag/{tag}": (text,) for tag, text in tags.items()}
    return requested | {"aws:TagKeys": tuple(tags)} if tags else {}


def key_arn(key: Key) -> str:
    """A key's ARN, by which policies name it."""
    return f"{_ARN}key/{key.key_id}"
