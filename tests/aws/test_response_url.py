"""Where CloudFormation is told how a resource fared: nowhere else, and again where it was not heard."""

import pytest

from chalicelib.aws.response_url import NotDelivered, UnfitResponseUrl, check_response_url, put_response
from chalicelib.deadline import deadline
from tests.support.scripted import ScriptedService, Step, cuts, refuses, says, sends, then_closes

BUCKET = "cloudformation-custom-resource-response-"
QUERY = "/arn%3Aaws%3Acloudformation%7CExport%7C1?X-Amz-Signature=0f"
REGION = {"AWS_REGION": "eu-central-1"}

GOOD = [
    f"https://{BUCKET}eucentral1.s3.eu-central-1.amazonaws.com{QUERY}",
    f"https://{BUCKET}eu-central-1.s3.eu-central-1.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3-eu-central-1.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.dualstack.eu-central-1.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com:443{QUERY}",
    f"HTTPS://{BUCKET}EUCENTRAL1.S3.AMAZONAWS.COM{QUERY}",
]
BAD = [
    f"http://{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com:8443{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com:x{QUERY}",
    f"https://{BUCKET}useast1.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}mine.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com.example.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.example.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3xamazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.example.com.s3.amazonaws.com{QUERY}",
    f"https://x.{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://x{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com@example.com{QUERY}",
    f"https://user@{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://example.com/{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://example.com\\@{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://example.com#{BUCKET}eucentral1.s3.amazonaws.com{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com/a b",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com/a\r\nx: y",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com\n{QUERY}",
    f"https://{BUCKET}eucentral1.s3.amazonaws.com/é",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://localhost/",
    "https://s3.eu-central-1.amazonaws.com/another-bucket/key",
    "https://another-bucket.s3.eu-central-1.amazonaws.com/key",
    "file:///etc/passwd",
    "https://[",
    "https://",
    "",
]


@pytest.mark.parametrize("url", GOOD)
def test_cloudformations_own_buckets_are_told(url: str) -> None:
    check_response_url(url, REGION)


@pytest.mark.parametrize("url", BAD)
def test_nobody_else_is(url: str) -> None:
    with pytest.raises(UnfitResponseUrl):
        check_response_url(url, REGION)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", f"{BUCKET}cnnorth1.s3.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", f"{BUCKET}us-gov-west-1.s3.us-gov-west-1.amazonaws.com"),
        ("eusc-de-east-1", f"{BUCKET}eusc-de-east-1.s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_each_partition_has_its_own_hosts(region: str, host: str) -> None:
    check_response_url(f"https://{host}{QUERY}", {"AWS_REGION": region})
    with pytest.raises(UnfitResponseUrl):
        check_response_url(f"https://{host}{QUERY}", REGION)


def test_a_local_stack_names_one_origin_more_and_no_other() -> None:
    local = {**REGION, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:8333"}
    check_response_url(f"http://127.0.0.1:8333{QUERY}", local)
    check_response_url(GOOD[0], local)
    for url in (
        "http://127.0.0.1:8334/a",
        "https://127.0.0.1:8333/a",
        "http://user@127.0.0.1:8333/a",
        "http://localhost:8333/a",
        "http://127.0.0.1:83333/a",
    ):
        with pytest.raises(UnfitResponseUrl):
            check_response_url(url, local)


def put(service: ScriptedService, *, seconds: float = 20.0) -> None:
    with deadline(seconds):
        put_response(service.endpoint + QUERY, b'{"Status":"SUCCESS"}')


def test_the_answer_is_put_as_the_url_was_signed() -> None:
    with ScriptedService([says(b"", checked=False)]) as service:
        put(service)
    (asked,) = service.asked
    assert asked.line == f"PUT {QUERY} HTTP/1.1"
    assert asked.body == b'{"Status":"SUCCESS"}'
    assert asked.headers["content-type"] == ""
    assert asked.headers["host"] == f"127.0.0.1:{service.port}"
    assert asked.headers["content-length"] == "20"
    assert not {"authorization", "x-amz-security-token"} & set(asked.headers)


@pytest.mark.parametrize(
    "step",
    [cuts, refuses("SlowDown", 503), says(b"", 500), sends(b"nonsense\r\n\r\n"), then_closes(says(b"", 502))],
)
def test_what_was_not_heard_is_said_again(step: Step) -> None:
    with ScriptedService([step, step, says(b"", checked=False)]) as service:
        put(service)
    assert [one.body for one in service.asked] == [b'{"Status":"SUCCESS"}'] * 3


@pytest.mark.parametrize("status", [301, 307, 400, 403, 404])
def test_what_was_refused_is_not(status: int) -> None:
    answer = says(b"", status, location="http://127.0.0.1:1/")
    with ScriptedService([answer]) as service, pytest.raises(NotDelivered, match=str(status)):
        put(service)
    assert len(service.asked) == 1


def test_it_is_not_said_for_ever() -> None:
    with ScriptedService([refuses("SlowDown", 503)]) as service:
        with pytest.raises(NotDelivered, match="503"):
            put(service)
        assert len(service.asked) == 8
        with pytest.raises(NotDelivered, match="no time left"):
            put(service, seconds=0.01)
    assert len(service.asked) == 8
