"""Calls to one AWS service, in JSON: signed, retried, and ended in time.

Every write the stores make is safe to repeat: its condition knows its own earlier attempt.
"""

import json
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chalicelib.aws.credentials import CredentialSource
from chalicelib.aws.http_connections import READ_TIMEOUT, Connections, NoAnswer, Reply
from chalicelib.aws.refusal import CONDITION_FAILED, EXPIRED, SERVER_FAULT, SKEWED, Refusal
from chalicelib.aws.retries import MAX_ATTEMPTS, RetryBudget, jittered_delay
from chalicelib.aws.signature import Credentials, signed_headers
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

Answer = TypeVar("Answer")

_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class Service:
    """One service in one region. `target` begins the names of its operations in X-Amz-Target, empty where
    their paths name them; `clock` is the time of day in seconds since the epoch.
    """

    def __init__(
        self,
        *,
        name: str,
        target: str,
        content_type: str,
        region: str,
        endpoint: str,
        credentials: CredentialSource,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._target = target
        self._content_type = content_type
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
        patience = DEFAULT_SECONDS if once else READ_TIMEOUT
        return self.ask(operation, body, read=_read_members, once=once, patience=patience)

    def ask(
        self,
        operation: str,
        body: bytes,
        *,
        read: Callable[[Reply, Credentials], Answer],
        path: str = "/",
        once: bool = False,
        seconds: float = DEFAULT_SECONDS,
        patience: float = READ_TIMEOUT,
        invocation_type: str | None = None,
    ) -> Answer:
        """What `read` makes of a reply, by which it raises Refusal or NoAnswer. Raises as `call` does.

        All of it takes `seconds` at most, or half of the time that is left, and each wait for an answer
        `patience`.
        """
        left = seconds_left()
        end = time.monotonic() + (seconds if left is None else min(seconds, left * SHARE))
        attempt = 0
        record = call_record()
        while True:
            attempt += 1
            record.made.append(self._name)
            try:
                answer = self._attempt(
                    operation, body, path, read, end=end, patience=patience, invocation_type=invocation_type
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

    def _attempt(
        self,
        operation: str,
        body: bytes,
        path: str,
        read: Callable[[Reply, Credentials], Answer],
        *,
        end: float,
        patience: float,
        invocation_type: str | None,
    ) -> Answer:
        left = end - time.monotonic()
        if left < MIN_LEFT:
            raise NoAnswer("There is no time left to ask.")
        credentials = self._credentials.get(timeout=left)
        headers = signed_headers(
            body,
            host=self._connections.host,
            service=self._name,
            region=self._region,
            target=f"{self._target}.{operation}" if self._target else None,
            content_type=self._content_type,
            credentials=credentials,
            timestamp=time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock() + self._skew)),
            path=path,
            invocation_type=invocation_type,
        )
        reply = self._connections.send(
            "POST", path, body, headers, timeout=end - time.monotonic(), patience=patience
        )
        return read(reply, credentials)

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


def _read_members(reply: Reply, credentials: Credentials) -> dict[str, Any]:
    """The members of an answer. Raises NoAnswer where it is not what DynamoDB's checksum was made of, or no
    JSON object, and Refusal.
    """
    crc32 = reply.headers.get("x-amz-crc32")
    if crc32 is not None and crc32 != str(zlib.crc32(reply.body)):
        raise NoAnswer("The answer is damaged.")
    try:
        members = _decode(reply.body.decode())
    except ValueError:
        members = None
    if reply.status != OK:
        told = members if isinstance(members, dict) else {}
        raise Refusal(reply.status, told, date=reply.headers.get("date"), credentials=credentials)
    if not isinstance(members, dict):
        raise NoAnswer("The answer is no JSON object.")
    return members
