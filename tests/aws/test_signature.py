"""Signatures are botocore's, whatever is signed."""

import json
import time
from contextlib import closing
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws.regions import DOMAINS, endpoint_of
from chalicelib.aws.signature import Credentials, signed_headers

REGION = "eu-west-1"
OPERATIONS = {
    ("dynamodb", "DynamoDB_20120810", "1.0"): (
        "BatchGetItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "UpdateItem",
    ),
    ("kms", "TrentService", "1.1"): ("GetPublicKey", "Sign"),
}
TARGETS = [(*service, operation) for service, operations in OPERATIONS.items() for operation in operations]

# Header values: all of ASCII that may stand in one, without space, which HTTP may fold.
visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
bodies = st.one_of(
    st.dictionaries(st.text(max_size=10), st.text(max_size=30) | st.integers(), max_size=3).map(
        lambda value: json.dumps(value).encode()
    ),
    st.binary(max_size=200),
    st.integers(0, 20_000).map(lambda size: b"x" * size),
)
credentials = st.builds(
    Credentials,
    visible,
    st.text(min_size=1, max_size=40),
    st.none() | visible | st.integers(1, 3000).map(lambda size: "T/+=" * size),
)
places = st.tuples(
    st.sampled_from(["127.0.0.1:4566", "localhost:8000", "dynamodb.eu-west-1.amazonaws.com", "[::1]:1"]),
    visible,
    st.integers(0, 4_000_000_000).map(lambda seconds: time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))),
)


@settings(
    max_examples=1_250,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(bodies, min_size=len(TARGETS), max_size=len(TARGETS)), credentials, places)
def test_ten_thousand_requests_are_signed_as_botocore_signs_them(
    contents: list[bytes], used: Credentials, place: tuple[str, str, str]
) -> None:
    """1250 tenants, times and regions, each with a request of every one of the eight operations."""
    host, region, timestamp = place
    theirs = BotocoreCredentials(used.access_key_id, used.secret_access_key, used.token)
    for body, (service, prefix, version, operation) in zip(contents, TARGETS, strict=True):
        ours = signed_headers(
            body,
            host=host,
            service=service,
            region=region,
            target=f"{prefix}.{operation}",
            content_type=f"application/x-amz-json-{version}",
            credentials=used,
            timestamp=timestamp,
        )
        expected = by_botocore(body, ours, theirs, service, region)
        assert ours["Authorization"] == expected["Authorization"]
        assert ours.get("X-Amz-Security-Token") == expected.get("X-Amz-Security-Token")


def by_botocore(
    body: bytes, headers: dict[str, str], credentials: Any, service: str, region: str
) -> dict[str, str]:
    """The same request signed by the parts of SigV4Auth, for the time its header says."""
    request = AWSRequest(
        "POST",
        f"http://{headers['Host']}/",
        {name: headers[name] for name in ("Content-Type", "X-Amz-Target")},
        body,
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = SigV4Auth(credentials, service, region)
    auth._modify_request_before_signing(request)
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    auth._inject_signature_to_request(request, signature)
    return dict(request.headers.items())


ARGUMENTS: dict[str, dict[str, Any]] = {
    "BatchGetItem": {
        "RequestItems": {"Table": {"Keys": [{"id": {"S": "ü\x00'\""}}], "ConsistentRead": True}}
    },
    "DeleteItem": {"TableName": "Table", "Key": {"id": {"S": "a"}}},
    "GetItem": {"TableName": "Table", "Key": {"id": {"S": "a"}}, "ConsistentRead": True},
    "PutItem": {"TableName": "Table", "Item": {"id": {"S": "a"}, "n": {"N": "1"}, "b": {"BOOL": True}}},
    "Query": {"TableName": "Table", "IndexName": "by_sub", "KeyConditionExpression": "a = :a"},
    "UpdateItem": {"TableName": "Table", "Key": {"id": {"S": "a"}}, "UpdateExpression": "SET a = :a"},
    "GetPublicKey": {"KeyId": "k"},
    "Sign": {"KeyId": "k", "Message": b"\x00\xff", "SigningAlgorithm": "ECDSA_SHA_256"},
}


class Sent(Exception):
    """Carries what botocore was about to send."""


@pytest.mark.parametrize("token", [None, "a-session-token"])
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[-1])
def test_every_operation_has_botocores_headers(target: tuple[str, str, str, str], token: str | None) -> None:
    """What its clients put on the wire is signed the same, and names the operation the same."""
    service, prefix, version, operation = target
    client = botocore.session.get_session().create_client(
        service,
        region_name=REGION,
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
        aws_session_token=token,
    )

    def stop(request: Any, **_: Any) -> None:
        raise Sent(request)

    client.meta.events.register("before-send.*.*", stop)
    with closing(client), pytest.raises(Sent) as caught:
        client._make_api_call(operation, ARGUMENTS[operation])
    (request,) = caught.value.args
    theirs = {name: _text(value) for name, value in request.headers.items()}
    ours = signed_headers(
        request.body,
        host="127.0.0.1:9",
        service=service,
        region=REGION,
        target=f"{prefix}.{operation}",
        content_type=f"application/x-amz-json-{version}",
        credentials=Credentials("AKID", "secret", token),
        timestamp=theirs["X-Amz-Date"],
    )
    assert {name: theirs[name] for name in ours if name != "Host"} | {"Host": ours["Host"]} == ours


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def test_every_region_has_botocores_endpoints() -> None:
    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    seen = set()
    for partition in partitions:
        for region in session.get_available_regions("dynamodb", partition):
            if region.startswith("local"):
                continue
            seen.add(next((start for start in DOMAINS if region.startswith(start)), ""))
            for service in ("dynamodb", "kms"):
                client = session.create_client(
                    service,
                    region_name=region,
                    aws_access_key_id="a",
                    aws_secret_access_key="b",
                    # A stack of other tests may name endpoints of its own.
                    config=Config(ignore_configured_endpoint_urls=True),
                )
                with closing(client):
                    assert endpoint_of(service, {"AWS_REGION": region}) == client.meta.endpoint_url
    assert {"", "cn-", "us-iso-", "us-isob-"} <= seen


def test_credentials_do_not_show_their_secrets() -> None:
    assert "s3cret" not in repr(Credentials("AKID", "s3cret", "s3cret-token"))
