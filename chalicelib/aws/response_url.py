"""Telling CloudFormation how a custom resource fared: one PUT to the URL it gave, in its own bucket.

Whoever may invoke the function can name any URL, so only that bucket's are taken: by https, on AWS's own
hosts, in this region. The buckets are as "CloudFormation and VPC endpoints" names them, with the region's
dashes and without.
"""

import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.aws.http_connections import Connections, NoAnswer
from chalicelib.aws.regions import endpoint_of, region_of
from chalicelib.aws.retries import jittered_delay
from chalicelib.deadline import seconds_left

MAX_ATTEMPTS = 8
MIN_LEFT = 0.1
BUCKET = "cloudformation-custom-resource-response-"

_OK = 200
_SERVER_FAULT = 500
_LOCAL = "AWS_ENDPOINT_URL_S3"


class UnfitResponseUrl(Exception):
    """No URL of CloudFormation's: nothing is sent there."""


class NotDelivered(Exception):
    """The answer could not be handed over; the text says why, for the log."""


def check_response_url(url: str, environment: Mapping[str, str]) -> None:
    """Raises UnfitResponseUrl. A local stack, which names the place of all services, names that of S3 too."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnfitResponseUrl("The ResponseURL is no URL.") from None
    if not url.isascii() or any(character <= " " for character in url):
        raise UnfitResponseUrl("The ResponseURL is no URL.")
    if environment.get(_LOCAL) and f"{parts.scheme}://{parts.netloc}" == environment[_LOCAL]:
        return
    if parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc:
        raise UnfitResponseUrl("The ResponseURL is not https on its own port.")
    if not re.fullmatch(_hosts(environment), parts.hostname or ""):
        raise UnfitResponseUrl("The ResponseURL is not of CloudFormation's bucket in this region.")


def put_response(url: str, body: bytes) -> None:
    """Hands the body over, trying again within the deadline; redirects are not followed. The URL is one
    that was checked. Raises NotDelivered.
    """
    parts = urlsplit(url)
    connections = Connections(f"{parts.scheme}://{parts.netloc}")
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    # Signed without a content type, so none may be sent.
    headers = {"Content-Type": ""}
    try:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            left = seconds_left()
            if left is not None and left < MIN_LEFT:
                raise NotDelivered("There is no time left.")
            why = _attempt(connections, target, body, headers, timeout=10.0 if left is None else left)
            if why is None:
                return
            time.sleep(jittered_delay(attempt))
    finally:
        connections.close()
    raise NotDelivered(why or "")


def _attempt(
    connections: Connections, target: str, body: bytes, headers: Mapping[str, str], *, timeout: float
) -> str | None:
    """None where it was taken, otherwise why it may be tried again. Raises NotDelivered."""
    try:
        reply = connections.send("PUT", target, body, headers, timeout=timeout)
    except NoAnswer as error:
        return f"No answer: {error}."
    if reply.status == _OK:
        return None
    if reply.status < _SERVER_FAULT:
        raise NotDelivered(f"The answer is {reply.status}.")
    return f"The answer is {reply.status}."


def _hosts(environment: Mapping[str, str]) -> str:
    region = region_of(environment)
    domain = endpoint_of("s3", {"AWS_REGION": region}).removeprefix(f"https://s3.{region}.")
    regions = "|".join(map(re.escape, (region, region.replace("-", ""))))
    return rf"{BUCKET}(?:{regions})\.s3(?:[.-][a-z0-9-]+)*\.{re.escape(domain)}"
