"""HTTP and TLS as the smoke test needs them: one request at a time, no redirects followed."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_TIMEOUT_S = 15
_ATTEMPTS = 3
_PAUSE_S = 1.0
_DAY_S = 86400
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SmokeError(Exception):
    """Why a check could not be made, or failed at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; its headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(url: str, method: str = "GET", *, headers: Mapping[str, str] | None = None, body: str = "") -> Answer:
    """One request. A connection that fails, or a 503, is tried again: DNS and a new API take a moment.

    Raises SmokeError.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            answer = _once(url, method, headers or {}, body)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, ssl.SSLCertVerificationError) or attempt == _ATTEMPTS:
                raise SmokeError(f"no answer: {error}") from None
        else:
            if answer.status != http.HTTPStatus.SERVICE_UNAVAILABLE or attempt == _ATTEMPTS:
                return answer
        time.sleep(_PAUSE_S)
    raise AssertionError


def certificate_days(url: str) -> int:
    """Days until the certificate ends. Raises SmokeError where it is not good."""
    context = ssl.create_default_context()
    try:
        with _connected(url, context) as connection:
            certificate = connection.getpeercert() or {}
    except OSError as error:
        raise SmokeError(f"no TLS: {error}") from None
    return int((ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) // _DAY_S)


def old_tls_is_refused(url: str) -> bool:
    """Whether a client that speaks nothing newer than TLS 1.1 gets no connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # The client must be willing: what refuses is to be the server.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        with _connected(url, context):
            return False
    except OSError:
        return True


def _connected(url: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    parts = urlsplit(url)
    host = parts.hostname or ""
    raw = socket.create_connection((host, parts.port or 443), timeout=_TIMEOUT_S)
    try:
        return context.wrap_socket(raw, server_hostname=host)
    except OSError:
        raw.close()
        raise


def _once(url: str, method: str, headers: Mapping[str, str], body: str) -> Answer:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_S)
    elif host in _LOOPBACK:
        connection = http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)
    else:
        raise SmokeError("only https, except on loopback")
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    finally:
        connection.close()
