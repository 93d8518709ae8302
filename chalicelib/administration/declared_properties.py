"""Properties of a custom resource as members of a document: CloudFormation hands every scalar over as text.

A number or a boolean of a template arrives as "3600" or "true", and nothing else is taken for one.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse
from chalicelib.administration.refusals import InvalidMember

# What CloudFormation itself uses of a custom resource's properties.
OF_CLOUDFORMATION = frozenset({"ServiceToken", "ServiceTimeout"})

# Characters of names that somebody still reads on a console.
_READABLE = 500
_FLAGS = {"true": True, "false": False}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")


def declared_members(
    properties: Mapping[str, Any], known: Mapping[str, Parse], *, kind: str
) -> dict[str, Any]:
    """The properties with numbers and booleans as such, without CloudFormation's own. `kind` is the
    resource's type. Raises InvalidMember for one that is unknown, empty, or no number or boolean where it
    should be; what else they must be is not looked at here.
    """
    given = {name: value for name, value in properties.items() if name not in OF_CLOUDFORMATION}
    for name, value in given.items():
        if name not in known:
            raise InvalidMember(_unknown(name, known, kind), member=name)
        if value == "":
            raise InvalidMember(
                f'{name} is empty; leave it out, or give !Ref "AWS::NoValue" in its place.', member=name
            )
    return {name: _typed(name, value, known[name]) for name, value in given.items()}


def _typed(name: str, value: Any, parse: Parse) -> Any:
    if parse is members.flag and isinstance(value, str):
        if value not in _FLAGS:
            raise InvalidMember(f'{name} is true or false, not "{_short(value)}".', member=name)
        return _FLAGS[value]
    if parse is members.number and isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise InvalidMember(f'{name} is a whole number, not "{_short(value)}".', member=name)
        return int(value)
    if parse is members.schemas and isinstance(value, dict):
        return {key: _typed_schema(schema) for key, schema in value.items()}
    if parse is members.objects and isinstance(value, dict):
        return {key: _typed_entry(entry) for key, entry in value.items()}
    if parse is members.texts and isinstance(value, str):
        raise InvalidMember(f"{name} is a list; write each of its values behind a dash.", member=name)
    return value


def _typed_entry(entry: Any) -> Any:
    """An entry of id_jag_audiences, whose `email` is true or false."""
    if not isinstance(entry, dict) or not isinstance(entry.get("email"), str):
        return entry
    return {**entry, "email": _FLAGS.get(entry["email"], entry["email"])}


def _typed_schema(schema: Any) -> Any:
    """A JSON Schema with numbers and booleans where its keywords have them; `enum` and `const` stay text."""
    if isinstance(schema, str):
        return _FLAGS.get(schema, schema)
    if not isinstance(schema, dict):
        return schema
    return {keyword: _typed_keyword(keyword, value) for keyword, value in schema.items()}


def _typed_keyword(keyword: str, value: Any) -> Any:
    if keyword == "properties" and isinstance(value, dict):
        return {name: _typed_schema(schema) for name, schema in value.items()}
    if keyword in {"items", "additionalProperties", "uniqueItems"}:
        return _typed_schema(value)
    if keyword.startswith(("min", "max")) and isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return value


def _unknown(name: str, known: Mapping[str, Parse], kind: str) -> str:
    close = get_close_matches(name.lower(), known, n=1)
    all_of_them = ", ".join(sorted(known))
    if close:
        way_out = f"Did you mean {close[0]}?"
    elif len(all_of_them) > _READABLE:
        way_out = "docs/clients.md has those there are."
    else:
        way_out = f"It has {all_of_them}."
    return f"{kind} has no property {_short(name)}. {way_out}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"  # noqa: PLR2004 - what fits a line of the console
