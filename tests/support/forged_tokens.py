"""The forgeries every place that takes one of our tokens has to refuse, by the words of the attack."""

import base64
import json
from collections.abc import Callable
from typing import Any

from tests.support import forgery
from tests.support.client_app import unverified
from tests.support.http import Caller


def with_header(token: str, **members: Any) -> str:
    """The token with other header members and its old signature."""
    header, _ = unverified(token)
    text = json.dumps({**header, **members}).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode() + "." + token.partition(".")[2]


FORGED: dict[str, Callable[[Caller, str], str]] = {
    "garbage": lambda _caller, _token: "garbage",
    "two dots": lambda _caller, _token: "..",
    "a header that is no JSON": lambda _caller, token: "e30x." + token.partition(".")[2],
    "a kid that is no string": lambda _caller, token: with_header(token, kid=["a"]),
    "cut": lambda _caller, token: token[:-2],
    "without its signature": lambda _caller, token: token.rpartition(".")[0] + ".",
    "tampered with": lambda _caller, token: forgery.tamper(token, acr="high"),
    "unsigned, alg none": lambda _caller, token: forgery.unsign(token),
    "unsigned, alg None": lambda _caller, token: with_header(forgery.unsign(token), alg="None"),
    "HS256 with our public key as its secret": forgery.confuse,
    "signed by a stranger under our kid": lambda _caller, token: forgery.sign_as_stranger(token),
    "signed by a stranger under another kid": lambda _caller, token: forgery.sign_as_stranger(token, kid="x"),
    "signed by a stranger whose jku it names": lambda _caller, token: forgery.sign_as_stranger(
        token, kid="x", jku="https://evil.example/jwks"
    ),
    "under the kid of our other key": lambda caller, token: with_header(
        token,
        kid=forgery.server_key(caller, "RS256" if unverified(token)[0]["alg"] == "ES256" else "ES256")["kid"],
    ),
    "an alg the key does not serve": lambda _caller, token: with_header(token, alg="ES384"),
    "of another issuer": lambda caller, token: forgery.resign_as_server(
        caller, token, iss="https://other.example"
    ),
    "of no type": lambda caller, token: forgery.sign_as_server(caller, unverified(token)[1], typ=None),
    "of an invented type": lambda caller, token: forgery.sign_as_server(
        caller, unverified(token)[1], typ="x"
    ),
}
