"""Where AWS credentials come from: the function's environment, or its container's endpoint (SnapStart)."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from chalicelib.aws.http_connections import Connections, NoAnswer
from chalicelib.aws.signature import Credentials

# Seconds before their end at which new ones are fetched, and between two attempts that fail until then.
REFRESH_BEFORE = 300.0
REFRESH_PAUSE = 5.0
FETCH_TIMEOUT = 2.0
CONTAINER_HOST = "169.254.170.2"
# http is good enough on this host, and at the addresses that containers have for this purpose.
HTTP_HOSTS = ("127.0.0.1", "localhost", "::1", CONTAINER_HOST, "169.254.170.23", "fd00:ec2::23")
OK = 200


class CredentialsError(Exception):
    """The environment names no credentials, or nowhere to fetch them: a fault of the set-up."""


class CredentialSource:
    """Credentials as they are now, safe to ask from threads.

    Those of the environment are for good. Those of the container are fetched anew shortly before they end,
    by one thread while the others go on with what there is.
    """

    def __init__(
        self, environment: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.time
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._kept: Credentials | None = None
        self._not_before = 0.0
        self._lock = threading.Lock()

    def get(self, *, timeout: float) -> Credentials:
        """Credentials that are good now. Raises CredentialsError, and NoAnswer after `timeout` seconds."""
        kept = self._kept
        if kept is not None and not self._is_due(kept):
            return kept
        usable = kept if kept is not None and not self._is_over(kept) else None
        if not self._lock.acquire(timeout=0 if usable else timeout):
            if usable:
                return usable
            raise NoAnswer("Another thread is waiting for credentials.")
        try:
            if self._kept is not None and self._kept is not kept:
                return self._kept
            self._kept = _read(self._environment, timeout=timeout)
        except NoAnswer:
            if usable is None:
                raise
            self._not_before = self._clock() + REFRESH_PAUSE
            return usable
        else:
            return self._kept
        finally:
            self._lock.release()

    def renew(self, refused: Credentials, *, timeout: float) -> bool:
        """AWS says these are over. Whether there are others now. Raises as `get` does."""
        with self._lock:
            if self._kept is refused:
                self._kept = None
        found = self.get(timeout=timeout)
        return (found.access_key_id, found.token) != (refused.access_key_id, refused.token)

    def _is_due(self, kept: Credentials) -> bool:
        if kept.expires is None:
            return False
        return self._is_over(kept) or self._clock() >= max(kept.expires - REFRESH_BEFORE, self._not_before)

    def _is_over(self, kept: Credentials) -> bool:
        return kept.expires is not None and self._clock() >= kept.expires


def _read(environment: Mapping[str, str], *, timeout: float) -> Credentials:
    access_key_id = environment.get("AWS_ACCESS_KEY_ID")
    secret = environment.get("AWS_SECRET_ACCESS_KEY")
    if access_key_id and secret:
        return Credentials(access_key_id, secret, environment.get("AWS_SESSION_TOKEN") or None)
    return _fetch(_container_url(environment), _authorization(environment), timeout=timeout)


def _container_url(environment: Mapping[str, str]) -> str:
    relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    url = f"http://{CONTAINER_HOST}{relative}" if relative else full
    if not url:
        raise CredentialsError("There are no AWS credentials in the environment.")
    parts = urlsplit(url)
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in HTTP_HOSTS):
        raise CredentialsError("The container's credentials are neither on https nor on this host.")
    return url


def _authorization(environment: Mapping[str, str]) -> str | None:
    path = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if not path:
        return environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    # Read at each fetch: the file is written anew from time to time.
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be imported for this alone
            return file.read().strip()
    except OSError as error:
        raise CredentialsError(f"The container's token can't be read: {type(error).__name__}.") from None


def _fetch(url: str, authorization: str | None, *, timeout: float) -> Credentials:
    parts = urlsplit(url)
    headers = {"Accept": "application/json", **({"Authorization": authorization} if authorization else {})}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connections = Connections(url)
    reply = connections.send("GET", path, None, headers, timeout=min(timeout, FETCH_TIMEOUT))
    connections.close()
    if reply.status != OK:
        raise NoAnswer(f"The container's credentials answer {reply.status}.")
    try:
        document = json.loads(reply.body)
        end = document.get("Expiration")
        return Credentials(
            document["AccessKeyId"],
            document["SecretAccessKey"],
            document.get("Token") or None,
            _seconds(end) if end else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswer(f"The container's credentials make no sense: {type(error).__name__}.") from None


def _seconds(text: str) -> float:
    """2026-01-02T03:04:05Z as seconds since the epoch."""
    # Only where a container gives the credentials, which few functions have.
    from datetime import UTC, datetime  # noqa: PLC0415

    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
