"""What request objects need of a client's host is fetched by a function of its own, which reaches nothing."""

import base64
import json

from chalicelib.aws.invocations import InvocationFailed, invoke
from chalicelib.gateway.environment import required
from chalicelib.outbound.fetched import Fetched, FetchError
from chalicelib.protocol.errors import TemporarilyUnavailable

# What the function may take for one document, and what it may answer: 64 KB, in base64.
FETCH_SECONDS = 8.0
MAX_ANSWER = 96 * 1024


def fetch_object(url: str) -> Fetched:
    """What is at a request_uri. Raises FetchError, TemporarilyUnavailable."""
    return _ask(url, "request_object")


def fetch_keys(url: str, *, allowed_origins: tuple[str, ...]) -> Fetched:
    """The document at a jwks_uri. Raises FetchError, TemporarilyUnavailable."""
    # Which these are, the function knows by itself.
    del allowed_origins
    return _ask(url, "keys")


def _ask(url: str, kind: str) -> Fetched:
    try:
        answer = json.loads(
            invoke(
                required("REQUEST_OBJECT_FUNCTION"),
                json.dumps({"url": url, "kind": kind}).encode(),
                seconds=FETCH_SECONDS,
                max_bytes=MAX_ANSWER,
                repeat=True,
            )
        )
    except InvocationFailed as failed:
        raise TemporarilyUnavailable(
            "What the client names cannot be fetched now. Try again.",
            reason="aws_timeout",
            facts={"request_uri_error": failed.kind},
        ) from failed
    if answer["outcome"] != "fetched":
        raise FetchError(answer["why"], answered=answer["answered"])
    return Fetched(base64.b64decode(answer["body"]), answer["max_age"])
