"""A person's claims as an operator gives them: OpenID Connect Core section 5.1 for names and types, section
5.2 for the same claim in several languages (`name#ja-Kana-JP`).
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.supported import CLAIMS_OF_SCOPE

MAX_DEPTH = 8
# OpenID Connect Core section 5.1.1.
ADDRESS = ("formatted", "street_address", "locality", "region", "postal_code", "country")

# RFC 5646, as far as its form goes; the day of a birthdate may be left out, the year be 0000.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_BIRTHDATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))?")


def _address(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise InvalidMember(f"{name} is an object of strings, like locality and country.", member=name)
    if not value.keys() <= set(ADDRESS):
        raise InvalidMember(f"{name} has the members {', '.join(ADDRESS)}.", member=name)
    return dict(value)


def _birthdate(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _BIRTHDATE.fullmatch(value):
        raise InvalidMember(f"{name} is a day as in 1815-12-10, or a year alone.", member=name)
    return value


_TYPES: dict[str, Parse] = {
    **{name: members.text for names in CLAIMS_OF_SCOPE.values() for name in names},
    "email_verified": members.flag,
    "phone_number_verified": members.flag,
    "updated_at": members.number,
    "address": _address,
    "birthdate": _birthdate,
}
# Those that are text, whatever it looks like: a birthdate of 1815, a nickname of true.
TEXT_CLAIMS = frozenset(name for name, parse in _TYPES.items() if parse in {members.text, _birthdate})
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
    claim, tagged, language = name.partition("#")
    if not claim or claim in _RESERVED:
        raise InvalidMember(f"{name or 'An empty name'} is no claim to give a person.", member=name)
    if tagged and not _LANGUAGE.fullmatch(language):
        raise InvalidMember(f"{name} names no language after the #, as {claim}#fr does.", member=name)
    if claim in _TYPES:
        return _TYPES[claim](name, value)
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
