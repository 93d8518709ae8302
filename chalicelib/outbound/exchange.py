"""Connections to what a client names: https, no address of this network, bounded.

The name is resolved once, every address it has must be a public one (RFC 6890), and the connection
goes to the very addresses that were checked, one after the other, so that a second answer of the DNS
changes nothing.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

from chalicelib.outbound.fetched import FetchError
from chalicelib.protocol.exempt_origin import is_exempt

MAX_SECONDS = 5.0
MIN_SECONDS = 0.01
# Of a host's addresses, those that are tried: one that can't be reached must not end a login.
MAX_ADDRESSES = 3

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises FetchError where it has none, or where the DNS takes too long."""
    found: list[str] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(entry[4][0]) for entry in entries)

    # The system's resolver takes no time-out; a thread that is not waited for does as well.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(MAX_SECONDS)
    if not found:
        raise FetchError("the host does not resolve")
    return list(found)


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet: of the global unicast space, and in none of the
    special-purpose networks of RFC 6890 and its registries, nor an IPv6 form that carries an IPv4 address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed not in _GLOBAL_UNICAST:
        return False
    return (
        parsed.is_global
        and not parsed.is_multicast
        and not any(parsed in network for network in _SPECIAL if network.version == parsed.version)
    )


_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Beyond what the standard library knows as not global: protocol assignments, 6to4, AS112, documentation.
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


@contextmanager
def exchange(
    url: str,
    method: str,
    *,
    headers: dict[str, str],
    body: bytes | None = None,
    allowed_origins: tuple[str, ...] = (),
    resolve: Resolve = resolve,
) -> Iterator[tuple[http.client.HTTPResponse, float]]:
    """The beginning of the answer to a request, and until when (time.monotonic) it may be read: MAX_SECONDS
    after it began. Raises FetchError, also in place of what reading it raises.

    `allowed_origins` (protocol/exempt_origin.py) are exempt from the https and address rules.
    """
    parts = _split(url)
    exempt = is_exempt(url, allowed_origins)
    if parts.scheme != "https" and not exempt:
        raise FetchError("the URL is not https")
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + MAX_SECONDS
    addresses = resolve(host, port)
    if not exempt and not all(is_public(address) for address in addresses):
        raise FetchError("the host has an address that is not public")
    try:
        with closing(
            _connect(parts, host=host, port=port, addresses=addresses, deadline=deadline)
        ) as connection:
            # Reading has all the time there is, whatever part of it connecting was given.
            connection.wait(left(deadline))
            timer = threading.Timer(left(deadline), connection.cut)
            timer.start()
            try:
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request(method, target, body=body, headers=headers)
                with connection.getresponse() as response:
                    yield response, deadline
            finally:
                timer.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"the request failed: {type(error).__name__}") from None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise FetchError("the URL is malformed") from None
    if not parts.hostname or "@" in parts.netloc or not port_is_valid or not url.isascii():
        raise FetchError("the URL is malformed")
    if any(ord(character) <= ord(" ") for character in url):
        raise FetchError("the URL is malformed")
    return parts


def _connect(
    parts: SplitResult, *, host: str, port: int, addresses: list[str], deadline: float
) -> "_Connection":
    """A connection to the first address that has one, each given its share of the time that is left."""
    tried = addresses[:MAX_ADDRESSES]
    while True:
        address = tried.pop(0)
        seconds = left(deadline) / (len(tried) + 1)
        connection = _Connection(host, port, address=address, tls=parts.scheme == "https", seconds=seconds)
        try:
            connection.connect()
        except OSError:
            connection.close()
            if not tried:
                raise
        else:
            return connection


class _Connection(http.client.HTTPConnection):
    """A connection to one address that was checked, whatever the name resolves to by now."""

    def __init__(self, host: str, port: int, *, address: str, tls: bool, seconds: float) -> None:
        super().__init__(host, port)
        self._address = address
        self._tls = tls
        self._seconds = seconds
        self._connected: socket.socket | None = None

    def connect(self) -> None:
        began = time.monotonic()
        plain = socket.create_connection((self._address, self.port), timeout=self._seconds)
        # Kept before TLS begins: it is closed with the connection also where that fails.
        self.sock = plain
        if self._tls:
            plain.settimeout(max(MIN_SECONDS, self._seconds - (time.monotonic() - began)))
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        # http.client lets go of `sock` once the response has it alone (connection: close).
        self._connected = self.sock

    def wait(self, seconds: float) -> None:
        """How long one read may take from now on."""
        self.sock.settimeout(seconds)

    def cut(self) -> None:
        """Ends every wait on the socket. A time-out of each read would let a peer drip for ever."""
        if self._connected is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._connected, socket.SHUT_RDWR)


def left(deadline: float) -> float:
    """Seconds until then. Raises FetchError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("it took too long")
    return left
