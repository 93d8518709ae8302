"""Members of a JSON document as the types that records have; each raises InvalidMember, naming itself."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client_jwk import (
    MAX_EXPONENT_BITS,
    MAX_RSA_BITS,
    MIN_RSA_BITS,
    PRIVATE_MEMBERS,
    is_weak,
)

Parse = Callable[[str, Any], Any]

# DynamoDB: so many levels of an item, and numbers of so many digits.
MAX_DEPTH = 30
MAX_NUMBER = 10**38


def text(name: str, value: Any) -> str:
    """A string."""
    if not isinstance(value, str):
        raise InvalidMember(f"{name} is a string.", member=name)
    return value


def texts(name: str, value: Any) -> tuple[str, ...]:
    """A list of strings, none of them twice."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise InvalidMember(f"{name} is a list of strings.", member=name)
    if len(set(value)) < len(value):
        raise InvalidMember(f"{name} names something twice.", member=name)
    return tuple(value)


def words(name: str, value: Any) -> tuple[str, ...]:
    """One string of words between spaces, as RFC 7591 section 2 has scope; a list of words as well."""
    return texts(name, value.split() if isinstance(value, str) else value)


def flag(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidMember(f"{name} is true or false.", member=name)
    return value


def number(name: str, value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidMember(f"{name} is a whole number.", member=name)
    return value


def check_kept(name: str, value: Any) -> None:
    """Raises InvalidMember for what DynamoDB does not keep as it is, anywhere within: fractions, null in
    lists, half characters, numbers of over 38 digits, and what is nested more deeply than it takes.
    """
    if not _is_kept(value, MAX_DEPTH):
        raise InvalidMember(
            f"{name} can't be kept: it has a fraction, half a character, or too large a number in it.",
            member=name,
        )


def _is_kept(value: Any, depth: int) -> bool:
    match value:
        case str():
            return value.isascii() or not any("\ud800" <= one <= "\udfff" for one in value)
        case int():
            return abs(value) < MAX_NUMBER
        case dict():
            return depth > 0 and all(
                _is_kept(key, 0) and (one is None or _is_kept(one, depth - 1)) for key, one in value.items()
            )
        case list() | tuple():
            return depth > 0 and all(_is_kept(one, depth - 1) for one in value)
        case _:
            return False


def jwks(name: str, value: Any) -> dict[str, Any]:
    """A JWK set of public keys (RFC 7517 section 5)."""
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise InvalidMember(f"{name} is a JWK set: an object whose keys is a list of JWKs.", member=name)
    if any(PRIVATE_MEMBERS & key.keys() for key in keys):
        raise InvalidMember(f"{name} holds a private or secret key. Give the public keys alone.", member=name)
    if any(is_weak(key) for key in keys):
        raise InvalidMember(
            f"{name} holds an RSA key of other than {MIN_RSA_BITS} to {MAX_RSA_BITS} bits, or with an e of "
            f"1 or of more than {MAX_EXPONENT_BITS} bits.",
            member=name,
        )
    check_kept(name, value)
    return dict(value)


def objects(name: str, value: Any) -> dict[str, Any]:
    """An object of objects."""
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise InvalidMember(f"{name} is an object of objects.", member=name)
    return dict(value)


def schemas(name: str, value: Any) -> dict[str, Any]:
    """An object of JSON Schemas; what stands in them is not looked at here."""
    check_kept(name, value)
    return objects(name, value)


def words_by_name(name: str, value: Any) -> dict[str, tuple[str, ...]]:
    """An object whose members are words, as one string or as a list."""
    if not isinstance(value, dict):
        raise InvalidMember(f"{name} is an object of lists of words.", member=name)
    return {key: words(name, one) for key, one in value.items()}


def texts_by_name(name: str, value: Any) -> dict[str, str]:
    """An object whose members are strings."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise InvalidMember(f"{name} is an object of strings.", member=name)
    check_kept(name, value)
    return dict(value)


def members_of(document: Mapping[str, Any], known: Mapping[str, Parse], *, kind: str) -> dict[str, Any]:
    """The document's members, parsed; one that is null stays None. Raises InvalidMember, for an unknown
    member too.
    """
    for name in document:
        if name not in known:
            raise InvalidMember(
                f"A {kind} has no member {name}. It has {', '.join(sorted(known))}.", member=name
            )
    return {name: None if value is None else known[name](name, value) for name, value in document.items()}
