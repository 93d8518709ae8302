"""For every action a body that asks for it, of every table, kind of item, index, key, bus and secret."""

from collections.abc import Iterator
from typing import Any

from infra.enforcement.actions import operations
from infra.enforcement.kms_accesses import key_arn
from infra.local.resources import EventBus, Function, Key, Table
from infra.local.template import ACCOUNT, REGION, STACK_NAME
from tests.stack.statement import CLIENT_SECRETS, NEW_KEYS, RETRIES

# The kinds of item of the tables that hold several, by what their keys begin with.
KINDS = {
    "Clients": ("client", "resource", "trusted_issuer", "registration_token", "signing_keys"),
    "Users": ("user", "password", "consent"),
    "Documents": ("document", "fetches"),
    "Requests": (
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
    ),
}
TRANSACTED = {
    "Put": ("dynamodb:PutItem", "Item"),
    "Update": ("dynamodb:UpdateItem", "Key"),
    "Delete": ("dynamodb:DeleteItem", "Key"),
    "ConditionCheck": ("dynamodb:ConditionCheckItem", "Key"),
}

# Operation, the action and the resource a role is asked for (by logical ids), the item's key, the body.
Request = tuple[str, str, str, str, dict[str, Any]]


def of_tables(tables: tuple[Table, ...]) -> Iterator[Request]:
    """Every way to reach an item of each kind of each table."""
    for table in tables:
        for key in [f"{kind}#one" for kind in KINDS.get(table.logical_id, ())] or ["one"]:
            yield from _of_an_item(table, key)
        yield from _of_indexes(table)


def _of_an_item(table: Table, key: str) -> Iterator[Request]:
    owner, name = table.logical_id, table.name
    (attribute,) = (one["AttributeName"] for one in table.arguments["KeySchema"])
    item = {attribute: {"S": key}}
    for verb in ("Get", "Update", "Delete", "Put"):
        member = "Item" if verb == "Put" else "Key"
        yield f"{verb}Item", f"dynamodb:{verb}Item", owner, key, {"TableName": name, member: item}
    batch = {"RequestItems": {name: {"Keys": [item]}}}
    yield "BatchGetItem", "dynamodb:BatchGetItem", owner, key, batch
    for request in ({"PutRequest": {"Item": item}}, {"DeleteRequest": {"Key": item}}):
        write = {"RequestItems": {name: [request]}}
        yield "BatchWriteItem", "dynamodb:BatchWriteItem", owner, key, write
    get = {"TransactItems": [{"Get": {"TableName": name, "Key": item}}]}
    yield "TransactGetItems", "dynamodb:GetItem", owner, key, get
    for kind, (action, member) in TRANSACTED.items():
        parts = {"TransactItems": [{kind: {"TableName": name, member: item}}]}
        yield "TransactWriteItems", action, owner, key, parts
    yield "Query", "dynamodb:Query", owner, key, _query(name, attribute, key)


def _of_indexes(table: Table) -> Iterator[Request]:
    yield "Scan", "dynamodb:Scan", table.logical_id, "", {"TableName": table.name}
    for index in table.arguments.get("GlobalSecondaryIndexes", ()):
        on = {"IndexName": index["IndexName"]}
        resource = f"{table.logical_id}/index/{index['IndexName']}"
        attribute = index["KeySchema"][0]["AttributeName"]
        query = {**_query(table.name, attribute, "one"), **on}
        yield "Query", "dynamodb:Query", resource, "one", query
        yield "Scan", "dynamodb:Scan", resource, "", {"TableName": table.name, **on}


def _query(name: str, attribute: str, key: str) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":key": {"S": key}},
    }


def of_keys(keys: tuple[Key, ...]) -> Iterator[Request]:
    """Every operation of KMS on every key, by its ARN and by its alias."""
    yield "ListKeys", "kms:ListKeys", NEW_KEYS, "", {}
    tags = [{"TagKey": tag, "TagValue": STACK_NAME} for tag in ("keyturn:stack", "keyturn:made-for")]
    creation = {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY", "Tags": tags}
    yield "CreateKey", "kms:CreateKey", NEW_KEYS, "", creation
    for operation in set(operations("kms")) - {"ListKeys"}:
        for key in keys:
            for name in (key_arn(key), *(key.aliases if operation == "Sign" else ())):
                body = {"KeyId": name, "Message": "", "SigningAlgorithm": "ECDSA_SHA_256"}
                yield operation, f"kms:{operation}", key.logical_id, "", body
    for operation in ("Decrypt", "Encrypt"):
        for key in keys:
            for purpose in ("client_secret", "pairwise_salt", "Client_secret", "another"):
                context = {"purpose": purpose, "client_id": "a"}
                asked = {"KeyId": key_arn(key), "EncryptionContext": context}
                yield operation, f"kms:{operation}", key.logical_id, purpose, asked
    for key in keys:
        for algorithm in ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"):
            by = {"KeyId": key_arn(key), "EncryptionAlgorithm": algorithm}
            yield "Decrypt", "kms:Decrypt", key.logical_id, algorithm, by
        agreement = {"KeyId": key_arn(key), "KeyAgreementAlgorithm": "ECDH"}
        yield "DeriveSharedSecret", "kms:DeriveSharedSecret", key.logical_id, "ECDH", agreement


def of_event_buses(buses: tuple[EventBus, ...]) -> Iterator[Request]:
    """Every operation of EventBridge; PutEvents on every bus, and on one and the account's at once."""
    for operation in set(operations("events")) - {"PutEvents"}:
        yield operation, f"events:{operation}", "", "", {"Name": "default", "EventBusName": "default"}
    for bus in buses:
        entries = [{"EventBusName": bus.arn, "Detail": "{}"}]
        yield "PutEvents", "events:PutEvents", bus.logical_id, "", {"Entries": entries}
        yield "PutEvents", "events:PutEvents", "default", "", {"Entries": [*entries, {"Detail": "{}"}]}


def of_functions(functions: tuple[Function, ...]) -> Iterator[Request]:
    """Every operation of Lambda: Invoke on every function, on an alias of one, and on another account's."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    for one in functions:
        yield "Invoke", "lambda:InvokeFunction", one.logical_id, "", {"FunctionName": arn + one.name}
    for other in (f"{arn}Token:live", f"{arn}Other", "arn:aws:lambda:us-east-1:111122223333:function:Token"):
        yield "Invoke", "lambda:InvokeFunction", "", "", {"FunctionName": other}
    for operation in set(operations("lambda")) - {"Invoke"}:
        yield operation, f"lambda:{operation}", "", "", {"FunctionName": f"{arn}Token"}


def of_schedules() -> Iterator[Request]:
    """Every operation of EventBridge Scheduler: CreateSchedule in the stack's group, another and none."""
    for operation in set(operations("scheduler")) - {"CreateSchedule"}:
        yield operation, f"scheduler:{operation}", "", "", {"Name": "one"}
    role = f"arn:aws:iam::{ACCOUNT}:role/LogoutRetriesRole"
    for group, owner in ((f"{STACK_NAME}-logouts", RETRIES), (f"{STACK_NAME}-2-logouts", ""), (None, "")):
        body = {"Name": "one", "Target": {"RoleArn": role}, **({"GroupName": group} if group else {})}
        yield "CreateSchedule", "scheduler:CreateSchedule", owner, "", body
    for other in ("BackchannelLogoutRole", "Other"):
        target = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{other}"}
        body = {"Name": "one", "GroupName": f"{STACK_NAME}-logouts", "Target": target}
        yield "CreateSchedule", "scheduler:CreateSchedule", "the role of another", "", body


def of_secrets() -> Iterator[Request]:
    """Every operation of Secrets Manager on a client's secret, on another tenant's and on the account's."""
    names = {
        f"{STACK_NAME}/clients/one": CLIENT_SECRETS,
        f"{STACK_NAME}-2/clients/one": "another tenant",
        f"{STACK_NAME}/other": "the account",
    }
    for operation in operations("secretsmanager"):
        for name, owner in names.items():
            member = "Name" if operation == "CreateSecret" else "SecretId"
            yield operation, f"secretsmanager:{operation}", owner, "", {member: name}
