"""Making and ending signing keys in KMS: for the rotation alone, on no request's path."""

from collections.abc import Iterator
from typing import Any

from chalicelib.aws.kms_calls import KeyUnusable, kms_call
from chalicelib.protocol.signing_keys import KeyType

# What roles are given keys by: the stack's name.
STACK_TAG = "keyturn:stack"
# The nonce of the Intent a key was made for. Only keys that have it can be deleted by a function.
NONCE_TAG = "keyturn:made-for"
# The longest there is: a key that is gone takes the proof of what it signed with it.
PENDING_DAYS = 30

_KEY_SPECS: dict[KeyType, str] = {
    "EC": "ECC_NIST_P256",
    "RSA": "RSA_2048",
    "OKP": "ECC_NIST_EDWARDS25519",
}
_ALREADY = {"KMSInvalidStateException", "NotFoundException"}


class KeyAdministration:
    """The keys of one stack, by its name. `like` is a key whose policy the new ones get."""

    def __init__(self, *, stack: str, like: str) -> None:
        self._stack = stack
        self._like = like

    def make(self, kty: KeyType, *, nonce: str) -> str:
        """Makes a key for an Intent; its ARN. Asked once: whether a call that was not answered made one, only
        `find` can tell. Raises TemporarilyUnavailable.
        """
        policy = kms_call("GetKeyPolicy", KeyId=self._like, PolicyName="default")["Policy"]
        answer = kms_call(
            "CreateKey",
            once=True,
            KeySpec=_KEY_SPECS[kty],
            KeyUsage="SIGN_VERIFY",
            Policy=policy,
            Description=f"Signs the tokens of {self._stack} ({kty}), made by its key rotation",
            Tags=self._tags(nonce),
        )
        return str(answer["KeyMetadata"]["Arn"])

    def find(self, nonce: str) -> list[str]:
        """The ARNs of the keys made for an Intent: all keys of the account are looked at, so this is only for
        what an earlier run left. A key of another stack may not be looked at and is none of ours.
        """
        found = []
        for key_id in self._all():
            try:
                tags = kms_call("ListResourceTags", KeyId=key_id)["Tags"]
            except KeyUnusable:
                continue
            if all(tag in tags for tag in self._tags(nonce)):
                found.append(key_id)
        return sorted(found)

    def end(self, key_id: str, *, delete: bool) -> None:
        """Disables a key, and schedules its deletion where it may be. Does nothing to what is ended already.

        Raises TemporarilyUnavailable.
        """
        _unless_already("DisableKey", KeyId=key_id)
        if delete:
            _unless_already("ScheduleKeyDeletion", KeyId=key_id, PendingWindowInDays=PENDING_DAYS)

    def _tags(self, nonce: str) -> list[dict[str, str]]:
        return [
            {"TagKey": STACK_TAG, "TagValue": self._stack},
            {"TagKey": NONCE_TAG, "TagValue": nonce},
        ]

    def _all(self) -> Iterator[str]:
        marker: dict[str, Any] = {}
        while True:
            answer = kms_call("ListKeys", Limit=1000, **marker)
            yield from (str(key["KeyArn"]) for key in answer["Keys"])
            if not answer.get("Truncated"):
                return
            marker = {"Marker": answer["NextMarker"]}


def _unless_already(operation: str, **members: Any) -> None:
    try:
        kms_call(operation, **members)
    except KeyUnusable as unusable:
        if unusable.code not in _ALREADY:
            raise
