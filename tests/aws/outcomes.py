"""What becomes of one call, as this server sees it: by its own client, and by botocore."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws import calls, kms_calls
from chalicelib.aws.credentials import CredentialsError
from chalicelib.aws.refusal import Refusal
from chalicelib.protocol.errors import TemporarilyUnavailable
from tests.support.environment import changed_environment

TABLE, KEY = "Grants", {"grant_id": "g1"}
ANY = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "a-secret",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
}

# "answer", "condition", "busy" (503, throttled), "silence" (503, timed out) or "fault" (500), and details.
Outcome = tuple[str, Any]

OWN: dict[str, Callable[[], Any]] = {
    "get": lambda: calls.get_item(TABLE, KEY),
    "put": lambda: calls.put_item(TABLE, KEY, condition="attribute_not_exists(grant_id)"),
    "update": lambda: calls.update_item(
        TABLE, KEY, update="SET n = :n", condition="n = :m", values={":n": 2, ":m": 1}
    ),
    "sign": lambda: kms_calls.kms_sign("k", b"m", message_type="RAW", signing_algorithm="ECDSA_SHA_256"),
}


def own_outcome(call: str, endpoint: str, **environment: str) -> Outcome:
    """By chalicelib.aws.calls."""
    # A stack of other tests may name endpoints of its own for either service.
    endpoints = dict.fromkeys(
        ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_KMS"), endpoint
    )
    with changed_environment(**{**ANY, **environment, **endpoints}):
        return outcome_of(OWN[call])


def outcome_of(call: Callable[[], Any]) -> Outcome:
    """How a call of chalicelib.aws.calls ends."""
    try:
        return "answer", call()
    except calls.ConditionFailed as failed:
        return "condition", failed.found
    except TemporarilyUnavailable as error:
        return {"aws_throttled": "busy", "aws_timeout": "silence"}[error.reason], None
    except Refusal as refusal:
        return "fault", refusal.code
    except kms_calls.KeyUnusable as unusable:
        return "fault", unusable.code
    except CredentialsError:
        return "fault", "CredentialsError"


_CONFIG = Config(
    connect_timeout=1,
    read_timeout=1.5,
    retries={"mode": "standard", "total_max_attempts": 3},
    parameter_validation=False,
    proxies={},
)
_TYPED_KEY = {"grant_id": {"S": "g1"}}
_CONDITION: dict[str, Any] = {"TableName": TABLE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
BOTOCORE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "get": ("dynamodb", "get_item", {"TableName": TABLE, "Key": _TYPED_KEY, "ConsistentRead": True}),
    "put": (
        "dynamodb",
        "put_item",
        {**_CONDITION, "Item": _TYPED_KEY, "ConditionExpression": "attribute_not_exists(grant_id)"},
    ),
    "update": (
        "dynamodb",
        "update_item",
        {
            **_CONDITION,
            "Key": _TYPED_KEY,
            "UpdateExpression": "SET n = :n",
            "ConditionExpression": "n = :m",
            "ExpressionAttributeValues": {":n": {"N": "2"}, ":m": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    "sign": (
        "kms",
        "sign",
        {"KeyId": "k", "Message": b"m", "MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256"},
    ),
}


def botocore_outcome(call: str, endpoint: str) -> Outcome:
    """By botocore, its errors told apart as this server does."""
    service, operation, arguments = BOTOCORE[call]
    client = botocore.session.get_session().create_client(
        service,
        config=_CONFIG,
        endpoint_url=endpoint,
        region_name=ANY["AWS_REGION"],
        aws_access_key_id=ANY["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ANY["AWS_SECRET_ACCESS_KEY"],
    )
    with closing(client):
        try:
            answer = getattr(client, operation)(**arguments)
        except ClientError as error:
            return _refused(error)
        except BotoCoreError as error:
            return ("silence", None) if type(error).__name__ in _SILENCE else ("fault", type(error).__name__)
    if "MaxAttemptsReached" in answer["ResponseMetadata"] and len(answer) == 1:
        # An answer that broke off passes for an empty one after the last try.
        return "silence", None
    return "answer", _value(call, answer)


def _refused(error: ClientError) -> Outcome:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code == "ConditionalCheckFailedException":
        item = error.response.get("Item")
        return "condition", _plain(item) if item else None
    if status >= 500 or "Throttl" in code or code == "ProvisionedThroughputExceededException":
        return "busy", None
    return "fault", code


def _value(call: str, answer: dict[str, Any]) -> Any:
    match call:
        case "get":
            return _plain(answer["Item"]) if "Item" in answer else None
        case "update":
            return _plain(answer["Attributes"])
        case "sign":
            return answer["Signature"]
        case _:
            return None


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: int(value["N"]) if "N" in value else value["S"] for name, value in item.items()}


_SILENCE = {
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "EndpointConnectionError",
    "HTTPClientError",
    "ReadTimeoutError",
    "ResponseStreamingError",
    "SSLError",
}
