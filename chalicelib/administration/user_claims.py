"""A person's claims as an operator gives them: OpenID Connect Core section 5.1 for names and types."""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE

MAX_DEPTH = 8


def _address(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise InvalidMember(f"{name} is an object of strings, like locality and country.", member=name)
    return dict(value)


_TYPES: dict[str, Parse] = {
    **{name: members.text for names in CLAIMS_OF_SCOPE.values() for name in names},
    "email_verified": members.flag,
    "phone_number_verified": members.flag,
    "updated_at": members.number,
    "address": _address,
}
# Claims that tokens have for themselves: RFC 7519 section 4.1, OpenID Connect Core section 2.
_RESERVED = frozenset(
    {
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "nonce",
        "auth_time",
        "acr",
        "amr",
        "azp",
        "sid",
        "client_id",
    }
)


def changed_claims(claims: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The claims with these changed, null for taking one away. Raises InvalidMember."""
    given = {name: _checked(name, value) for name, value in changes.items() if value is not None}
    return {
        name: value for name, value in {**claims, **given}.items() if changes.get(name, value) is not None
    }


def _checked(name: str, value: Any) -> Any:
    if not name or name in _RESERVED:
        raise InvalidMember(f"{name or 'An empty name'} is no claim to give a person.", member=name)
    if name in _TYPES:
        return _TYPES[name](name, value)
    if not _is_kept(value, MAX_DEPTH):
        raise InvalidMember(
            f"{name} is text, a whole number, true, false, or a list or object of these.", member=name
        )
    return value


def _is_kept(value: Any, depth: int) -> bool:
    """Whether it is JSON without null and fractions, which are not kept."""
    if isinstance(value, str | bool | int):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    return isinstance(value, Mapping | list) and depth > 0 and all(_is_kept(one, depth - 1) for one in inner)
