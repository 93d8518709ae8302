"""Proofs of possession at a resource server: RFC 9449 sections 4.3 and 7."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import jwt

from keyturn_resource_server.replays import Replays

PROOF_ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")
LIFETIME_SECONDS = 60
AHEAD_SECONDS = 10
MAX_PROOF = 8 * 1024
_PORTS = {"http": 80, "https": 443}
# RFC 7638 section 3.2: what a thumbprint is made of.
_REQUIRED_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}


class InvalidProofError(Exception):
    """A proof that does not hold; says why, in words a client may see."""


class ProofVerifier:
    """Verifies the proof that comes with a token. `replays` keeps it from being used twice; `clock` is
    seconds since 1970.
    """

    def __init__(self, replays: Replays, *, clock: Callable[[], float] = time.time) -> None:
        self._replays = replays
        self._clock = clock

    def verify(self, proof: str, *, method: str, url: str, token: str) -> str:
        """The thumbprint (RFC 7638) of the key whose possession is proved. Raises InvalidProofError."""
        if len(proof) > MAX_PROOF:
            raise InvalidProofError("The DPoP proof is too long.")
        try:
            header = jwt.get_unverified_header(proof)
            claims, thumbprint = _verify_signature(proof, header)
        except (jwt.InvalidTokenError, jwt.PyJWKError, jwt.InvalidKeyError) as error:
            raise InvalidProofError("The DPoP proof's signature does not hold.") from error
        self._check_time(claims)
        if claims.get("htm") != method:
            raise InvalidProofError("The DPoP proof is for another method.")
        if not isinstance(claims.get("htu"), str) or _normalized(claims["htu"]) != _normalized(url):
            raise InvalidProofError("The DPoP proof is for another URL.")
        if claims.get("ath") != base64url(hashlib.sha256(token.encode()).digest()):
            raise InvalidProofError("The DPoP proof is for another token.")
        # The last check, so that a proof that fails another one is not used up.
        jti = hashlib.sha256(f"{thumbprint}.{claims['jti']}".encode()).hexdigest()
        if not self._replays.first_use(jti, until=claims["iat"] + LIFETIME_SECONDS + AHEAD_SECONDS):
            raise InvalidProofError("The DPoP proof was used before.")
        return thumbprint

    def _check_time(self, claims: Mapping[str, Any]) -> None:
        issued = claims.get("iat")
        if not isinstance(issued, int) or not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise InvalidProofError("The DPoP proof needs iat and jti.")
        if not -AHEAD_SECONDS <= int(self._clock()) - issued <= LIFETIME_SECONDS:
            raise InvalidProofError("The DPoP proof is not of this minute.")


def _verify_signature(proof: str, header: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    if header.get("typ") != "dpop+jwt":
        raise InvalidProofError("The DPoP proof is of another type.")
    algorithm: Any = header.get("alg")
    jwk: Any = header.get("jwk")
    if algorithm not in PROOF_ALGORITHMS:
        raise InvalidProofError("The DPoP proof is signed with an algorithm that is not accepted.")
    # The key's own members alone: none that is private, and no symmetric key.
    match jwk:
        case {"kty": str(key_type)} if key_type in _REQUIRED_MEMBERS and "d" not in jwk:
            members = {name: jwk.get(name) for name in _REQUIRED_MEMBERS[key_type]}
        case _:
            raise InvalidProofError("The DPoP proof needs a public key.")
    claims: dict[str, Any] = jwt.decode(
        proof,
        jwt.PyJWK(members, algorithm=algorithm),
        algorithms=[algorithm],
        options={"verify_iat": False, "verify_aud": False, "verify_exp": False, "verify_nbf": False},
    )
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return claims, base64url(hashlib.sha256(canonical.encode()).digest())


def _normalized(url: str) -> tuple[str, str, int | None, str] | None:
    """RFC 9449 section 4.3: without query and fragment; scheme, host and default port as RFC 3986 section
    6.2.2 has them. The path is compared decoded, as API Gateway tells it so.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", port, unquote(parts.path) or "/"


def base64url(data: bytes) -> str:
    """RFC 7515 section 2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
