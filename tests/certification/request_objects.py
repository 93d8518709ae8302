"""Request objects of relying parties: OpenID Connect Core section 6."""

import json
import time
from collections.abc import Mapping
from typing import Any

from jwcrypto.common import base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from tests.certification.relying_party import RelyingParty
from tests.support.http import Answer

OUTSIDE = ("client_id", "response_type", "scope", "redirect_uri", "state")


def request_object(rp: RelyingParty, alg: str, key: JWK | None, **changes: Any) -> str:
    """The parameters of the last request, in a request object."""
    now = int(time.time())
    times = {"iss": rp.client_id, "aud": rp.metadata["issuer"], "iat": now, "exp": now + 60}
    claims = {**rp.sent, **times, **changes}
    if alg == "none":
        return ".".join([*(_unpadded(part) for part in ({"alg": "none"}, claims)), ""])
    assert key is not None
    token = JWT(
        header={"alg": alg, **({"kid": key["kid"]} if "kid" in key else {})}, claims=claims, algs=[alg]
    )
    token.make_signed_token(key)
    return str(token.serialize())


def send_with(rp: RelyingParty, **member: str) -> Answer:
    """The last request with a request object, and outside what OpenID Connect wants there."""
    outside: Mapping[str, str] = {name: rp.sent[name] for name in OUTSIDE}
    return rp.browser.open(rp.path("authorization_endpoint"), {**outside, **member})


def _unpadded(members: Mapping[str, Any]) -> str:
    return str(base64url_encode(json.dumps(members)))
