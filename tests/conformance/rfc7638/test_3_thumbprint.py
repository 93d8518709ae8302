"""RFC 7638: a key's kid is its thumbprint, so that nobody has to give keys names."""

import base64
import hashlib
import json

from chalicelib.protocol.jwk import thumbprint
from tests.support.http import Caller
from tests.support.traceability import spec

# Section 3.2: the members that count.
REQUIRED = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}


@spec("RFC7638-3")
def test_each_published_kid_is_the_keys_thumbprint(caller: Caller) -> None:
    for key in caller.get("/jwks").json["keys"]:
        text = json.dumps({name: key[name] for name in sorted(REQUIRED[key["kty"]])}, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        assert key["kid"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@spec("RFC7638-3.1")
def test_the_specifications_own_key_has_the_specifications_thumbprint() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = {"kty": "RSA", "n": modulus, "e": "AQAB"}
    assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
