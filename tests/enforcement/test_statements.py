"""What a statement is about, and that nothing in it is passed over."""

from typing import Any

import pytest

from infra.enforcement.access import Access
from infra.enforcement.role import Role
from infra.enforcement.statement import PolicyError, Statement, matches, parse_statement

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/Requests"
KEY = "arn:aws:kms:us-east-1:000000000000:key/one"


def statement(**changes: Any) -> Statement:
    document = {"Sid": "One", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE, **changes}
    parsed = parse_statement(document, where="ARole")
    assert parsed
    return parsed


def role(*statements: Statement, key: tuple[Statement, ...] = ()) -> Role:
    return Role("Function", "ARole", statements, {KEY: key})


def get(*keys: str, action: str = "dynamodb:GetItem", resource: str = TABLE) -> Access:
    return Access(action, resource, {"dynamodb:LeadingKeys": keys} if keys else {})


def condition(operator: str, *values: str, key: str = "dynamodb:LeadingKeys") -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("jti#*", "jti#one", True),
        ("jti#*", "jti#", True),
        ("jti#*", "xjti#one", False),
        ("jti#*", "JTI#one", False),
        ("jti#?", "jti#one", False),
        ("jti#?", "jti#1", True),
        ("jti#*", "jti#a\nb", True),
        ("[j]ti", "jti", False),
        ("j.i", "jti", False),
    ],
)
def test_wildcards_are_iams_and_no_others(pattern: str, value: str, *, expected: bool) -> None:
    assert matches(pattern, value) is expected


def test_an_action_is_compared_without_regard_to_case_a_resource_with() -> None:
    assert statement(Action="DynamoDB:getitem").is_about(get())
    assert not statement(Resource=TABLE.lower()).is_about(get())


def test_an_index_is_not_its_table() -> None:
    on_index = get(action="dynamodb:Query", resource=f"{TABLE}/index/by_sub")
    assert not statement(Action="dynamodb:Query").is_about(on_index)
    assert statement(Action="dynamodb:Query", Resource=f"{TABLE}/index/*").is_about(on_index)


def test_every_key_of_a_batch_must_match_for_all_values() -> None:
    narrowed = statement(**condition("ForAllValues:StringLike", "user#*", "consent#*"))
    assert narrowed.is_about(get("user#a", "consent#a#b"))
    assert not narrowed.is_about(get("user#a", "password#a"))


def test_for_all_values_holds_of_a_request_that_names_no_key_as_in_aws() -> None:
    narrowed = statement(Action="dynamodb:Scan", **condition("ForAllValues:StringLike", "user#*"))
    assert narrowed.is_about(get(action="dynamodb:Scan"))


@pytest.mark.parametrize(
    ("operator", "keys", "expected"),
    [
        ("ForAnyValue:StringLike", ("a", "user#a"), True),
        ("ForAnyValue:StringLike", (), False),
        ("StringLike", (), False),
        ("StringLike", ("user#a",), True),
        ("StringEquals", ("user#a",), False),
        ("StringEquals", ("user#*",), True),
        ("StringNotLike", (), True),
        ("StringNotLike", ("user#a",), False),
        ("ForAllValues:StringNotLike", ("jti#a", "user#a"), False),
        ("ForAllValues:StringNotEquals", ("jti#a", "user#a"), True),
    ],
)
def test_operators(operator: str, keys: tuple[str, ...], *, expected: bool) -> None:
    assert statement(**condition(operator, "user#*")).is_about(get(*keys)) is expected


@pytest.mark.parametrize(("tag", "expected"), [(None, True), ("ours", True), ("theirs", False)])
def test_if_exists_holds_of_a_request_that_has_no_such_key(tag: str | None, *, expected: bool) -> None:
    key = "aws:ResourceTag/keyturn:stack"
    narrowed = statement(
        Action="kms:Sign", Resource=KEY, **condition("StringEqualsIfExists", "ours", key=key)
    )
    assert narrowed.is_about(Access("kms:Sign", KEY, {key: (tag,)} if tag else {})) is expected


def test_a_denial_wins() -> None:
    denial = statement(Sid="Never", Effect="Deny", Action="dynamodb:*", Resource="*")
    decision = role(statement(), denial).decide(get())
    assert not decision.allowed
    assert "explicit deny" in decision.why


def test_without_an_allowance_it_is_no() -> None:
    assert not role().decide(get()).allowed
    assert not role(statement()).decide(get(action="dynamodb:PutItem")).allowed
    assert not role(statement()).decide(get(resource=f"{TABLE}2")).allowed


def test_a_key_is_used_only_where_its_own_policy_delegates_the_action() -> None:
    sign = Access("kms:Sign", KEY)
    signer = statement(Action="kms:Sign", Resource=KEY)
    assert not role(signer).decide(sign).allowed
    delegated = statement(Action="kms:GetPublicKey", Resource=KEY)
    assert not role(signer, key=(delegated,)).decide(sign).allowed
    assert role(signer, key=(signer,)).decide(sign).allowed
    assert not role(key=(signer,)).decide(sign).allowed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (condition("ForAllValues:StringLikeIfExists", "a"), "the operator ForAllValues:StringLikeIfExists"),
        (condition("NumericEquals", "1"), "the operator NumericEquals"),
        (
            condition("StringLike", "a", key="dynamodb:FullTableScan"),
            "the condition key dynamodb:FullTableScan",
        ),
        (condition("StringLike", "${aws:userid}"), "policy variables"),
        ({"Resource": f"{TABLE}/${{aws:userid}}"}, "policy variables"),
        ({"NotAction": "dynamodb:Scan"}, "NotAction is not understood"),
        ({"NotResource": TABLE}, "NotResource is not understood"),
        ({"Principal": "*"}, "Principal is not understood"),
        ({"Action": "dynamodb:GetItems"}, "there is no action dynamodb:GetItems"),
        ({"Effect": "allow"}, "neither Allow nor Deny"),
        ({"Resource": []}, "no list of texts"),
        ({"Sid": None}, "without a Sid"),
    ],
)
def test_what_is_not_understood_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said.replace("$", r"\$")):
        statement(**changes)


def test_other_services_statements_are_left_aside_but_not_a_denial_of_everything() -> None:
    logs = {"Sid": "Logs", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    assert parse_statement(logs, where="ARole") is None
    assert statement(Effect="Deny", Action="*", Resource="*").is_about(get())
