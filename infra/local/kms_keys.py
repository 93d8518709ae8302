"""Keys of KMS: their specs and algorithms, done with `cryptography`, and what is kept of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from infra.local.template import ACCOUNT, REGION

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

SYMMETRIC = "SYMMETRIC_DEFAULT"
ENCRYPT_DECRYPT, KEY_AGREEMENT = "ENCRYPT_DECRYPT", "KEY_AGREEMENT"
OAEP = "RSAES_OAEP_SHA_256"
KEY_SPECS = ("ECC_NIST_P256", "ECC_NIST_EDWARDS25519", "RSA_2048", "RSA_3072", "RSA_4096", SYMMETRIC)
MAX_MESSAGE = 4096
_ED25519 = "ED25519_SHA_512"
_ECDSA = "ECDSA_SHA_256"
_RSA = {
    "RSASSA_PKCS1_V1_5_SHA_256": padding.PKCS1v15(),
    # RFC 7518 section 3.5: the salt is as long as the hash; KMS does the same.
    "RSASSA_PSS_SHA_256": padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size),
}


class KmsError(Exception):
    """An error KMS answers, by its name there."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class SigningError(Exception):
    """A message KMS would not sign; the text says why."""


def generate(key_spec: str) -> PrivateKey | bytes:
    """A new key of one of KEY_SPECS; a symmetric one is 256 bits."""
    if key_spec == SYMMETRIC:
        return AESGCM.generate_key(256)
    if key_spec == "ECC_NIST_P256":
        return ec.generate_private_key(ec.SECP256R1())
    if key_spec == "ECC_NIST_EDWARDS25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, int(key_spec.removeprefix("RSA_")))


def usages(key_spec: str) -> tuple[str, ...]:
    """What keys of a spec may be made for; the first is what they are for unless it is said."""
    if key_spec == SYMMETRIC:
        return (ENCRYPT_DECRYPT,)
    if key_spec == "ECC_NIST_P256":
        return ("SIGN_VERIFY", KEY_AGREEMENT)
    return ("SIGN_VERIFY", ENCRYPT_DECRYPT) if key_spec.startswith("RSA_") else ("SIGN_VERIFY",)


def signing_algorithms(key_spec: str) -> list[str]:
    """What keys of a spec sign with. KMS has more; these are those of JWS with SHA-256, and EdDSA."""
    if key_spec == SYMMETRIC:
        return []
    if key_spec.startswith("RSA_"):
        return list(_RSA)
    return [_ECDSA if key_spec == "ECC_NIST_P256" else _ED25519]


def signature_of(key: PrivateKey, message: bytes, *, message_type: str, algorithm: str) -> bytes:
    """The signature of a message (RAW) or of a message's SHA-256 (DIGEST), encoded as by KMS.

    `algorithm` is one of the key's signing_algorithms. Raises SigningError.
    """
    if message_type not in {"RAW", "DIGEST"}:
        raise SigningError(f"MessageType {message_type} is not supported here.")
    if not 1 <= len(message) <= MAX_MESSAGE:
        raise SigningError(f"Message must have 1 to {MAX_MESSAGE} bytes.")
    if isinstance(key, ed25519.Ed25519PrivateKey):
        if message_type != "RAW":
            raise SigningError(f"{_ED25519} signs messages of type RAW only.")
        return key.sign(message)
    if message_type == "DIGEST" and len(message) != SHA256.digest_size:
        raise SigningError(f"Digest is invalid length for algorithm {algorithm}.")
    hashing = SHA256() if message_type == "RAW" else Prehashed(SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashing))
    return key.sign(message, _RSA[algorithm], hashing)


@dataclass(slots=True)
class KeyRecord:
    """One key. `enabled` and `deletion_days` change; these are None where it is not to be deleted."""

    key_id: str
    key_spec: str
    material: PrivateKey | bytes = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: str = "{}"
    description: str = ""
    enabled: bool = True
    deletion_days: int | None = None
    usage: str = ""

    def __post_init__(self) -> None:
        self.usage = self.usage or usages(self.key_spec)[0]

    @property
    def arn(self) -> str:
        return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{self.key_id}"

    @property
    def state(self) -> str:
        if self.deletion_days is not None:
            return "PendingDeletion"
        return "Enabled" if self.enabled else "Disabled"

    def metadata(self) -> dict[str, Any]:
        """As DescribeKey and CreateKey answer it."""
        return {
            "AWSAccountId": ACCOUNT,
            "Arn": self.arn,
            "CustomerMasterKeySpec": self.key_spec,
            "Description": self.description,
            "Enabled": self.state == "Enabled",
            "KeyId": self.key_id,
            "KeyManager": "CUSTOMER",
            "KeySpec": self.key_spec,
            "KeyState": self.state,
            "KeyUsage": self.usage,
            "MultiRegion": False,
            "Origin": "AWS_KMS",
            **self.algorithms(),
        }

    def algorithms(self) -> dict[str, list[str]]:
        """What it can be used by, as KMS tells it."""
        if self.usage == KEY_AGREEMENT:
            return {"KeyAgreementAlgorithms": ["ECDH"]}
        if self.usage == ENCRYPT_DECRYPT:
            return {"EncryptionAlgorithms": [SYMMETRIC if self.key_spec == SYMMETRIC else OAEP]}
        return {"SigningAlgorithms": signing_algorithms(self.key_spec)}
