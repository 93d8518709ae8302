"""Who may not even ask: requests that are not signed, or not all of it, or by nobody known here."""

import dataclasses
import time
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.enforcement.front import EnforcedAws
from infra.enforcement.signature import MAX_SKEW_SECONDS, UnsignedError, authenticate
from infra.local.http_request import HttpRequest
from infra.local.template import REGION, read_template
from tests.support.signed import AwsAnswer, Sender, sign

BODY = {"TableName": "keyturn-local-Grants", "Key": {"grant_id": {"S": "one"}}}
ACTION = "dynamodb:UpdateItem"


def test_botocores_own_requests_are_taken_and_answered_in_the_services_shape(
    aws: EnforcedAws, expanded_file: Path
) -> None:
    key = aws.keys["Token"]
    client = boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint("dynamodb"),
        region_name=REGION,
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        aws_session_token=key.session_token,
    )
    (grants,) = (one.name for one in read_template(expanded_file).tables if one.logical_id == "Grants")
    item = {"grant_id": {"S": "ein Schlüssel / mit = allem"}}
    client.update_item(TableName=grants, Key=item)
    with pytest.raises(ClientError) as refused:
        client.delete_item(TableName=grants, Key=item)
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        "User: arn:aws:sts::000000000000:assumed-role/TokenRole/Token is not authorized to perform:"
        " dynamodb:DeleteItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/keyturn-local-Grants"
        " because no identity-based policy allows the dynamodb:DeleteItem action"
    )
    with pytest.raises(client.exceptions.ClientError, match="AccessDeniedException"):
        client.scan(TableName=grants)


def test_a_signed_request_is_taken(aws: EnforcedAws, sender: Sender) -> None:
    assert sender.send(*sign(aws, aws.keys["Token"], ACTION, BODY)).status == 200


@pytest.mark.parametrize(
    ("header", "value", "error"),
    [
        ("Authorization", None, "MissingAuthenticationTokenException"),
        ("Authorization", "Bearer token", "IncompleteSignatureException"),
        ("X-Amz-Date", None, "IncompleteSignatureException"),
        ("X-Amz-Security-Token", None, "UnrecognizedClientException"),
        ("X-Amz-Security-Token", "another", "UnrecognizedClientException"),
        ("x-amz-target", "DynamoDB_20120810.DeleteItem", "InvalidSignatureException"),
        ("x-amz-more", "not signed", "InvalidSignatureException"),
        ("x-amz-content-sha256", "0" * 64, "InvalidSignatureException"),
        ("host", "dynamodb.us-east-1.amazonaws.com", "InvalidSignatureException"),
    ],
)
def test_a_changed_header_is_noticed(
    aws: EnforcedAws, sender: Sender, header: str, value: str | None, error: str
) -> None:
    netloc, headers, body = sign(aws, aws.keys["Token"], ACTION, BODY)
    changed = {name: text for name, text in headers.items() if name.lower() != header.lower()}
    answer = sender.send(netloc, changed | ({header: value} if value else {}), body)
    assert (answer.status, answer.error) == (400, error)


def test_a_changed_body_is_noticed(aws: EnforcedAws, sender: Sender) -> None:
    netloc, headers, body = sign(aws, aws.keys["Token"], ACTION, BODY)
    assert _is_wrong(sender.send(netloc, headers, body.replace(b"one", b"two")))


def test_a_secret_of_another_is_noticed(aws: EnforcedAws, sender: Sender) -> None:
    mixed = dataclasses.replace(aws.keys["Token"], secret_access_key=aws.keys["Login"].secret_access_key)
    assert _is_wrong(sender.send(*sign(aws, mixed, ACTION, BODY)))


def test_an_unknown_access_key_is_nobody(aws: EnforcedAws, sender: Sender) -> None:
    unknown = dataclasses.replace(aws.keys["Token"], access_key_id="ASIAAAAAAAAAAAAAAAAA")
    assert sender.send(*sign(aws, unknown, ACTION, BODY)).error == "UnrecognizedClientException"


def test_a_signature_is_for_one_service_and_one_region(aws: EnforcedAws, sender: Sender) -> None:
    key = aws.keys["Token"]
    assert _is_wrong(sender.send(*sign(aws, key, ACTION, BODY, service="kms")))
    assert _is_wrong(sender.send(*sign(aws, key, ACTION, BODY, region="eu-west-1")))


@pytest.mark.parametrize("skew", [-1, 1])
def test_a_signature_lasts_five_minutes(aws: EnforcedAws, skew: int) -> None:
    netloc, headers, body = sign(aws, aws.keys["Token"], ACTION, BODY)
    request = HttpRequest("POST", "/", "HTTP/1.1", tuple(headers.items()), body, "127.0.0.1")
    assert netloc
    keys, now = {key.access_key_id: key for key in aws.keys.values()}, time.time()
    within, beyond = (now + skew * (MAX_SKEW_SECONDS + more) for more in (-10, 10))
    key = authenticate(request, keys, service="dynamodb", region=REGION, now=within)
    assert key.function == "Token"
    with pytest.raises(UnsignedError, match="expired"):
        authenticate(request, keys, service="dynamodb", region=REGION, now=beyond)


def _is_wrong(answer: AwsAnswer) -> bool:
    return (answer.status, answer.error) == (400, "InvalidSignatureException")
