"""The claims parameter of an authentication request: OpenID Connect Core section 5.5.

What a client asks for claim by claim, beside what its scope gives. What nobody here knows is ignored, and so
is what the client is not registered for: no claim can be had that its scope could not ask for.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE
from chalicelib.record import Record, field

MAX_BYTES = 8_192
# An object of members, of claims, of what is said of one, of its values, of one of these.
MAX_DEPTH = 8
MAX_CLAIMS = 100

# Where the claims beyond the scope are filed in what a person is asked to allow; no resource is called so.
CLAIMS = "claims"

# No two values of JSON look alike in it, as 1 and true do in Python.
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode


class ClaimRequest(Record, kw_only=True):
    """What is said of one claim. `values` are those asked for, None for any."""

    essential: bool = False
    values: tuple[Any, ...] | None = field(default=None, hash=False)

    def admits(self, value: Any) -> bool:
        """Whether a value is one that is asked for."""
        return self.values is None or _encode(value) in map(_encode, self.values)


Requested = Mapping[str, ClaimRequest]


class ClaimsRequest(Record, kw_only=True):
    """Claims by name, with their language tags, as asked for in either place."""

    userinfo: Requested = field(default_factory=dict, hash=False)
    id_token: Requested = field(default_factory=dict, hash=False)

    @property
    def subjects(self) -> frozenset[str] | None:
        """The people it may be about (section 5.5.1 sub), None for anybody."""
        asked = [one["sub"].values for one in (self.id_token, self.userinfo) if "sub" in one]
        sets = [_texts(values) for values in asked if values is not None]
        return frozenset.intersection(*sets) if sets else None

    @property
    def essential_acr(self) -> frozenset[str] | None:
        """The acr values one of which the sign-in must have (section 5.5.1.1), None for any."""
        acr = self.id_token.get("acr")
        if acr is None or not acr.essential or acr.values is None:
            return None
        return _texts(acr.values)

    def permitted(self, scope: Iterable[str]) -> "ClaimsRequest":
        """What is left of it for a client that may ask for this scope: standard claims, and the sub and acr
        the request itself goes by.
        """
        names = {"sub", "acr", *(name for token in scope for name in CLAIMS_OF_SCOPE.get(token, ()))}

        def left(requested: Requested) -> Requested:
            return {name: one for name, one in requested.items() if untagged(name) in names}

        return ClaimsRequest(userinfo=left(self.userinfo), id_token=left(self.id_token))

    def beyond(self, scope: Iterable[str]) -> tuple[str, ...]:
        """The standard claims it asks for that this scope does not give, without their language tags."""
        given = {name for token in scope for name in CLAIMS_OF_SCOPE.get(token, ())}
        asked = {untagged(name) for one in (self.userinfo, self.id_token) for name in one}
        return tuple(sorted(asked & STANDARD_CLAIMS - given))

    def kept(self) -> str | None:
        """What is kept with the grant, as text; None where there is nothing of a person in it."""
        members = {
            place: {
                name: None if one.values is None else list(one.values)
                for name, one in requested.items()
                if untagged(name) in STANDARD_CLAIMS
            }
            for place, requested in (("id_token", self.id_token), ("userinfo", self.userinfo))
        }
        kept = {place: claims for place, claims in members.items() if claims}
        return _encode(kept) if kept else None


STANDARD_CLAIMS = frozenset(name for names in CLAIMS_OF_SCOPE.values() for name in names)


def untagged(name: str) -> str:
    """The claim of a name that may have a language tag (section 5.2)."""
    return name.partition("#")[0]


def kept_claims(kept: str | None, place: str) -> Requested:
    """What `kept` made, for "id_token" or "userinfo"."""
    claims = json.loads(kept or "{}").get(place, {})
    return {
        name: ClaimRequest(values=None if values is None else tuple(values))
        for name, values in claims.items()
    }


def _texts(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(value for value in values if isinstance(value, str))


def parse_claims_request(text: str | None) -> ClaimsRequest:
    """The parameter's value. Raises InvalidRequest for what is no such JSON; members nobody knows are
    ignored.
    """
    if text is None:
        return ClaimsRequest()
    # Imported where it is first needed: few requests have the parameter.
    from chalicelib.protocol.json_document import UnfitDocument, parse_json_object  # noqa: PLC0415

    try:
        document = parse_json_object(text.encode(), max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
    except UnfitDocument:
        raise _malformed() from None
    return ClaimsRequest(userinfo=_requested(document, "userinfo"), id_token=_requested(document, "id_token"))


def _requested(document: dict[str, Any], place: str) -> Requested:
    members = document.get(place, {})
    if not isinstance(members, dict) or len(members) > MAX_CLAIMS:
        raise _malformed()
    return {name: _claim(said) for name, said in members.items()}


def _claim(said: Any) -> ClaimRequest:
    if said is None:
        return ClaimRequest()
    if not isinstance(said, dict) or {"value", "values"} <= said.keys():
        raise _malformed()
    essential, values = said.get("essential", False), said.get("values")
    if not isinstance(essential, bool) or ("values" in said and not (values and isinstance(values, list))):
        raise _malformed()
    if "value" in said:
        values = [said["value"]]
    return ClaimRequest(essential=essential, values=None if values is None else tuple(values))


def _malformed() -> InvalidRequest:
    return InvalidRequest(
        "The claims parameter is not what OpenID Connect Core section 5.5 has.", reason="claims_malformed"
    )
