"""What each function may do, as properties that must hold however the roles are written."""

from typing import Any

import pytest

from tests.stack.statement import (
    CLIENT_SECRETS,
    FIRST_KEYS,
    LATER_KEYS,
    NEW_KEYS,
    SECRETS_KEY,
    Statement,
    who,
)

SIGNING_KEYS, KEYS = {*FIRST_KEYS, LATER_KEYS}, {"signing_keys", "pairwise_salt"}
# The kinds of item of the tables that hold several.
KINDS = {
    "Clients": {"client", "resource", "trusted_issuer", "registration_token", *KEYS},
    "Users": {"user", "password", "consent"},
    "Documents": {"document", "fetches"},
    "Requests": {
        "interaction",
        "jti",
        "revoked_token",
        "access_token",
        "login_attempts",
        "user_code",
        "user_code_attempts",
        "registration_attempts",
        "registrations",
        "client_attempts",
    },
}
TABLES = {*KINDS, "Sessions", "Grants"}
WRITES = {f"dynamodb:{verb}Item" for verb in ("Put", "Update", "Delete")}
# What chalicelib.aws.calls can do at all.
READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
KMS = {"kms:Sign", "kms:GetPublicKey"}
ROTATION = {
    "kms:CreateKey",
    "kms:DisableKey",
    "kms:GetKeyPolicy",
    "kms:GetPublicKey",
    "kms:ListKeys",
    "kms:ListResourceTags",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
}
ENCRYPTION = {"kms:Decrypt", "kms:Encrypt"}
EVENTS = {"events:PutEvents"}
INVOKES = {"lambda:InvokeFunction"}
LATER = {"iam:PassRole", "scheduler:CreateSchedule", "sqs:SendMessage"}
# Of EventBridge Scheduler, and of no function.
OTHER_ROLES = ["LogoutRetriesRole"]
SECRETS = {
    *(f"secretsmanager:{verb}Secret" for verb in ("Create", "Delete", "Describe", "Restore")),
    *(f"secretsmanager:{verb}SecretValue" for verb in ("Get", "Put")),
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecretVersionStage",
}


def test_every_function_has_a_role_of_its_own(functions: dict[str, Any], resources: dict[str, Any]) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    all_roles = [name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"]
    assert sorted([*roles, *OTHER_ROLES]) == sorted(all_roles)
    assert len(set(roles)) == len(functions)


def test_a_role_can_be_assumed_by_lambda_alone(resources: dict[str, Any]) -> None:
    for name, one in resources.items():
        if one["Type"] == "AWS::IAM::Role" and name not in OTHER_ROLES:
            (statement,) = one["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert statement == {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }, name


def test_permissions_are_given_in_roles_alone(resources: dict[str, Any]) -> None:
    kinds = {one["Type"] for one in resources.values()}
    assert not kinds & {
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::RolePolicy",
        "AWS::KMS::Grant",
        "AWS::Lambda::Url",
    }
    assert not [name for name, one in resources.items() if "ResourcePolicy" in one.get("Properties", {})]


def test_no_action_is_a_wildcard_or_unknown(statements: list[Statement]) -> None:
    used = frozenset[str]().union(*(one.actions for one in statements))
    assert used <= WRITES | READS | LOGS | KMS | ENCRYPTION | ROTATION | EVENTS | INVOKES | SECRETS | LATER


def test_a_statement_is_about_one_table_or_the_keys_or_the_log(statements: list[Statement]) -> None:
    for one in statements:
        services = {action.split(":")[0] for action in one.actions}
        assert len(services) == 1, one
        if services == {"kms"}:
            assert one.resources <= SIGNING_KEYS | {NEW_KEYS} or one.resources == {SECRETS_KEY}, one
        else:
            assert len(one.resources) == 1, one
            if services == {"dynamodb"}:
                assert {name.split("/")[0] for name in one.resources} <= TABLES, one


def test_a_function_writes_to_its_own_log_group_alone(
    functions: dict[str, Any], statements: list[Statement]
) -> None:
    for name, function in functions.items():
        (own,) = (one for one in statements if one.function == name and one.actions & LOGS)
        assert own.actions == LOGS
        assert own.resources == {function["LoggingConfig"]["LogGroup"]["Ref"]} == {f"{name}Log"}


def test_token_introspection_userinfo_and_what_tells_of_logouts_alone_sign(
    statements: list[Statement],
) -> None:
    for key in SIGNING_KEYS:
        assert who(statements, "kms:Sign", key) == {"BackchannelLogout", "Introspection", "Token", "Userinfo"}


def test_metadata_can_do_nothing_but_log(statements: list[Statement]) -> None:
    assert all(one.actions == LOGS for one in statements if one.function == "Metadata")


def test_audit_can_only_tell_events_on_its_own_bus(statements: list[Statement]) -> None:
    told = [one for one in statements if one.actions & EVENTS]
    assert [(one.function, *one.actions, *one.resources) for one in told] == [("Audit", *EVENTS, "AuditBus")]
    assert len([one for one in statements if one.function == "Audit"]) == 2


def test_jwks_can_only_read_which_keys_there_are_and_the_public_ones(statements: list[Statement]) -> None:
    record, keys = (one for one in statements if one.function == "Jwks" and one.actions != LOGS)
    assert keys.actions == {"kms:GetPublicKey"}
    assert keys.resources == SIGNING_KEYS
    assert record.actions == {"dynamodb:GetItem"}
    assert record.resources == {"Clients"}
    assert record.leading_keys == ("signing_keys#*",)


def test_key_rotation_alone_makes_and_ends_keys_and_never_signs(statements: list[Statement]) -> None:
    rotation = [one for one in statements if one.function == "KeyRotation"]
    assert frozenset[str]().union(*(one.actions for one in rotation)) & (KMS | ROTATION) == ROTATION
    for one in statements:
        assert one.function == "KeyRotation" or not one.actions & (ROTATION - {"kms:GetPublicKey"}), one


def test_only_keys_of_its_own_making_can_be_deleted(statements: list[Statement]) -> None:
    for key in FIRST_KEYS:
        assert not who(statements, "kms:ScheduleKeyDeletion", key)
    assert who(statements, "kms:ScheduleKeyDeletion", LATER_KEYS) == {"KeyRotation"}


def test_key_rotation_alone_writes_the_record_of_the_keys(statements: list[Statement]) -> None:
    for action in WRITES:
        writers = who(statements, action, "Clients", "signing_keys#current")
        assert writers == ({"KeyRotation"} if action == "dynamodb:PutItem" else set())
    (tables,) = (one for one in statements if one.function == "KeyRotation" and "Clients" in one.resources)
    assert tables.leading_keys == ("signing_keys#*",)


def test_a_statement_on_a_table_of_several_kinds_names_the_kinds(statements: list[Statement]) -> None:
    for one in statements:
        for table in one.resources & set(KINDS):
            assert one.leading_keys, one
            assert set(one.leading_keys) <= {f"{kind}#*" for kind in KINDS[table]}, one


def test_a_statement_on_a_table_of_one_kind_has_no_condition_that_could_mislead(
    statements: list[Statement],
) -> None:
    assert all(one.leading_keys is None for one in statements if not one.resources & {*KINDS, SECRETS_KEY})


@pytest.mark.parametrize("action", sorted(READS | WRITES))
def test_no_function_but_login_touches_a_password(statements: list[Statement], action: str) -> None:
    assert who(statements, action, "Users", "password#someone") <= {"Login"}


def test_nobody_creates_a_person_and_only_consent_writes_consents(statements: list[Statement]) -> None:
    written = {(action, name) for action in WRITES for name in who(statements, action, "Users", "user#a")}
    assert written == {("dynamodb:UpdateItem", "EndSession")}, "when they signed out everywhere"
    assert who(statements, "dynamodb:PutItem", "Users", "consent#someone#client") == {"Consent"}
    assert not who(statements, "dynamodb:UpdateItem", "Users", "consent#someone#client")
    assert not who(statements, "dynamodb:DeleteItem", "Users", "consent#someone#client")


@pytest.mark.parametrize("key", ["resource#one", "trusted_issuer#one"])
def test_only_what_stacks_declare_by_writes_what_they_declare(statements: list[Statement], key: str) -> None:
    for action in ("dynamodb:PutItem", "dynamodb:DeleteItem"):
        assert who(statements, action, "Clients", key) == {"CustomResources"}
    assert not who(statements, "dynamodb:UpdateItem", "Clients", key)


def test_custom_resources_alone_reaches_secrets_and_only_those_of_this_stacks_clients(
    statements: list[Statement],
) -> None:
    (secrets,) = (one for one in statements if one.actions & SECRETS)
    assert secrets.function == "CustomResources"
    assert secrets.resources == {CLIENT_SECRETS}
    reached = {name for one in statements if one.function == "CustomResources" for name in one.resources}
    assert reached == {"Clients", CLIENT_SECRETS, SECRETS_KEY, "CustomResourcesLog"}


def test_only_authorizations_and_assertions_begin_a_grant_and_nobody_deletes_one(
    statements: list[Statement],
) -> None:
    assert who(statements, "dynamodb:PutItem", "Grants") == {"Authorization", "DeviceAuthorization", "Token"}
    assert not who(statements, "dynamodb:DeleteItem", "Grants")


def test_login_alone_begins_a_session(statements: list[Statement]) -> None:
    assert who(statements, "dynamodb:PutItem", "Sessions") == {"Login"}


def test_nobody_takes_back_a_spent_jti_or_a_revocation(statements: list[Statement]) -> None:
    for kind in ("jti", "revoked_token"):
        for action in ("dynamodb:DeleteItem", "dynamodb:UpdateItem"):
            assert not who(statements, action, "Requests", f"{kind}#one")


def test_opaque_tokens_are_kept_by_token_alone_and_taken_back_by_nobody(statements: list[Statement]) -> None:
    assert who(statements, "dynamodb:PutItem", "Requests", "access_token#one") == {"Token"}
    assert who(statements, "dynamodb:UpdateItem", "Requests", "access_token#one") == {"Revocation"}
    assert not who(statements, "dynamodb:DeleteItem", "Requests", "access_token#one")


def test_a_function_has_the_variables_of_what_its_role_reaches_and_no_others(
    functions: dict[str, Any], statements: list[Statement]
) -> None:
    for name, function in functions.items():
        reached = {
            target.split("/")[0] for one in statements if one.function == name for target in one.resources
        }
        expected = {f"{table.upper()}_TABLE" for table in reached & TABLES}
        expected |= {"SIGNING_KEY_ES256", "SIGNING_KEY_RSA"} if reached & SIGNING_KEYS else set()
        expected |= {"SECRETS_KEY"} if SECRETS_KEY in reached else set()
        given = {
            variable
            for variable in function["Environment"]["Variables"]
            if variable.endswith(("_TABLE", "SECRETS_KEY")) or variable.startswith("SIGNING_KEY_")
        }
        assert given == expected, name
