"""Request objects that are encrypted to the tenant: RFC 7516, RFC 7518 section 4, RFC 9101 section 6.1.

The private keys are in KMS, which unwraps a content encryption key, or agrees on one; what is left is
joserfc's and cryptography's, imported where the first such object comes. Whatever is wrong, one thing is said
(RFC 7516 section 11.5): who tries ciphertexts learns nothing.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.protocol.errors import InvalidRequestObject
from chalicelib.protocol.json_document import parse_json_object
from chalicelib.protocol.supported import CONTENT_ENCRYPTIONS, REQUEST_OBJECT_ENCRYPTIONS
from chalicelib.record import Record

# A signed object of 16 KB, encrypted.
MAX_CHARACTERS = 24 * 1024
MAX_HEADER_BYTES = 2_048
RSA_BYTES = 256
COORDINATE_BYTES = 32

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# What wraps the key of the content, and with how many bits; the others agree on that key itself.
_WRAPPING = {"ECDH-ES+A128KW": 128, "ECDH-ES+A256KW": 256}
# A SubjectPublicKeyInfo of P-256 as far as its point (RFC 5480).
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_HEADER_OF_PLAIN_CLAIMS = "eyJhbGciOiJub25lIn0"


class DecryptionKeys(Protocol):
    """The tenant's keys for what clients encrypt. Raises TemporarilyUnavailable."""

    def unwrap(self, encrypted_key: bytes) -> bytes | None:
        """What was encrypted by RSAES-OAEP with SHA-256, None where it was not to this key."""

    def agree(self, public_key: bytes) -> bytes | None:
        """The secret shared with a P-256 key, which is a SubjectPublicKeyInfo; None where it is none."""


class Unreadable(Exception):
    """Nothing that was encrypted to this tenant."""


class Encrypted(Record, kw_only=True):
    """A JWE taken apart (RFC 7516 section 7.1); `protected` is its header as it came."""

    header: dict[str, Any]
    protected: bytes
    encrypted_key: bytes
    iv: bytes
    ciphertext: bytes
    tag: bytes

    @property
    def alg(self) -> str:
        return str(self.header["alg"])


def is_encrypted(text: str) -> bool:
    """Whether it has the five parts of a JWE."""
    return text.count(".") == 4  # noqa: PLR2004


def decrypt_request_object(text: str, *, keys: DecryptionKeys | None) -> str:
    """The object within, signed or not; claims alone are one that is not signed. `keys` is None where the
    tenant has none. Raises InvalidRequestObject and TemporarilyUnavailable.
    """
    try:
        plaintext = _plaintext(_parse(text), keys)
        if not plaintext.startswith(b"{"):
            return plaintext.decode("ascii")
    # What cryptography and joserfc raise as well: all is the same to who sent it.
    except (Unreadable, ValueError):
        raise InvalidRequestObject(
            "The request object can not be decrypted.", reason="request_object_encryption"
        ) from None
    claims = base64.urlsafe_b64encode(plaintext).rstrip(b"=").decode()
    return f"{_HEADER_OF_PLAIN_CLAIMS}.{claims}."


def _parse(text: str) -> Encrypted:
    if len(text) > MAX_CHARACTERS or not _COMPACT.fullmatch(text):
        raise Unreadable
    first, *rest = text.split(".")
    encrypted_key, iv, ciphertext, tag = (base64.urlsafe_b64decode(part + "==") for part in rest)
    header = parse_json_object(base64.urlsafe_b64decode(first + "=="), max_bytes=MAX_HEADER_BYTES)
    # What is packed may be a thousand times as large, and an extension anything (RFC 8725 section 3.6).
    if "zip" in header or "crit" in header or str(header.get("cty", "jwt")).lower() != "jwt":
        raise Unreadable
    if header.get("alg") not in REQUEST_OBJECT_ENCRYPTIONS or header.get("enc") not in CONTENT_ENCRYPTIONS:
        raise Unreadable
    return Encrypted(
        header=header,
        protected=first.encode(),
        encrypted_key=encrypted_key,
        iv=iv,
        ciphertext=ciphertext,
        tag=tag,
    )


def _plaintext(parsed: Encrypted, keys: DecryptionKeys | None) -> bytes:
    if keys is None:
        raise Unreadable
    from joserfc.errors import JoseError  # noqa: PLC0415 - see above
    from joserfc.jwe import JWERegistry  # noqa: PLC0415

    enc = JWERegistry(algorithms=CONTENT_ENCRYPTIONS).get_enc(parsed.header["enc"])
    # Before KMS is asked anything, and as a truncated tag would be easier to guess (RFC 7518 section 5).
    if len(parsed.iv) * 8 != enc.iv_size or len(parsed.tag) != _TAG_BYTES[parsed.header["enc"]]:
        raise Unreadable
    cek = _content_key(parsed, keys, bits=enc.cek_size)
    if len(cek) * 8 != enc.cek_size:
        raise Unreadable
    try:
        return enc.decrypt(parsed.ciphertext, parsed.tag, cek, parsed.iv, parsed.protected)
    except JoseError:
        raise Unreadable from None


_TAG_BYTES = {"A128CBC-HS256": 16, "A256CBC-HS512": 32, "A128GCM": 16, "A256GCM": 16}


def _content_key(parsed: Encrypted, keys: DecryptionKeys, *, bits: int) -> bytes:
    if parsed.alg == "RSA-OAEP-256":
        if len(parsed.encrypted_key) != RSA_BYTES:
            raise Unreadable
        return _found(keys.unwrap(parsed.encrypted_key))
    return _agreed_key(parsed, keys, bits=bits)


def _agreed_key(parsed: Encrypted, keys: DecryptionKeys, *, bits: int) -> bytes:
    """RFC 7518 section 4.6: the key agreed on, or what it unwraps."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash  # noqa: PLC0415
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap  # noqa: PLC0415

    wrapping = _WRAPPING.get(parsed.alg)
    if wrapping is None and parsed.encrypted_key:
        raise Unreadable
    shared = _found(keys.agree(_ephemeral_key(parsed.header.get("epk"))))
    size = wrapping or bits
    info = b"".join(
        _with_length(part)
        for part in (
            (parsed.alg if wrapping else parsed.header["enc"]).encode(),
            _octets(parsed.header.get("apu", "")),
            _octets(parsed.header.get("apv", "")),
        )
    )
    derived = ConcatKDFHash(SHA256(), size // 8, info + size.to_bytes(4, "big")).derive(shared)
    if wrapping is None:
        return derived
    try:
        return aes_key_unwrap(derived, parsed.encrypted_key)
    except InvalidUnwrap:
        raise Unreadable from None


def _ephemeral_key(epk: Any) -> bytes:
    """The sender's public key as KMS wants it. Raises Unreadable, and ValueError for what is on another curve
    (RFC 8725 section 3.4).
    """
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey  # noqa: PLC0415

    if not isinstance(epk, Mapping) or (epk.get("kty"), epk.get("crv")) != ("EC", "P-256"):
        raise Unreadable
    point = b"".join(_octets(epk.get(name)) for name in ("x", "y"))
    if len(point) != 2 * COORDINATE_BYTES:
        raise Unreadable
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\4" + point)
    return _P256 + point


def _with_length(octets: bytes) -> bytes:
    return len(octets).to_bytes(4, "big") + octets


def _octets(value: Any) -> bytes:
    if not isinstance(value, str) or not value.isascii():
        raise Unreadable
    return base64.urlsafe_b64decode(value + "==")


def _found(value: bytes | None) -> bytes:
    if value is None:
        raise Unreadable
    return value
