"""Tables and keys: what outlives what, and that nothing is paid for while nothing happens."""

from typing import Any

import pytest

from infra.expand import Template
from tests.support.resolved import resolver

TABLES = ("Clients", "Users", "Sessions", "Grants", "Requests", "Documents")
SIGNING_KEYS = ("SigningKeyEs256", "SigningKeyRsa")
KEYS = (*SIGNING_KEYS, "SecretsKey")
# Made only where a parameter asks for them; nothing that is kept is under them.
REQUEST_KEYS = ("RequestObjectKeyRsa", "RequestObjectKeyEc")

# Each costs nothing while nobody calls, except the keys.
FREE_WHILE_IDLE = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    # A rule that runs by the clock is free; what it runs is a second of a function a day.
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::Logs::SubscriptionFilter",
    "AWS::Route53::RecordSet",
    # A group of schedules and a queue cost what is done with them, and nobody polls the queue.
    "AWS::SQS::Queue",
    "AWS::Scheduler::ScheduleGroup",
}


# Each is paid for by the month, or comes with what is, and is made only where a parameter asks for it.
PAID_FOR = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
}


def test_nothing_but_the_keys_costs_while_idle(
    expanded: Template, resources: dict[str, Any], functions: dict[str, Any]
) -> None:
    values = resolver(expanded)
    made = [one for one in resources.values() if "Condition" not in one or values.holds(one["Condition"])]
    assert {one["Type"] for one in made} <= FREE_WHILE_IDLE | {"AWS::KMS::Key"}
    assert {one["Type"] for one in resources.values()} == FREE_WHILE_IDLE | PAID_FOR | {"AWS::KMS::Key"}
    keys = {name for name, one in resources.items() if one["Type"] == "AWS::KMS::Key"}
    assert keys == {*KEYS, *REQUEST_KEYS}
    assert {name for name in keys if resources[name] in made} == set(KEYS)
    for name in TABLES:
        table = resources[name]["Properties"]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert "ProvisionedThroughput" not in str(table)
    for function in functions.values():
        assert not {"ProvisionedConcurrencyConfig", "VpcConfig"} & set(function)


def test_these_are_all_tables(resources: dict[str, Any]) -> None:
    found = [name for name, one in resources.items() if one["Type"] == "AWS::DynamoDB::Table"]
    assert sorted(found) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_and_named_by_cloudformation(resources: dict[str, Any], name: str) -> None:
    table = resources[name]["Properties"]
    assert table["SSESpecification"] == {"SSEEnabled": True}
    # A name of our own would keep a second stack, or one after a deletion, from being made.
    assert "TableName" not in table


@pytest.mark.parametrize("name", ["Clients", "Sessions", "Grants", "Requests", "Documents"])
def test_what_expires_is_swept(resources: dict[str, Any], name: str) -> None:
    ttl = resources[name]["Properties"]["TimeToLiveSpecification"]
    assert ttl == {"AttributeName": "purge_at", "Enabled": True}


def test_what_does_not_expire_is_not_swept(resources: dict[str, Any]) -> None:
    assert "TimeToLiveSpecification" not in resources["Users"]["Properties"]


@pytest.mark.parametrize(
    ("name", "backed_up"),
    [
        ("Clients", True),
        ("Users", True),
        ("Sessions", True),
        ("Grants", True),
        ("Requests", False),
        ("Documents", False),
    ],
)
def test_what_outlives_an_hour_is_backed_up(resources: dict[str, Any], name: str, backed_up: bool) -> None:
    recovery = resources[name]["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": backed_up}


@pytest.mark.parametrize("name", ["Clients", "Users", *KEYS])
def test_what_cannot_be_made_again_outlives_the_stack(resources: dict[str, Any], name: str) -> None:
    assert resources[name]["DeletionPolicy"] == "Retain"
    assert resources[name]["UpdateReplacePolicy"] == "Retain"
    if resources[name]["Type"] == "AWS::DynamoDB::Table":
        assert resources[name]["Properties"]["DeletionProtectionEnabled"] is True


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Clients", "id"),
        ("Users", "id"),
        ("Sessions", "session_hash"),
        ("Grants", "grant_id"),
        ("Requests", "id"),
        ("Documents", "id"),
    ],
)
def test_an_item_is_found_by_one_text(resources: dict[str, Any], name: str, key: str) -> None:
    table = resources[name]["Properties"]
    assert table["KeySchema"] == [{"AttributeName": key, "KeyType": "HASH"}]
    assert {"AttributeName": key, "AttributeType": "S"} in table["AttributeDefinitions"]


def test_grants_are_found_by_person_and_session(resources: dict[str, Any]) -> None:
    (index,) = resources["Grants"]["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by_sub"
    assert [(key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]] == [
        ("sub", "HASH"),
        ("sid", "RANGE"),
    ]
    # Hashes of codes and tokens are not copied into the index.
    assert index["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["state", "offline"]}


@pytest.mark.parametrize(
    ("name", "spec"), [("SigningKeyEs256", "ECC_NIST_P256"), ("SigningKeyRsa", "RSA_2048")]
)
def test_a_key_signs_and_does_nothing_else(resources: dict[str, Any], name: str, spec: str) -> None:
    key = resources[name]["Properties"]
    assert key["KeySpec"] == spec
    assert key["KeyUsage"] == "SIGN_VERIFY"
    assert key["PendingWindowInDays"] == 30
    assert "MultiRegion" not in key


def test_the_key_of_secrets_encrypts_is_renewed_and_is_out_of_key_rotations_reach(
    resources: dict[str, Any],
) -> None:
    key = resources["SecretsKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    assert key["EnableKeyRotation"] is True
    assert key["PendingWindowInDays"] == 30
    assert "MultiRegion" not in key
    # Keys with the tag of the signing keys can be disabled by a function.
    assert "keyturn:stack" not in {tag["Key"] for tag in key["Tags"]}


@pytest.mark.parametrize(
    ("name", "spec", "usage"),
    [
        ("RequestObjectKeyRsa", "RSA_2048", "ENCRYPT_DECRYPT"),
        ("RequestObjectKeyEc", "ECC_NIST_P256", "KEY_AGREEMENT"),
    ],
)
def test_the_keys_of_requests_are_made_where_they_are_asked_for_and_out_of_key_rotations_reach(
    expanded: Template, resources: dict[str, Any], name: str, spec: str, usage: str
) -> None:
    assert expanded["Parameters"]["RequestObjectEncryption"]["Default"] == "off"
    assert resources[name]["Condition"] == "HasRequestObjectEncryption"
    assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Delete"
    key = resources[name]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == (spec, usage)
    assert "MultiRegion" not in key
    assert {tag["Key"] for tag in key["Tags"]} == {"keyturn:requests-to"}


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        *((name, {"kms:Sign", "kms:GetPublicKey"}) for name in SIGNING_KEYS),
        ("SecretsKey", {"kms:Decrypt", "kms:Encrypt"}),
        ("RequestObjectKeyRsa", {"kms:Decrypt", "kms:GetPublicKey"}),
        ("RequestObjectKeyEc", {"kms:DeriveSharedSecret", "kms:GetPublicKey"}),
    ],
)
def test_a_key_is_ruled_by_the_accounts_iam_alone(
    resources: dict[str, Any], name: str, uses: set[str]
) -> None:
    (statement,) = resources[name]["Properties"]["KeyPolicy"]["Statement"]
    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    actions = set(statement["Action"])
    assert not [action for action in actions if "*" in action]
    # Without these the key could be neither administered, nor used through IAM, nor ever given back.
    assert {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", *uses} <= actions
    used = {"kms:Sign", "kms:GetPublicKey", "kms:Decrypt", "kms:Encrypt", "kms:ReEncryptFrom", "kms:Verify"}
    used |= {"kms:DeriveSharedSecret"}
    assert actions & used == uses
    # A KMS grant would give signing away where no IAM policy shows it.
    assert "kms:CreateGrant" not in actions


@pytest.mark.parametrize("name", [*KEYS, *REQUEST_KEYS])
def test_a_key_has_an_alias(resources: dict[str, Any], name: str) -> None:
    assert resources[f"{name}Alias"]["Properties"]["TargetKeyId"] == {"Ref": name}
