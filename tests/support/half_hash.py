"""The left half of a hash, as OpenID Connect Core sections 3.1.3.6 and 3.3.2.11 have it, made anew."""

import base64
import hashlib


def half_hash(text: str, alg: str) -> str:
    """`alg` is that of the ID token the hash stands in."""
    name = "sha512" if alg in {"EdDSA", "Ed25519"} else f"sha{alg[2:]}"
    digest = hashlib.new(name, text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
