"""What the embedded KMS encrypts comes out again for the same key and context, and for no other."""

from typing import Any

import pytest

CONTEXT = {"purpose": "client_secret", "client_id": "one"}


@pytest.fixture(scope="module")
def key(kms: Any) -> str:
    metadata = kms.create_key()["KeyMetadata"]
    assert (metadata["KeySpec"], metadata["KeyUsage"]) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    assert metadata["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"]
    return str(metadata["Arn"])


def encrypted(kms: Any, key: str) -> bytes:
    answer = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=CONTEXT)
    assert answer["KeyId"] == key
    return bytes(answer["CiphertextBlob"])


def test_what_was_encrypted_is_decrypted_with_or_without_the_keys_name(kms: Any, key: str) -> None:
    blob = encrypted(kms, key)
    assert b"secret" not in blob
    assert blob != encrypted(kms, key)
    turned = dict(reversed(CONTEXT.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"secret"
    assert kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext=CONTEXT)["KeyId"] == key


@pytest.mark.parametrize("context", [{}, {"purpose": "client_secret"}, {**CONTEXT, "client_id": "two"}])
def test_another_context_is_refused(kms: Any, key: str, context: dict[str, str]) -> None:
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(KeyId=key, CiphertextBlob=encrypted(kms, key), EncryptionContext=context)


def test_another_keys_ciphertext_and_a_damaged_one_are_refused(kms: Any, key: str) -> None:
    blob = encrypted(kms, key)
    other = kms.create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(kms.exceptions.IncorrectKeyException):
        kms.decrypt(KeyId=other, CiphertextBlob=blob, EncryptionContext=CONTEXT)
    for damaged in (blob[:-1], blob[:-1] + b"\0", b"secret", blob.partition(b"\0")[0] + b"\0"):
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            kms.decrypt(KeyId=key, CiphertextBlob=damaged, EncryptionContext=CONTEXT)


def test_a_key_that_encrypts_does_not_sign_and_one_that_signs_does_not_encrypt(kms: Any, key: str) -> None:
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.sign(KeyId=key, Message=b"a", SigningAlgorithm="ECDSA_SHA_256")
    with pytest.raises(kms.exceptions.UnsupportedOperationException):
        kms.get_public_key(KeyId=key)
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.encrypt(KeyId=signing, Plaintext=b"secret")


@pytest.mark.parametrize("plaintext", [b"", b"s" * 4097])
def test_a_plaintext_of_wrong_size_is_refused(kms: Any, key: str, plaintext: bytes) -> None:
    # botocore itself refuses the first.
    with pytest.raises(Exception, match=r"(?i)validation"):
        kms.encrypt(KeyId=key, Plaintext=plaintext)


def test_a_disabled_key_decrypts_nothing(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["Arn"]
    blob = encrypted(kms, key)
    kms.disable_key(KeyId=key)
    with pytest.raises(kms.exceptions.DisabledException):
        kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext=CONTEXT)
    with pytest.raises(kms.exceptions.DisabledException):
        encrypted(kms, key)
