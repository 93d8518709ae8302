"""What a service does to a call, on a real socket: it ends as it would with botocore."""

from collections.abc import Sequence

import pytest

from tests.aws.outcomes import botocore_outcome, own_outcome
from tests.support.scripted import (
    ScriptedService,
    Step,
    breaks_off,
    cuts,
    refuses,
    says,
    sends,
    then_closes,
    waits,
)

OK = b"HTTP/1.1 200 OK\r\n"
ITEM = {"grant_id": {"S": "g1"}, "n": {"N": "2"}}
FOUND = says({"Item": ITEM})
WRITTEN = says({"Attributes": ITEM})
NOTHING = says({})
SIGNED = says({"KeyId": "k", "Signature": "c2ln"}, checked=False)
BROKEN_OFF = breaks_off({"Item": ITEM})
OTHER_BYTES = says({"Item": ITEM}, x_amz_crc32="1")
BUSY = refuses("ProvisionedThroughputExceededException")
FULL = says({"__type": "ConditionalCheckFailedException", "Item": ITEM}, 400)

SCRIPTS: dict[str, tuple[str, Sequence[Step]]] = {
    "an item": ("get", [FOUND]),
    "no item": ("get", [NOTHING]),
    "in chunks": (
        "get",
        [sends(OK + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")],
    ),
    "until the end": ("get", [sends(OK + b"connection: close\r\n\r\n{}")]),
    "after a 100": (
        "get",
        [sends(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"content-length: 2\r\n\r\n{}")],
    ),
    "written": ("put", [NOTHING]),
    "updated": ("update", [WRITTEN]),
    "signed": ("sign", [SIGNED]),
    "a condition that fails": ("put", [refuses("ConditionalCheckFailedException")]),
    "a condition that fails, and the item": ("update", [FULL]),
    "throttled once": ("get", [BUSY, FOUND]),
    "throttled twice": ("get", [BUSY, BUSY, FOUND]),
    "throttled": ("get", [BUSY]),
    "a write throttled": ("update", [refuses("ThrottlingException")]),
    "KMS throttled": ("sign", [refuses("ThrottlingException", checked=False), SIGNED]),
    "too many requests": ("get", [refuses("ThrottledException", 429)]),
    "an error of the service's": ("get", [refuses("InternalServerError", 500), FOUND]),
    "errors of the service's": ("get", [refuses("InternalServerError", 500)]),
    "KMS has no key at hand": ("sign", [refuses("KeyUnavailableException", 500, checked=False)]),
    "503 without a body": ("get", [says(b"", 503, checked=False)]),
    "502 of something between": ("get", [says(b"<html>", 502, checked=False)]),
    "cut once": ("get", [cuts, FOUND]),
    "cut": ("get", [cuts]),
    "a write cut once": ("update", [cuts, WRITTEN]),
    "broken off once": ("get", [BROKEN_OFF, FOUND]),
    "broken off": ("get", [BROKEN_OFF]),
    "not what its checksum is of, once": ("get", [OTHER_BYTES, FOUND]),
    "no HTTP": ("get", [sends(b"SSH-2.0\r\n\r\n")]),
    "silent once": ("get", [waits, FOUND]),
    "silent": ("get", [waits]),
    "not allowed": ("get", [refuses("AccessDeniedException")]),
    "no such table": ("put", [refuses("ResourceNotFoundException")]),
    "no such key": ("sign", [refuses("NotFoundException", checked=False)]),
    "a wrong secret": ("get", [refuses("InvalidSignatureException")]),
    "keys that are over": ("get", [refuses("ExpiredTokenException")]),
    "keys nobody knows": ("get", [refuses("UnrecognizedClientException")]),
    "a request it does not understand": ("put", [refuses("ValidationException")]),
    "no JSON and no success": ("get", [says(b"<html>", 403, checked=False)]),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_call_ends_as_with_botocore(name: str) -> None:
    call, steps = SCRIPTS[name]
    with ScriptedService(steps) as service:
        ours = own_outcome(call, service.endpoint)
        tries = len(service.asked)
    with ScriptedService(steps) as service:
        theirs = botocore_outcome(call, service.endpoint)
        assert (_comparable(ours), tries) == (_comparable(theirs), len(service.asked))


def _comparable(outcome: tuple[str, object]) -> tuple[str, object]:
    # Nobody looks at a fault's code but people.
    return outcome if outcome[0] != "fault" else ("fault", None)


# Where botocore takes a damaged answer for a whole one, or a fault for good, this client does better.
BETTER: dict[str, tuple[str, Sequence[Step], str]] = {
    "nothing at all": ("get", [says(b"", checked=False)], "silence"),
    "half of the JSON": ("get", [says(b'{"Item": {"grant', checked=False)], "silence"),
    "half of the JSON once": ("get", [says(b'{"Item": {"grant', checked=False), FOUND], "answer"),
    "not what its checksum is of": ("get", [OTHER_BYTES], "silence"),
    "no object": ("get", [says([1], checked=False)], "silence"),
    "no signature": ("sign", [says({"KeyId": "k"}, checked=False)], "silence"),
    "no base64": ("sign", [says({"Signature": "c2l"}, checked=False)], "silence"),
    "KMS broken off": ("sign", [breaks_off({"Signature": "c2ln"}, checked=False), SIGNED], "answer"),
    "a checksum that is no number": ("get", [says({}, x_amz_crc32="x"), FOUND], "answer"),
    "a transaction in the way": ("put", [refuses("TransactionConflictException"), NOTHING], "answer"),
}


@pytest.mark.parametrize("name", BETTER)
def test_what_is_damaged_is_no_answer(name: str) -> None:
    call, steps, expected = BETTER[name]
    with ScriptedService(steps) as service:
        assert own_outcome(call, service.endpoint)[0] == expected


def test_nobody_there_is_silence() -> None:
    with ScriptedService([NOTHING]) as service:
        endpoint = service.endpoint
    assert own_outcome("get", endpoint) == botocore_outcome("get", endpoint) == ("silence", None)


@pytest.mark.parametrize("name", ["a stale connection", "a throttled try"])
def test_a_stale_connection_is_not_even_tried(name: str) -> None:
    """What the other side closed after its answer costs no attempt."""
    first = then_closes(FOUND if name == "a stale connection" else BUSY)
    with ScriptedService([first, cuts, FOUND]) as service:
        assert own_outcome("get", service.endpoint)[0] == "answer"
