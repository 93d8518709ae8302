"""Calls to one AWS service over its JSON protocol: signed, retried, and ended in time.

Every write the stores make is safe to repeat: its condition knows its own earlier attempt.
"""

import json
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.aws.credentials import CredentialSource
from chalicelib.aws.http_connections import READ_TIMEOUT, Connections, NoAnswer, Reply
from chalicelib.aws.refusal import CONDITION_FAILED, EXPIRED, SERVER_FAULT, SKEWED, Refusal
from chalicelib.aws.retries import MAX_ATTEMPTS, RetryBudget, jittered_delay
from chalicelib.aws.signature import signed_headers
from chalicelib.call_record import CallRecord, call_record
from chalicelib.deadline import seconds_left

# A call may take this part of the time that is left: what may have to follow it (sign what was redeemed,
# undo that where signing fails) finds time as well, however late it is.
SHARE = 0.5
# Seconds a call may take where there is no deadline.
DEFAULT_SECONDS = 10.0
# Seconds in which an answer must be possible for an attempt to be worth making.
MIN_LEFT = 0.05
# AWS refuses a time that is off by more than 300 s; from this on the clock is to blame for a wrong signature.
MAX_SKEW = 240.0
OK = 200

_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class Service:
    """One service in one region. `clock` is the time of day in seconds since the epoch."""

    def __init__(
        self,
        *,
        name: str,
        target: str,
        version: str,
        region: str,
        endpoint: str,
        credentials: CredentialSource,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._target = target
        self._content_type = f"application/x-amz-json-{version}"
        self._region = region
        self._connections = Connections(endpoint)
        self._credentials = credentials
        self._clock = clock
        self._skew = 0.0
        self._budget = RetryBudget()

    def call(self, operation: str, members: Mapping[str, Any], *, once: bool = False) -> dict[str, Any]:
        """The answer's members. Raises what befell the last attempt: NoAnswer, Refusal, CredentialsError.

        `once` where a second attempt could do a second time what the first one did, unheard: then the answer
        is waited for as long as there is time, and only what AWS says it did not do is tried again.
        """
        body = _encode(members).encode()
        left = seconds_left()
        end = time.monotonic() + (DEFAULT_SECONDS if left is None else left * SHARE)
        attempt = 0
        record = call_record()
        while True:
            attempt += 1
            record.made.append(self._name)
            try:
                answer = self._attempt(
                    operation, body, end=end, patience=DEFAULT_SECONDS if once else READ_TIMEOUT
                )
            except NoAnswer as error:
                record.errors.append(f"{self._name}:{operation} no_answer")
                if once:
                    raise
                failure: Exception = error
            except Refusal as refusal:
                self._write_down(refusal, operation, record)
                if once and refusal.status >= SERVER_FAULT:
                    raise
                if not refusal.transient and not self._mend(refusal, end=end):
                    raise
                failure = refusal
            else:
                self._budget.succeed(retries=attempt - 1)
                return answer
            delay = jittered_delay(attempt)
            late = time.monotonic() + delay + MIN_LEFT > end
            if attempt == MAX_ATTEMPTS or late or not self._budget.take():
                raise failure
            time.sleep(delay)

    def _write_down(self, refusal: Refusal, operation: str, record: CallRecord) -> None:
        if refusal.throttled:
            record.throttled.append(self._name)
        # A condition that does not hold is an answer like any other.
        if refusal.code != CONDITION_FAILED:
            record.errors.append(f"{self._name}:{operation} {refusal.code}")

    def _attempt(self, operation: str, body: bytes, *, end: float, patience: float) -> dict[str, Any]:
        left = end - time.monotonic()
        if left < MIN_LEFT:
            raise NoAnswer("There is no time left to ask.")
        credentials = self._credentials.get(timeout=left)
        headers = signed_headers(
            body,
            host=self._connections.host,
            service=self._name,
            region=self._region,
            target=f"{self._target}.{operation}",
            content_type=self._content_type,
            credentials=credentials,
            timestamp=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock() + self._skew)),
        )
        reply = self._connections.send(
            "POST", "/", body, headers, timeout=end - time.monotonic(), patience=patience
        )
        members = _members(reply)
        if reply.status != OK:
            raise Refusal(reply.status, members or {}, date=reply.date, credentials=credentials)
        if members is None:
            raise NoAnswer("The answer is no JSON object.")
        return members

    def _mend(self, refusal: Refusal, *, end: float) -> bool:
        """Whether the next attempt is another one: with new credentials, or by a clock put right."""
        if refusal.code in EXPIRED:
            return self._credentials.renew(refusal.credentials, timeout=max(0.0, end - time.monotonic()))
        if refusal.code in SKEWED and refusal.date is not None:
            # Only where a clock is wrong: its import takes as long as all of this package's.
            from email.utils import parsedate_to_datetime  # noqa: PLC0415

            try:
                skew = parsedate_to_datetime(refusal.date).timestamp() - self._clock()
            except ValueError:
                return False
            changed = abs(skew - self._skew) > MAX_SKEW
            if changed:
                self._skew = skew
            return changed
        return False


def _members(reply: Reply) -> dict[str, Any] | None:
    """The members of an answer, None where it is no JSON object. Raises NoAnswer where it is not what
    DynamoDB's checksum was made of.
    """
    if reply.crc32 is not None and reply.crc32 != str(zlib.crc32(reply.body)):
        raise NoAnswer("The answer is damaged.")
    try:
        members = _decode(reply.body.decode())
    except ValueError:
        return None
    return members if isinstance(members, dict) else None
