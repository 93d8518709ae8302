"""Authorization requests in a JWT: OpenID Connect Core section 6, RFC 9101.

What a client signed is verified (request_object_signature.py), what it says of itself is checked, and its
members become the request's parameters, as if they had come as such. Whose word counts:

    the request                                            parameters outside the object
    -----------------------------------------------------  ------------------------------------
    names openid outside, and no type (OIDC Core 6.1)      count where the object has none
    anything else (RFC 9101 section 6.3)                   do not count, but for client_id
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from chalicelib.protocol.authorization_request import PARAMETERS
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_authentication.client_secret_jwt import DecryptedSecrets
from chalicelib.protocol.client_authentication.private_key_jwt import ClientKeys
from chalicelib.protocol.errors import InvalidRequest, InvalidRequestObject
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.request_object_encryption import (
    DecryptionKeys,
    decrypt_request_object,
    is_encrypted,
)
from chalicelib.protocol.request_object_signature import TYPED, parse_request_object, verify_request_object
from chalicelib.protocol.request_uri import ReferencedObjects
from chalicelib.record import Record

# Seconds a client's clock may be ahead of ours.
MAX_AHEAD = 30
_BY_VALUE, _BY_REFERENCE = "request", "request_uri"
_MAX_TIME = 1e12
_SEVERAL = frozenset({"resource"})


class RequestObjects(Record, kw_only=True):
    """What reading request objects needs."""

    issuer: str
    keys: ClientKeys
    secrets: Callable[[], DecryptedSecrets]
    references: ReferencedObjects
    decryption: DecryptionKeys | None

    def resolve(self, parameters: Parameters, *, client: Client, now: int) -> Parameters:
        """The parameters that count, of a request that has an object.

        Raises InvalidRequestObject, InvalidRequestUri, InvalidRequest and TemporarilyUnavailable.
        """
        text, request_uri = parameters.get(_BY_VALUE), parameters.get(_BY_REFERENCE)
        if request_uri is not None:
            if text is not None:
                raise InvalidRequest(
                    "There is a request and a request_uri.", reason="request_and_request_uri"
                )
            text = self.references.get(request_uri, client=client)
        text = text or ""
        if is_encrypted(text):
            text = decrypt_request_object(text, keys=self.decryption)
        parsed = parse_request_object(text)
        verify_request_object(parsed, client, keys=self.keys, secrets=self.secrets, now=now)
        reason = why_refused(parsed.claims, client=client, issuer=self.issuer, now=now)
        if reason is not None:
            raise InvalidRequestObject("The request object is not valid.", reason=reason)
        inside = parameters_of(parsed.claims)
        openid = "openid" in (parameters.get("scope") or "").split()
        if parsed.typ == TYPED or not openid:
            outside: dict[str, tuple[str, ...]] = {}
        else:
            outside = parameters.select(PARAMETERS)
            check_response_type_agrees(parameters, inside)
        return Parameters({**outside, **inside, "client_id": (client.client_id,)})


def why_refused(claims: Mapping[str, Any], *, client: Client, issuer: str, now: int) -> Reason | None:
    """RFC 9101 sections 4 and 6.3, OpenID Connect Core section 6.1, one line a rule: what it need not say
    must be true where it is said.
    """
    if {_BY_VALUE, _BY_REFERENCE} & claims.keys():
        return "request_object_nested"
    if claims.get("client_id", client.client_id) != client.client_id:
        return "request_object_mismatch"
    if claims.get("iss", client.client_id) != client.client_id:
        return "request_object_issuer"
    # RFC 9101 section 10.8: what a client authenticates with is signed by the same keys.
    if claims.get("sub") == client.client_id:
        return "request_object_is_assertion"
    aud = claims.get("aud", issuer)
    if issuer not in (aud if isinstance(aud, list) else [aud]):
        return "request_object_audience"
    if "exp" in claims and not (_is_time(claims["exp"]) and claims["exp"] > now):
        return "request_object_expired"
    for name in ("nbf", "iat"):
        if name in claims and not (_is_time(claims[name]) and claims[name] <= now + MAX_AHEAD):
            return "request_object_not_yet_valid"
    return None


def parameters_of(claims: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The members that are parameters, as texts: max_age may be a number, claims is an object, there may be
    several of `resource` (RFC 9101 section 4). Others are ignored. Raises InvalidRequestObject.
    """
    found = {name: _texts(name, claims[name]) for name in PARAMETERS & claims.keys()}
    return {name: values for name, values in found.items() if values}


def check_response_type_agrees(parameters: Parameters, inside: Mapping[str, tuple[str, ...]]) -> None:
    """OpenID Connect Core section 6.1: the response_type outside is the one in the object. Raises
    InvalidRequestObject.
    """
    outside, (given,) = parameters.get("response_type"), inside.get("response_type", (None,))
    if outside is not None and given is not None and set(outside.split()) != set(given.split()):
        raise InvalidRequestObject(
            "The request object has another response_type.", reason="request_object_mismatch"
        )


def _texts(name: str, value: Any) -> tuple[str, ...]:
    values = value if name in _SEVERAL and isinstance(value, list) else [value]
    texts = tuple(_text(name, one) for one in values)
    return tuple(text for text in texts if text)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str) and "\0" not in value:
        return value
    if name == "max_age" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if name == "claims" and isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    raise InvalidRequestObject(
        "A member of the request object is of the wrong type.", reason="request_object_member"
    )


def _is_time(value: Any) -> TypeGuard[float]:
    """A NumericDate (RFC 7519 section 2)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_TIME
