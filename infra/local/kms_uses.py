"""What keys of the embedded KMS are used for; each answers as KMS does, and raises KmsError.

What a key encrypts is AES-256 in GCM, bound to an encryption context (AWS KMS, "Encryption context"), and
names its key, so that Decrypt need not be told which. Its form is KMS's own affair, and ours here.
"""

import base64
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.local.kms_keys import (
    MAX_MESSAGE,
    SYMMETRIC,
    KeyRecord,
    KmsError,
    PrivateKey,
    SigningError,
    signature_of,
    signing_algorithms,
)

_NONCE_BYTES = 12

Request = Mapping[str, Any]


def public_key(record: KeyRecord) -> dict[str, Any]:
    """GetPublicKey."""
    key = _signing_key(record, "UnsupportedOperationException").public_key()
    return {
        "KeyId": record.arn,
        "KeySpec": record.key_spec,
        "CustomerMasterKeySpec": record.key_spec,
        "KeyUsage": record.usage,
        "PublicKey": _text(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        "SigningAlgorithms": signing_algorithms(record.key_spec),
    }


def sign(record: KeyRecord, request: Request) -> dict[str, Any]:
    """Sign."""
    key = _signing_key(record, "InvalidKeyUsageException")
    algorithm = str(request.get("SigningAlgorithm", ""))
    if algorithm not in signing_algorithms(record.key_spec):
        name = "InvalidKeyUsageException" if algorithm else "ValidationException"
        raise KmsError(name, f"{algorithm} is incompatible with key spec {record.key_spec}.")
    message, message_type = _octets(request, "Message"), str(request.get("MessageType", "RAW"))
    try:
        signature = signature_of(key, message, message_type=message_type, algorithm=algorithm)
    except SigningError as error:
        raise KmsError("ValidationException", str(error)) from None
    return {"KeyId": record.arn, "Signature": _text(signature), "SigningAlgorithm": algorithm}


def encrypt(record: KeyRecord, request: Request) -> dict[str, Any]:
    """Encrypt."""
    plaintext = _octets(request, "Plaintext")
    if not 1 <= len(plaintext) <= MAX_MESSAGE:
        raise KmsError("ValidationException", f"Plaintext must have 1 to {MAX_MESSAGE} bytes.")
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(record).encrypt(nonce, plaintext, _context(request))
    blob = _text(record.key_id.encode() + b"\0" + nonce + sealed)
    return {"KeyId": record.arn, "CiphertextBlob": blob, "EncryptionAlgorithm": SYMMETRIC}


def decrypt(find: Callable[[dict[str, Any]], KeyRecord], request: Request) -> dict[str, Any]:
    """Decrypt; `find` is how a key is found."""
    made_by, _, sealed = _octets(request, "CiphertextBlob").partition(b"\0")
    named = find({"KeyId": request["KeyId"]}) if "KeyId" in request else None
    if not made_by or not made_by.isascii() or not sealed:
        raise KmsError("InvalidCiphertextException", "")
    if named is not None and named.key_id != made_by.decode():
        raise KmsError("IncorrectKeyException", "The ciphertext is of another key.")
    record = find({"KeyId": made_by.decode()})
    try:
        plaintext = _cipher(record).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _context(request))
    except (InvalidTag, ValueError):
        raise KmsError("InvalidCiphertextException", "") from None
    return {"KeyId": record.arn, "Plaintext": _text(plaintext), "EncryptionAlgorithm": SYMMETRIC}


def _signing_key(record: KeyRecord, otherwise: str) -> PrivateKey:
    if isinstance(record.material, bytes):
        raise KmsError(otherwise, f"{record.arn} key usage is {record.usage}.")
    return record.material


def _cipher(record: KeyRecord) -> AESGCM:
    if not isinstance(record.material, bytes):
        raise KmsError("InvalidKeyUsageException", f"{record.arn} key usage is {record.usage}.")
    return AESGCM(record.material)


def _context(request: Request) -> bytes:
    # The order of its members does not matter, the case of their letters does.
    return json.dumps(request.get("EncryptionContext") or {}, sort_keys=True).encode()


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(request: Request, name: str) -> bytes:
    try:
        return base64.b64decode(str(request.get(name, "")), validate=True)
    except ValueError:
        raise KmsError("SerializationException", f"{name} is not base64.") from None
