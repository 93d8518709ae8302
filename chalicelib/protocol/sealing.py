"""Tokens of which a signature by this server's key is not all: signed with the client's secret or not at all
(OpenID Connect Core section 10.1), and encrypted to the client's key (section 10.2).

Imported where a client is registered for it.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret_jwt import DecryptedSecrets
from chalicelib.protocol.client_authentication.private_key_jwt import ClientKeys
from chalicelib.protocol.client_jwk import may_encrypt
from chalicelib.protocol.errors import InvalidRequest, TemporarilyUnavailable
from chalicelib.protocol.jws import Signer, UnsignedToken, compact, encode_json, signing_input
from chalicelib.protocol.recipient import ContentEncryption, Recipient
from chalicelib.protocol.supported import HMAC, UNSIGNED
from chalicelib.record import Record, field

# RFC 7518 section 3.2: a key for HS256 is at least as long as the hash.
HS256_BYTES = 32
MAX_KID = 256
# RFC 7517 section 4, RFC 7518 section 6: all of a JWK that makes it a public key.
_WITHOUT_KEY = (UNSIGNED, HMAC)
_PUBLIC = ("kty", "crv", "x", "y", "n", "e")


class UnfitKey(Exception):
    """A client's public key that nothing can be encrypted to."""


class Encryption(Protocol):
    """Encrypts, for which randomness is needed."""

    def encrypt(self, content: bytes, *, header: Mapping[str, str], jwk: Mapping[str, str]) -> str:
        """A JWE in compact serialization (RFC 7516 section 7.1); `alg` and `enc` are in its header. Raises
        UnfitKey.
        """


class EncryptionKey(Record):
    """What is encrypted to: the header of the JWE, with its alg and enc, and the public key of a client."""

    header: dict[str, str] = field(hash=False)
    jwk: dict[str, str] = field(hash=False)


class Sealing(Record, kw_only=True):
    """Implements the port Signer, for tokens that have a recipient and those that have none."""

    signer: Signer
    secrets: Callable[[], DecryptedSecrets]
    keys: ClientKeys
    encryption: Encryption

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        """Raises InvalidRequest where a client has no key to encrypt to, TemporarilyUnavailable where its
        keys or its secret can't be had, and what the signer raises.
        """
        # The client's keys come first: nothing is signed in vain.
        keys = [self._key_for(token.recipient) for token in tokens]
        signed = iter(self.signer.sign([token for token in tokens if token.alg not in _WITHOUT_KEY]))
        made = [
            self._without_key(token, token.recipient)
            if token.recipient is not None and token.alg in _WITHOUT_KEY
            else next(signed)
            for token in tokens
        ]
        # RFC 7519 section 5.2: `cty` says that what is encrypted is itself a JWT.
        return [
            one if key is None else self.encrypted(one.encode(), key, cty="JWT")
            for one, key in zip(made, keys, strict=True)
        ]

    def encryption_key(self, client: Client, how: ContentEncryption) -> EncryptionKey:
        """The client's key for the algorithm; the keys of a jwks_uri are read anew where none of them fits.
        Raises as `sign` does.
        """
        alg = how.alg
        jwk = _fit(self.keys.jwks(client), alg) or _fit(self.keys.refetched_jwks(client), alg)
        if jwk is None:
            raise _no_key()
        kid = jwk.get("kid")
        named = {"kid": kid} if isinstance(kid, str) and len(kid) <= MAX_KID else {}
        return EncryptionKey(
            {"alg": alg, "enc": how.enc, **named}, {name: jwk[name] for name in _PUBLIC if name in jwk}
        )

    def encrypted(self, content: bytes, key: EncryptionKey, **header: str) -> str:
        """Raises InvalidRequest where the key can't be encrypted to."""
        try:
            return self.encryption.encrypt(content, header={**key.header, **header}, jwk=key.jwk)
        except UnfitKey:
            raise _no_key() from None

    def encrypted_claims(self, claims: Mapping[str, Any], client: Client, how: ContentEncryption) -> str:
        """Claims that nobody signs (section 5.3.2): what is encrypted is JSON. Raises as `sign` does."""
        return self.encrypted(encode_json(claims), self.encryption_key(client, how))

    def _key_for(self, recipient: Recipient | None) -> EncryptionKey | None:
        if recipient is None or recipient.encryption is None:
            return None
        return self.encryption_key(recipient.client, recipient.encryption)

    def _without_key(self, token: UnsignedToken, recipient: Recipient) -> str:
        """A token that takes none of this server's keys: `none`, or HS256 with the client's secret of now."""
        signed = signing_input(token, kid=None)
        if token.alg == UNSIGNED:
            return compact(signed, b"")
        secret = self._secret(recipient.client, now=token.claims["iat"])
        return compact(signed, hmac.digest(secret, signed, "sha256"))

    def _secret(self, client: Client, *, now: int) -> bytes:
        ciphertexts = client.secret_ciphertexts(now=now)
        secret = self.secrets().decrypt(client.client_id, ciphertexts[0]) if ciphertexts else None
        if secret is None or len(secret.encode()) < HS256_BYTES:
            raise TemporarilyUnavailable(
                "The client's secret can't be used. Register another.",
                reason="client_secret_unreadable",
                facts={"client_id": client.client_id},
            )
        return secret.encode()


def _no_key() -> InvalidRequest:
    return InvalidRequest(
        "The client has no key that could be encrypted to as it is registered.", reason="client_key_missing"
    )


def _fit(jwks: Sequence[Any], alg: str) -> dict[str, Any] | None:
    """The key to encrypt to by `alg`: one that says it is for encryption goes before others (RFC 7517 section
    4.2), and among these the first.
    """
    fit = [jwk for jwk in jwks if may_encrypt(jwk, alg)]
    return next((jwk for jwk in fit if jwk.get("use") == "enc"), fit[0] if fit else None)
