"""Connections to one host, kept alive between requests."""

import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from urllib.parse import urlsplit

from chalicelib.aws.amazon_roots import AMAZON_ROOTS
from chalicelib.aws.http_exchange import NotHttp, exchange
from chalicelib.record import Record, field

# Seconds to connect and then to wait for more of an answer, however much time there is.
CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 1.5
# Seconds: AWS closes connections that idle, and what a frozen function missed of that it learns too late.
MAX_IDLE = 20.0
MAX_KEPT = 10


class NoAnswer(Exception):
    """The other side could not be reached in time, or its answer did not come whole."""


class Reply(Record):
    """What came back. Names of headers are lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(hash=False, repr=False)


class Connections:
    """Gives each request a connection no other is using, old or new, and takes it back when it is whole.

    `endpoint` is a URL of which scheme, host and port count. Proxies are not used. `clock` is the time of
    day, which goes on while a function is frozen or stands in a snapshot.
    """

    def __init__(self, endpoint: str, clock: Callable[[], float] = time.time) -> None:
        self._idle: list[tuple[float, socket.socket]] = []
        parts = urlsplit(endpoint)
        self._tls = _tls() if parts.scheme == "https" else None
        self._hostname = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._clock = clock
        self.host = parts.netloc.rpartition("@")[2]
        self._always = {"host": self.host, "accept-encoding": "identity"}

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
        patience: float = READ_TIMEOUT,
    ) -> Reply:
        """One request and its reply, within `timeout` seconds as far as each single wait goes, of which none
        for an answer is longer than `patience`.

        Raises NoAnswer. What was sent may have been served all the same.
        """
        end = time.monotonic() + timeout
        try:
            connection = self._take() or self._open(timeout)
            return self._exchange(connection, method, path, body, headers, end=end, patience=patience)
        except (OSError, NotHttp) as error:
            # What cut this one may have cut the idle ones: the next try shall have a new one.
            self.close()
            raise NoAnswer(type(error).__name__) from None

    def close(self) -> None:
        """Closes the connections nobody is using."""
        while (connection := self._pop()) is not None:
            connection[1].close()

    def __del__(self) -> None:
        # Instances end with their function; where a laptop's stack starts functions anew, nobody else would.
        self.close()

    def _exchange(
        self,
        connection: socket.socket,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        end: float,
        patience: float,
    ) -> Reply:
        response = None
        try:
            connection.settimeout(max(0.001, min(patience, end - time.monotonic())))
            given = {name.lower(): value for name, value in headers.items()}
            response = exchange(connection, method, path, {**self._always, **given}, body)
        finally:
            keep = response is not None and response.reusable and len(self._idle) < MAX_KEPT
            if not keep:
                connection.close()
        if keep:
            self._idle.append((self._clock(), connection))
        return Reply(response.status, response.body, response.headers)

    def _take(self) -> socket.socket | None:
        """The one used last, if it is still good: those below it have been idle for longer."""
        while (kept := self._pop()) is not None:
            since, connection = kept
            # A negative time is a clock that was set back, and says nothing.
            if 0 <= self._clock() - since < MAX_IDLE and _is_quiet(connection):
                return connection
            connection.close()
        return None

    def _pop(self) -> tuple[float, socket.socket] | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _open(self, timeout: float) -> socket.socket:
        try:
            return self._connect(timeout)
        except ssl.SSLCertVerificationError:
            # Another partition's authority, or that of a proxy the operators trust.
            if self._tls is None or not _trust_all_of_the_system(self._tls):
                raise
            return self._connect(timeout)

    def _connect(self, timeout: float) -> socket.socket:
        wait = min(timeout, CONNECT_TIMEOUT)
        connection = socket.create_connection((self._hostname, self._port), timeout=wait)
        try:
            # A request leaves as it is, without waiting for more to send with it.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                return self._tls.wrap_socket(connection, server_hostname=self._hostname)
        except BaseException:
            connection.close()
            raise
        return connection


def _is_quiet(connection: socket.socket) -> bool:
    """On an idle connection there is nothing to read, except that the other side closed it."""
    return not select.select([connection], [], [], 0)[0]


@cache
def _tls() -> ssl.SSLContext:
    """Trusts Amazon's own roots to begin with: reading those of all authorities takes 35 ms."""
    context = ssl.create_default_context(cadata=AMAZON_ROOTS)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _trust_all_of_the_system(context: ssl.SSLContext) -> bool:
    """Whether that makes a difference: it does once."""
    before = context.cert_store_stats()["x509_ca"]
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context.cert_store_stats()["x509_ca"] > before
