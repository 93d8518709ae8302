"""The embedded KMS, through boto3: what it signs verifies, and what KMS refuses it refuses."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from infra.local.http_request import HttpRequest
from infra.local.kms import EmbeddedKms

MESSAGE = b"m" * 4096
DIGEST = hashlib.sha256(MESSAGE).digest()


def create_key(kms: Any, spec: str) -> str:
    metadata = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    return str(metadata["Arn"])


def public_key(kms: Any, key: str) -> Any:
    return load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])


@pytest.fixture(scope="module")
def p256(kms: Any) -> str:
    return create_key(kms, "ECC_NIST_P256")


@pytest.mark.parametrize("message_type", ["RAW", "DIGEST"])
def test_ecdsa_signature_verifies(kms: Any, p256: str, message_type: str) -> None:
    message = MESSAGE if message_type == "RAW" else DIGEST
    answer = kms.sign(KeyId=p256, Message=message, MessageType=message_type, SigningAlgorithm="ECDSA_SHA_256")
    assert answer["KeyId"] == p256
    assert answer["SigningAlgorithm"] == "ECDSA_SHA_256"
    verifier = public_key(kms, p256)
    assert isinstance(verifier, ec.EllipticCurvePublicKey)
    verifier.verify(answer["Signature"], MESSAGE, ec.ECDSA(SHA256()))


@pytest.mark.parametrize("message_type", ["RAW", "DIGEST"])
@pytest.mark.parametrize(
    ("algorithm", "scheme"),
    [
        ("RSASSA_PKCS1_V1_5_SHA_256", padding.PKCS1v15()),
        ("RSASSA_PSS_SHA_256", padding.PSS(padding.MGF1(SHA256()), 32)),
    ],
)
def test_rsa_signature_verifies(kms: Any, algorithm: str, scheme: Any, message_type: str) -> None:
    key = create_key(kms, "RSA_2048")
    message = MESSAGE if message_type == "RAW" else DIGEST
    answer = kms.sign(KeyId=key, Message=message, MessageType=message_type, SigningAlgorithm=algorithm)
    verifier = public_key(kms, key)
    assert isinstance(verifier, rsa.RSAPublicKey)
    verifier.verify(answer["Signature"], MESSAGE, scheme, SHA256())


def test_ed25519_signature_verifies_and_takes_no_digest(kms: Any) -> None:
    key = create_key(kms, "ECC_NIST_EDWARDS25519")
    answer = kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm="ED25519_SHA_512")
    verifier = public_key(kms, key)
    assert isinstance(verifier, ed25519.Ed25519PublicKey)
    verifier.verify(answer["Signature"], MESSAGE)
    with pytest.raises(kms.exceptions.ClientError, match="ValidationException"):
        kms.sign(KeyId=key, Message=DIGEST, MessageType="DIGEST", SigningAlgorithm="ED25519_SHA_512")


def test_key_sizes_are_those_asked_for(kms: Any) -> None:
    assert public_key(kms, create_key(kms, "RSA_3072")).key_size == 3072


@pytest.mark.parametrize(
    ("message", "message_type"),
    [(b"m" * 4097, "RAW"), (b"", "RAW"), (DIGEST[:-1], "DIGEST"), (MESSAGE, "DIGEST"), (MESSAGE, "OTHER")],
)
def test_message_of_wrong_size_or_type_is_refused(
    kms: Any, p256: str, message: bytes, message_type: str
) -> None:
    with pytest.raises(kms.exceptions.ClientError, match="ValidationException"):
        kms.sign(KeyId=p256, Message=message, MessageType=message_type, SigningAlgorithm="ECDSA_SHA_256")


def test_algorithm_of_another_key_spec_is_refused(kms: Any, p256: str) -> None:
    with pytest.raises(kms.exceptions.InvalidKeyUsageException):
        kms.sign(KeyId=p256, Message=MESSAGE, SigningAlgorithm="RSASSA_PSS_SHA_256")


def test_disabled_key_neither_signs_nor_shows_until_enabled(kms: Any) -> None:
    key = create_key(kms, "ECC_NIST_P256")
    kms.disable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    with pytest.raises(kms.exceptions.DisabledException):
        kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_256")
    with pytest.raises(kms.exceptions.DisabledException):
        kms.get_public_key(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm="ECDSA_SHA_256")["Signature"]


def test_a_key_is_found_by_id_arn_and_alias(kms: Any, p256: str) -> None:
    kms.create_alias(AliasName="alias/found", TargetKeyId=p256)
    key_id = p256.rpartition("/")[2]
    alias_arn = p256.rpartition(":")[0] + ":alias/found"
    for name in (key_id, p256, "alias/found", alias_arn):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] == key_id
    assert [alias["AliasName"] for alias in kms.list_aliases(KeyId=p256)["Aliases"]] == ["alias/found"]


def test_alias_is_given_once_and_begins_with_alias(kms: Any, p256: str) -> None:
    kms.create_alias(AliasName="alias/once", TargetKeyId=p256)
    with pytest.raises(kms.exceptions.AlreadyExistsException):
        kms.create_alias(AliasName="alias/once", TargetKeyId=p256)
    with pytest.raises(kms.exceptions.ClientError, match="ValidationException"):
        kms.create_alias(AliasName="once", TargetKeyId=p256)


@pytest.mark.parametrize("name", ["nobody", "alias/nobody"])
def test_unknown_key_is_not_found(kms: Any, name: str) -> None:
    with pytest.raises(kms.exceptions.NotFoundException, match=name):
        kms.get_public_key(KeyId=name)


def test_what_is_not_built_is_refused(kms: Any) -> None:
    with pytest.raises(kms.exceptions.ClientError, match="ValidationException"):
        kms.create_key(KeySpec="SYMMETRIC_DEFAULT", KeyUsage="SIGN_VERIFY")
    with pytest.raises(kms.exceptions.ClientError, match="ValidationException"):
        kms.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")
    with pytest.raises(kms.exceptions.ClientError, match="UnknownOperationException"):
        kms.list_grants(KeyId="one")


@pytest.mark.parametrize(
    ("operation", "body"), [("Sign", b"{"), ("Sign", b"[]"), ("DescribeKey", b""), ("", b"{}")]
)
def test_malformed_request_is_an_error_of_kms(operation: str, body: bytes) -> None:
    headers = (("X-Amz-Target", f"TrentService.{operation}"),)
    answer = EmbeddedKms()(HttpRequest("POST", "/", "HTTP/1.1", headers, body, "127.0.0.1"))
    assert answer.status == 400
    assert b'"__type"' in answer.body


def test_message_that_is_not_base64_is_refused() -> None:
    kms = EmbeddedKms()
    key = kms.create_key("ECC_NIST_P256")
    body = b'{"KeyId":"%s","SigningAlgorithm":"ECDSA_SHA_256","Message":"*"}' % key.key_id.encode()
    headers = (("X-Amz-Target", "TrentService.Sign"),)
    answer = kms(HttpRequest("POST", "/", "HTTP/1.1", headers, body, "127.0.0.1"))
    assert b"SerializationException" in answer.body
