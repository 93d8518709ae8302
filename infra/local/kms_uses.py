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
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from infra.local.kms_keys import (
    ENCRYPT_DECRYPT,
    KEY_AGREEMENT,
    MAX_MESSAGE,
    OAEP,
    SYMMETRIC,
    KeyRecord,
    KmsError,
    PrivateKey,
    SigningError,
    signature_of,
    signing_algorithms,
)

_NONCE_BYTES = 12
_OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)

Request = Mapping[str, Any]


def public_key(record: KeyRecord) -> dict[str, Any]:
    """GetPublicKey."""
    key = _pair(record, "UnsupportedOperationException").public_key()
    return {
        "KeyId": record.arn,
        "KeySpec": record.key_spec,
        "CustomerMasterKeySpec": record.key_spec,
        "KeyUsage": record.usage,
        "PublicKey": _text(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        **record.algorithms(),
    }


def sign(record: KeyRecord, request: Request) -> dict[str, Any]:
    """Sign."""
    key = _pair(record, "InvalidKeyUsageException", "SIGN_VERIFY")
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
    """Decrypt; `find` is how a key is found. A ciphertext of an RSA key does not tell of which it is."""
    if request.get("EncryptionAlgorithm", SYMMETRIC) != SYMMETRIC:
        return _decrypt_by_rsa(find({"KeyId": request.get("KeyId")}), request)
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


def _decrypt_by_rsa(record: KeyRecord, request: Request) -> dict[str, Any]:
    key = _pair(record, "InvalidKeyUsageException", ENCRYPT_DECRYPT)
    algorithm = str(request["EncryptionAlgorithm"])
    if algorithm != OAEP or not isinstance(key, rsa.RSAPrivateKey) or request.get("EncryptionContext"):
        raise KmsError("InvalidKeyUsageException", f"{record.arn} does not decrypt by {algorithm} here.")
    try:
        plaintext = key.decrypt(_octets(request, "CiphertextBlob"), _OAEP)
    except ValueError:
        raise KmsError("InvalidCiphertextException", "") from None
    return {"KeyId": record.arn, "Plaintext": _text(plaintext), "EncryptionAlgorithm": algorithm}


def derive_shared_secret(record: KeyRecord, request: Request) -> dict[str, Any]:
    """DeriveSharedSecret."""
    key = _pair(record, "InvalidKeyUsageException", KEY_AGREEMENT)
    try:
        other = load_der_public_key(_octets(request, "PublicKey"))
    except ValueError:
        raise KmsError("ValidationException", "PublicKey is no public key.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(other, ec.EllipticCurvePublicKey):
        raise KmsError("ValidationException", "PublicKey is of another curve.")
    if request.get("KeyAgreementAlgorithm") != "ECDH" or other.curve.name != key.curve.name:
        raise KmsError("ValidationException", "PublicKey is of another curve.")
    return {
        "KeyId": record.arn,
        "SharedSecret": _text(key.exchange(ec.ECDH(), other)),
        "KeyAgreementAlgorithm": "ECDH",
    }


def _pair(record: KeyRecord, otherwise: str, usage: str | None = None) -> PrivateKey:
    if isinstance(record.material, bytes) or usage not in {None, record.usage}:
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
