"""The operations of KMS, through calls.py."""

import base64
from collections.abc import Mapping
from typing import Any

from chalicelib.aws.calls import call, call_once, no_answer
from chalicelib.aws.connections import kms
from chalicelib.aws.refusal import Refusal


class KeyUnusable(Exception):
    """KMS does not use this key, or not for this caller; `code` is its error's name. It may be disabled,
    about to be deleted, or so new that its tags do not give access yet.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def forbidden(self) -> bool:
        """Whether it is the caller that may not; minutes later it may, where the key is new."""
        return self.code == "AccessDeniedException"


_UNUSABLE = {"AccessDeniedException", "DisabledException", "KMSInvalidStateException", "NotFoundException"}


def kms_sign(key_id: str, message: bytes, *, message_type: str, signing_algorithm: str) -> bytes:
    """The signature of a message (RAW) or of its digest (DIGEST), as KMS encodes it. Raises KeyUnusable."""
    answer = kms_call(
        "Sign",
        KeyId=key_id,
        Message=base64.b64encode(message).decode(),
        MessageType=message_type,
        SigningAlgorithm=signing_algorithm,
    )
    return bytes_of(answer, "Signature")


def kms_get_public_key(key_id: str) -> bytes:
    """The public key, DER of a SubjectPublicKeyInfo. Raises KeyUnusable."""
    return bytes_of(kms_call("GetPublicKey", KeyId=key_id), "PublicKey")


def kms_call(operation: str, *, once: bool = False, **members: Any) -> dict[str, Any]:
    """Any operation of KMS; `once` where a second attempt could do it twice. Raises KeyUnusable,
    TemporarilyUnavailable.
    """
    try:
        return (call_once if once else call)(kms(), operation, **members)
    except Refusal as refusal:
        if refusal.code in _UNUSABLE:
            raise KeyUnusable(refusal.code) from refusal
        raise


def bytes_of(answer: Mapping[str, Any], name: str) -> bytes:
    """A member of an answer that is bytes. Raises TemporarilyUnavailable where it is not there."""
    # KMS sends no checksum: what it is asked for must at least be there.
    try:
        return base64.b64decode(answer[name], validate=True)
    except (KeyError, TypeError, ValueError):
        raise no_answer() from None
