"""What the embedded KMS does with keys that others encrypt to: it unwraps, it agrees, and nothing else."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

OAEP = "RSAES_OAEP_SHA_256"


@pytest.fixture(scope="module")
def wrapping(kms: Any) -> str:
    return str(kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def agreeing(kms: Any) -> str:
    return str(kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["Arn"])


def wrapped(kms: Any, key: str, hashing: Any) -> bytes:
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    assert isinstance(public, rsa.RSAPublicKey)
    return public.encrypt(b"a key", padding.OAEP(padding.MGF1(hashing), hashing, None))


def test_what_was_wrapped_by_oaep_is_unwrapped(kms: Any, wrapping: str) -> None:
    answer = kms.get_public_key(KeyId=wrapping)
    assert (answer["KeyUsage"], answer["EncryptionAlgorithms"]) == ("ENCRYPT_DECRYPT", [OAEP])
    blob = wrapped(kms, wrapping, SHA256())
    assert kms.decrypt(KeyId=wrapping, CiphertextBlob=blob, EncryptionAlgorithm=OAEP)["Plaintext"] == b"a key"


def test_another_hash_or_damage_is_refused(kms: Any, wrapping: str) -> None:
    good = wrapped(kms, wrapping, SHA256())
    for blob in (wrapped(kms, wrapping, SHA1()), good[:-1], bytes(256)):  # noqa: S303 - refused
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            kms.decrypt(KeyId=wrapping, CiphertextBlob=blob, EncryptionAlgorithm=OAEP)


def test_two_agree_on_a_secret(kms: Any, agreeing: str) -> None:
    answer = kms.get_public_key(KeyId=agreeing)
    assert (answer["KeyUsage"], answer["KeyAgreementAlgorithms"]) == ("KEY_AGREEMENT", ["ECDH"])
    theirs = load_der_public_key(answer["PublicKey"])
    assert isinstance(theirs, ec.EllipticCurvePublicKey)
    own = ec.generate_private_key(ec.SECP256R1())
    agreed = kms.derive_shared_secret(
        KeyId=agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=der(own.public_key())
    )
    assert agreed["SharedSecret"] == own.exchange(ec.ECDH(), theirs)


def test_a_key_of_another_curve_or_none_is_refused(kms: Any, agreeing: str) -> None:
    others = [
        der(ec.generate_private_key(ec.SECP384R1()).public_key()),
        der(rsa.generate_private_key(65537, 2048).public_key()),
        b"no key at all",
    ]
    for other in others:
        with pytest.raises(ClientError, match="ValidationException"):
            kms.derive_shared_secret(KeyId=agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=other)


def test_a_key_is_for_one_use(kms: Any, wrapping: str, agreeing: str) -> None:
    for key, algorithm in ((wrapping, "RSASSA_PKCS1_V1_5_SHA_256"), (agreeing, "ECDSA_SHA_256")):
        with pytest.raises(kms.exceptions.InvalidKeyUsageException):
            kms.sign(KeyId=key, Message=b"a", SigningAlgorithm=algorithm)
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.decrypt(KeyId=agreeing, CiphertextBlob=b"a", EncryptionAlgorithm=OAEP)
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.decrypt(KeyId=wrapping, CiphertextBlob=b"a", EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.derive_shared_secret(KeyId=signing, KeyAgreementAlgorithm="ECDH", PublicKey=b"a")


def der(public: Any) -> bytes:
    octets: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return octets
