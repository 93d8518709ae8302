"""What a request touches is read from the request itself; what cannot be told is refused."""

from pathlib import Path
from typing import Any

import pytest

from infra.enforcement.access import Access, UnknownAccessError
from infra.enforcement.dynamodb_accesses import DynamoDbAccesses
from infra.enforcement.kms_accesses import KmsAccesses, key_arn
from infra.local.template import read_template
from tests.enforcement.conftest import Ask

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
USERS, REQUESTS, GRANTS = (f"keyturn-local-{name}" for name in ("Users", "Requests", "Grants"))
ONE, TWO = {"id": {"S": "user#one"}}, {"id": {"S": "password#two"}}


@pytest.fixture(scope="module")
def dynamodb(expanded_file: Path) -> DynamoDbAccesses:
    return DynamoDbAccesses(read_template(expanded_file).tables)


def nobody(key_id: str) -> None:
    """There are no other keys."""
    del key_id


@pytest.fixture(scope="module")
def kms(expanded_file: Path) -> KmsAccesses:
    return KmsAccesses(read_template(expanded_file).keys, nobody)


def keys(access: Access) -> tuple[str, ...]:
    return access.context["dynamodb:LeadingKeys"]


def test_a_batch_is_one_access_a_table(dynamodb: DynamoDbAccesses) -> None:
    batch = {"RequestItems": {USERS: {"Keys": [ONE, TWO]}, REQUESTS: {"Keys": [{"id": {"S": "jti#a"}}]}}}
    users, requests = dynamodb("BatchGetItem", batch)
    assert (users.action, users.resource, keys(users)) == (
        "dynamodb:BatchGetItem",
        ARN + USERS,
        ("user#one", "password#two"),
    )
    assert (requests.resource, keys(requests)) == (ARN + REQUESTS, ("jti#a",))


def test_a_transaction_is_one_access_a_part_by_the_parts_own_action(dynamodb: DynamoDbAccesses) -> None:
    items = [
        {"Put": {"TableName": USERS, "Item": ONE}},
        {"ConditionCheck": {"TableName": USERS, "Key": TWO}},
        {"Delete": {"TableName": ARN + REQUESTS, "Key": {"id": {"S": "jti#a"}}}},
    ]
    accesses = dynamodb("TransactWriteItems", {"TransactItems": items})
    assert [(one.action, one.resource, keys(one)) for one in accesses] == [
        ("dynamodb:PutItem", ARN + USERS, ("user#one",)),
        ("dynamodb:ConditionCheckItem", ARN + USERS, ("password#two",)),
        ("dynamodb:DeleteItem", ARN + REQUESTS, ("jti#a",)),
    ]
    assert all(one.context["dynamodb:EnclosingOperation"] == ("TransactWriteItems",) for one in accesses)


def test_a_query_of_an_index_is_about_the_indexs_own_partition_key(dynamodb: DynamoDbAccesses) -> None:
    query = {
        "TableName": GRANTS,
        "IndexName": "by_sub",
        "KeyConditionExpression": "sid = :sid AND (#sub = :sub)",
        "ExpressionAttributeNames": {"#sub": "sub"},
        "ExpressionAttributeValues": {":sub": {"S": "ada"}, ":sid": {"S": "x"}},
    }
    (access,) = dynamodb("Query", query)
    assert (access.resource, keys(access)) == (f"{ARN}{GRANTS}/index/by_sub", ("ada",))


def test_a_scan_names_no_key(dynamodb: DynamoDbAccesses) -> None:
    (access,) = dynamodb("Scan", {"TableName": USERS})
    assert access == Access("dynamodb:Scan", ARN + USERS)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("GetItem", {"TableName": "another", "Key": ONE}),
        ("GetItem", {"TableName": USERS}),
        ("GetItem", {"TableName": USERS, "Key": {"other": {"S": "user#one"}}}),
        ("GetItem", {"TableName": USERS, "Key": {"id": {"S": "user#one", "N": "1"}}}),
        ("GetItem", {"TableName": USERS, "Key": {"id": "user#one"}}),
        ("GetItem", {"TableName": [USERS], "Key": ONE}),
        ("BatchGetItem", {"RequestItems": {}}),
        ("BatchGetItem", {"RequestItems": {USERS: {"Keys": []}}}),
        ("TransactGetItems", {"TransactItems": [{"Put": {"TableName": USERS, "Item": ONE}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Get": {"TableName": USERS, "Key": ONE}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Replace": {"TableName": USERS, "Key": ONE}}]}),
        ("Query", {"TableName": USERS, "KeyConditionExpression": "other = :a"}),
        ("Query", {"TableName": USERS, "KeyConditionExpression": "id = :a AND id = :b"}),
        ("Query", {"TableName": GRANTS, "IndexName": "by_client", "KeyConditionExpression": "sub = :a"}),
        ("ExecuteStatement", {"Statement": "SELECT * FROM x"}),
        ("DescribeTable", {"TableName": USERS}),
        ("", {}),
    ],
)
def test_what_cannot_be_told_is_refused(
    dynamodb: DynamoDbAccesses, operation: str, body: dict[str, Any]
) -> None:
    values = {"ExpressionAttributeValues": {":a": {"S": "one"}, ":b": {"S": "two"}}}
    with pytest.raises(UnknownAccessError):
        dynamodb(operation, body | values)


def test_a_key_is_one_by_whatever_name(kms: KmsAccesses, expanded_file: Path) -> None:
    key = read_template(expanded_file).keys[0]
    (alias,) = key.aliases
    arn = key_arn(key)
    names = (key.key_id, arn, alias, arn.replace(f"key/{key.key_id}", alias))
    body = {"SigningAlgorithm": "ECDSA_SHA_256", "MessageType": "RAW"}
    accesses = [kms("Sign", {"KeyId": name, **body})[0] for name in names]
    assert {access.resource for access in accesses} == {arn}
    assert {access.context["kms:SigningAlgorithm"] for access in accesses} == {("ECDSA_SHA_256",)}
    assert [access.context.get("kms:RequestAlias") for access in accesses] == [None, None, (alias,), (alias,)]


@pytest.mark.parametrize("name", [None, "", "another", "alias/another", "arn:aws:kms:eu-west-1:1:key/one"])
def test_an_unknown_key_is_refused(kms: KmsAccesses, name: Any) -> None:
    with pytest.raises(UnknownAccessError):
        kms("Sign", {"KeyId": name})


def test_a_batch_with_one_key_too_many_is_refused_whole(ask: Ask) -> None:
    allowed = {USERS: {"Keys": [ONE]}, REQUESTS: {"Keys": [{"id": {"S": "revoked_token#a"}}]}}
    assert ask("Userinfo", "dynamodb:BatchGetItem", {"RequestItems": allowed}).status == 200
    more = {**allowed, USERS: {"Keys": [ONE, TWO]}}
    assert ask("Userinfo", "dynamodb:BatchGetItem", {"RequestItems": more}).error == "AccessDeniedException"


CLIENT = {"id": {"S": "client#one"}}
OF_ITS_USE = {
    "UpdateExpression": "SET expires_at = :until, #purge = :purge",
    "ConditionExpression": "expires_at = :known",
    "ExpressionAttributeNames": {"#purge": "purge_at"},
}
OF_MORE: dict[str, dict[str, Any]] = {
    "another attribute": {"UpdateExpression": "SET expires_at = :until, scope = :scope"},
    "another by another name": {
        "UpdateExpression": "SET #a = :a",
        "ExpressionAttributeNames": {"#a": "redirect_uris"},
    },
    "one that is read": {"UpdateExpression": "SET expires_at = impersonation"},
    "one in a function": {"UpdateExpression": "SET expires_at = if_not_exists(grant_types, :a)"},
    "one that is removed": {"UpdateExpression": "REMOVE registration"},
    "one that is added to": {"UpdateExpression": "ADD client_secret_hashes :a"},
    "one in the condition": {**OF_ITS_USE, "ConditionExpression": "attribute_exists(client_secret_hashes)"},
    "a part of one": {
        "UpdateExpression": "SET jwks.#keys = :a",
        "ExpressionAttributeNames": {"#keys": "keys"},
    },
}


def test_token_notes_that_a_client_was_used(ask: Ask) -> None:
    body = {"TableName": "keyturn-local-Clients", "Key": CLIENT, **OF_ITS_USE}
    assert ask("Token", "dynamodb:UpdateItem", body).status == 200
    transaction = {"TransactItems": [{"Update": body}]}
    assert ask("Token", "dynamodb:TransactWriteItems", transaction).status == 200


@pytest.mark.parametrize("more", OF_MORE.values(), ids=OF_MORE)
def test_token_can_not_change_what_a_client_is(ask: Ask, more: dict[str, Any]) -> None:
    body = {"TableName": "keyturn-local-Clients", "Key": CLIENT, **more}
    assert ask("Token", "dynamodb:UpdateItem", body).error == "AccessDeniedException"
    transaction = {"TransactItems": [{"Update": body}]}
    assert ask("Token", "dynamodb:TransactWriteItems", transaction).error == "AccessDeniedException"
