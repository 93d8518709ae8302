"""RFC 6890: what a client names is fetched from public addresses alone, whatever its name resolves to."""

import pytest

from chalicelib.outbound.exchange import Resolve, is_public
from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import FetchError
from tests.support.origin import Origin
from tests.support.traceability import spec

SPECIAL = {
    "this network": ("0.0.0.1", "0.1.2.3"),
    "private use": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    "shared address space": ("100.64.0.1", "100.127.255.255"),
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "link-local, instance metadata": ("169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254"),
    "protocol assignments": ("192.0.0.1", "192.0.0.8", "192.0.0.170", "2001::1", "2001:1::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),
    "benchmarking": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "reserved and broadcast": ("240.0.0.1", "255.255.255.255"),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
    "unspecified": ("::",),
    "unique local": ("fc00::1", "fdff::1"),
    "site-local, once": ("fec0::1",),
    "discard": ("100::1",),
    "segment routing": ("5f00::1",),
    "never assigned": ("4000::1", "e000::1"),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"),
    "IPv4-translated": ("::ffff:0:127.0.0.1",),
    "IPv4-compatible": ("::127.0.0.1", "::a9fe:a9fe"),
    "NAT64": ("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::1"),
    "6to4": ("2002:7f00:1::1", "2002:a9fe:a9fe::1", "2002:808:808::1"),
    "Teredo": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
    "ORCHID": ("2001:10::1", "2001:20::1"),
}
PUBLIC = ("8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1")


def resolving_to(*addresses: str) -> Resolve:
    """A DNS that gives every name these addresses."""
    return lambda _host, _port: list(addresses)


@spec("RFC6890-2.2")
@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_use_address_is_not_public(kind: str) -> None:
    assert [address for address in SPECIAL[kind] if is_public(address)] == []


@spec("RFC6890-2.2")
@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@spec("RFC6890-2.2")
@pytest.mark.parametrize("kind", SPECIAL)
def test_a_name_that_resolves_to_one_is_not_connected_to(kind: str) -> None:
    for address in SPECIAL[kind]:
        with pytest.raises(FetchError, match="not public"):
            fetch("https://app.example.com/jwks", resolve=resolving_to(address))


@spec("RFC6890-2.2")
@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1", "8.8.8.8"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::1", "8.8.8.8"]],
    ids=["first", "last", "between"],
)
def test_one_such_address_among_others_is_enough(addresses: list[str]) -> None:
    with pytest.raises(FetchError, match="not public"):
        fetch("https://app.example.com/jwks", resolve=resolving_to(*addresses))


HOSTS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0",
    "[::]",
)


@spec("RFC6890-2.2")
@pytest.mark.parametrize("host", HOSTS)
def test_no_way_to_write_loopback_reaches_it(host: str) -> None:
    with Origin() as origin:
        origin.serve("/jwks", "{}")
        with pytest.raises(FetchError, match=r"not public|does not resolve"):
            fetch(f"https://{host}:{origin.port}/jwks")
        assert origin.connections == 0


@spec("RFC6890-2.2")
def test_the_dns_is_asked_once_and_its_answer_connected_to() -> None:
    """A second answer (DNS rebinding) changes nothing: the name is not looked up again."""
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    # The name itself resolves to nothing: whoever looked it up again would not get here.
    with Origin(host="rebinding.invalid") as origin:
        url = origin.serve("/jwks", "{}")
        fetched = fetch(url, allowed_origins=(origin.address,), resolve=resolve)
        assert fetched.body == b"{}"
        assert asked == [("rebinding.invalid", origin.port)]
        assert f"Host: rebinding.invalid:{origin.port}" in origin.seen[0]


@spec("RFC6890-2.2")
@pytest.mark.parametrize(
    "allowed", ["http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1:{port}", ""]
)
def test_only_the_very_origin_a_tenant_named_is_exempt(allowed: str) -> None:
    with Origin() as origin:
        url = origin.serve("/jwks", "{}")
        with pytest.raises(FetchError):
            fetch(url, allowed_origins=(allowed.format(port=origin.port),))
        assert origin.connections == 0
