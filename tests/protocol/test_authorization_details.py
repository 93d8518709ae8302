"""Types of authorization details (RFC 9396): what their schemas may be of all that JSON Schema has."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.resource_servers import changed_resource_server, resource_server_document
from chalicelib.protocol.authorization_details import (
    MAX_DEPTH,
    MAX_SCHEMAS,
    MAX_TEXT,
    MAX_TYPES,
    MAX_VALUES,
    check_authorization_details_types,
)
from chalicelib.protocol.resource import ResourceServer
from tests.support.properties import ANY_TEXT, JSON

PAYMENT: dict[str, Any] = {
    "type": "object",
    "title": "A payment",
    "description": "One transfer, to one creditor.",
    "properties": {
        "instructedAmount": {
            "type": "object",
            "properties": {
                "currency": {"type": "string", "enum": ["EUR", "GBP"], "minLength": 3, "maxLength": 3},
                "cents": {"type": "integer", "minimum": -1, "maximum": 10**9},
            },
            "required": ["currency", "cents"],
            "additionalProperties": False,
        },
        "creditors": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "minItems": 0,
            "maxItems": 9,
            "uniqueItems": True,
        },
        "urgent": {"type": "boolean", "const": False},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 5},
        "kinds": {"enum": ["a", 1, True]},
    },
    "required": ["instructedAmount"],
    "minProperties": 1,
}


def nested(depth: int) -> dict[str, Any]:
    """A schema of so many levels."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth - 2):
        schema = {"type": "array", "items": schema}
    return {"type": "object", "properties": {"a": schema}}


def test_a_schema_of_every_keyword_is_taken_and_comes_back_as_it_was() -> None:
    document = {"resource_name": "Bank", "authorization_details_types": {"payment": PAYMENT}}
    server = changed_resource_server(ResourceServer(resource="urn:bank", resource_name=""), document)
    assert resource_server_document(server) == document
    Draft202012Validator.check_schema(PAYMENT)


def test_the_limits_themselves_are_taken() -> None:
    wide = {"type": "object", "properties": {str(n): {} for n in range(MAX_SCHEMAS - 1)}}
    long = {"type": "object", "title": "a" * MAX_TEXT, "required": [str(n) for n in range(MAX_VALUES)]}
    for schema in (nested(MAX_DEPTH), wide, long):
        check_authorization_details_types({f"type-{number}": schema for number in range(MAX_TYPES)})


REFUSED: dict[str, tuple[dict[Any, Any], str]] = {
    "too many types": ({str(n): PAYMENT for n in range(MAX_TYPES + 1)}, "20 at most"),
    "a type of two words": ({"a b": PAYMENT}, "one word"),
    "a type of no letters": ({"": PAYMENT}, "one word"),
    "a long type": ({"a" * 201: PAYMENT}, "one word"),
    "a schema that is true": ({"a": True}, "an object"),
    "a schema of an array": ({"a": {"type": "array"}}, "type is object"),
    "a schema of no type": ({"a": {}}, "type is object"),
    "the member type": ({"a": {"type": "object", "properties": {"type": {}}}}, "RFC 9396's own"),
    "too deep": ({"a": nested(MAX_DEPTH + 1)}, "too deep"),
    "too long": (
        {"a": {"type": "object", "properties": {str(n): {} for n in range(MAX_SCHEMAS)}}}, "too long",
    ),
    "a pattern": ({"a": {"type": "object", "items": {"pattern": "(a+)+$"}}}, "none of the keywords"),
    "a reference": ({"a": {"type": "object", "$ref": "https://a.example/"}}, "none of the keywords"),
    "a combination": ({"a": {"type": "object", "allOf": [{}]}}, "none of the keywords"),
    "properties that are a list": ({"a": {"type": "object", "properties": []}}, "object of schemas"),
    "items that are a list": ({"a": {"type": "object", "items": [{}]}}, "a schema is an object"),
    "a type there is none of": ({"a": {"type": "object", "items": {"type": "date"}}}, "can't have"),
    "a type that is an object": ({"a": {"type": "object", "items": {"type": {}}}}, "can't have"),
    "a number as a type": ({"a": {"type": "object", "items": {"type": "number"}}}, "can't have"),
    "no type of several": ({"a": {"type": "object", "items": {"type": []}}}, "can't have"),
    "a type twice": ({"a": {"type": "object", "items": {"type": ["null", "null"]}}}, "can't have"),
    "types that are lists": ({"a": {"type": "object", "items": {"type": [["null"]]}}}, "can't have"),
    "a length below nothing": ({"a": {"type": "object", "minProperties": -1}}, "can't have"),
    "a length that is true": ({"a": {"type": "object", "minProperties": True}}, "can't have"),
    "a length in words": ({"a": {"type": "object", "minProperties": "1"}}, "can't have"),
    "a minimum in words": ({"a": {"type": "object", "minimum": "1"}}, "can't have"),
    "a title that is long": ({"a": {"type": "object", "title": "a" * (MAX_TEXT + 1)}}, "can't have"),
    "required twice": ({"a": {"type": "object", "required": ["a", "a"]}}, "can't have"),
    "required of numbers": ({"a": {"type": "object", "required": [1]}}, "can't have"),
    "required in a text": ({"a": {"type": "object", "required": "a"}}, "can't have"),
    "required too often": ({"a": {"type": "object", "required": [str(n) for n in range(101)]}}, "can't have"),
    "nothing to choose from": ({"a": {"type": "object", "enum": []}}, "can't have"),
    "a choice of objects": ({"a": {"type": "object", "enum": [{}]}}, "can't have"),
    "a constant that is a list": ({"a": {"type": "object", "const": []}}, "can't have"),
    "unique in words": ({"a": {"type": "object", "uniqueItems": "true"}}, "can't have"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused_in_one_sentence(case: str) -> None:
    types, sentence = REFUSED[case]
    with pytest.raises(ValueError, match=sentence) as refused:
        check_authorization_details_types(types)
    assert str(refused.value).startswith("authorization_details_types")
    assert str(refused.value).count("\n") == 0


KEYWORDS = ("type", "properties", "items", "required", "enum", "const", "minimum", "maxLength", "uniqueItems")


@given(
    types=st.dictionaries(ANY_TEXT | st.just("a"), JSON | st.dictionaries(st.sampled_from(KEYWORDS), JSON))
)
def test_any_json_is_a_json_schema_or_refused(types: dict[str, Any]) -> None:
    document = {"resource_name": "Bank", "authorization_details_types": types}
    try:
        changed_resource_server(ResourceServer(resource="urn:bank", resource_name=""), document)
    except InvalidMember:
        return
    for schema in types.values():
        Draft202012Validator.check_schema(schema)
