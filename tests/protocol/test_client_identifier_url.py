"""Client Identifier URLs: what is one, whatever the client_id, and of which domains a tenant takes them."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.protocol.client_identifier_url import MAX_CHARACTERS, identifier_host, is_domain_allowed
from chalicelib.protocol.settings import Settings
from chalicelib.record import replace
from tests.support.properties import ANY_TEXT
from tests.support.traceability import spec

TENANT = Settings(issuer="https://login.example.com")
AT_HOME = replace(TENANT, fetch_allowed_origins=("http://127.0.0.1:8000", "https://localhost:8443"))

HOSTS = {
    "https://app.example.com/client": "app.example.com",
    "https://app.example.com/": "app.example.com",
    "https://APP.Example.com/client": "app.example.com",
    "https://app.example.com:443/client": "app.example.com",
    "https://app.example.com:65535/a/b.json": "app.example.com",
    "https://app.example.com/client?version=2&a=b/c": "app.example.com",
    "https://app.example.com/a.b/..c/...": "app.example.com",
    "https://app.example.com/%7Eada/%C3%A9": "app.example.com",
    "https://app.example.com//client": "app.example.com",
    "https://xn--bcher-kva.example/client": "xn--bcher-kva.example",
    "https://a.b1.c-d.example/x": "a.b1.c-d.example",
}


@spec("CIMD-3")
@pytest.mark.parametrize("client_id", HOSTS)
def test_a_client_identifier_url_has_a_host_people_know_it_by(client_id: str) -> None:
    assert identifier_host(client_id, TENANT) == HOSTS[client_id]


NONE = {
    "another name": "demo-spa",
    "nothing": "",
    "another scheme": "http://app.example.com/client",
    "a scheme in capitals": "HTTPS://app.example.com/client",
    "a scheme of scripts": "javascript://app.example.com/%0aalert(1)",
    "no path": "https://app.example.com",
    "no path but a query": "https://app.example.com?a=b",
    "a fragment": "https://app.example.com/client#a",
    "an empty fragment": "https://app.example.com/client#",
    "a user": "https://ada@app.example.com/client",
    "a user and a password": "https://ada:secret@app.example.com/client",
    "a host that looks like a user's": "https://app.example.com@evil.example/client",
    "a dot": "https://app.example.com/./client",
    "two dots": "https://app.example.com/a/../client",
    "two dots at the end": "https://app.example.com/a/..",
    "an encoded dot": "https://app.example.com/%2e/client",
    "two encoded dots": "https://app.example.com/a/%2E%2e/client",
    "one encoded dot of two": "https://app.example.com/a/.%2E/client",
    "no host": "https:///client",
    "a blank": "https://app.example.com/a b",
    "a line": "https://app.example.com/a\n",
    "a backslash": "https://app.example.com\\@evil.example/client",
    "a percent sign alone": "https://app.example.com/%",
    "half an encoding": "https://app.example.com/%2",
    "no encoding": "https://app.example.com/%zz",
    "quotes": 'https://app.example.com/"',
    "brackets": "https://app.example.com/[a]",
    "other letters": "https://app.example.com/é",
    "a host in other letters": "https://bücher.example/client",
    "an encoded host": "https://app%2eexample.com/client",
    "an address": "https://93.184.215.14/client",
    "a short address": "https://127.1/client",
    "an address in hexadecimal": "https://0x7f.0x1/client",
    "an address as a number": "https://2130706433/client",
    "an IPv6 address": "https://[2606:4700::1111]/client",
    "a single label": "https://localhost/client",
    "a dot at the end of the host": "https://app.example.com./client",
    "two dots in the host": "https://app..example.com/client",
    "a dash at the end of a label": "https://app-.example.com/client",
    "an underscore": "https://my_app.example.com/client",
    "a label too long": f"https://{'a' * 64}.example.com/client",
    "no port": "https://app.example.com:/client",
    "port zero": "https://app.example.com:0/client",
    "a port with a zero before it": "https://app.example.com:0443/client",
    "a port too high": "https://app.example.com:65536/client",
    "too long": "https://app.example.com/" + "a" * MAX_CHARACTERS,
}


@spec("CIMD-3")
@pytest.mark.parametrize("case", NONE)
def test_what_two_readers_could_take_for_two_places_is_none(case: str) -> None:
    assert identifier_host(NONE[case], TENANT) is None


def test_the_longest_is_one() -> None:
    url = "https://app.example.com/"
    assert identifier_host(url + "a" * (MAX_CHARACTERS - len(url)), TENANT) == "app.example.com"


def test_a_tenant_may_have_no_such_clients() -> None:
    assert identifier_host(next(iter(HOSTS)), replace(TENANT, client_id_metadata_documents=False)) is None


@pytest.mark.parametrize(
    ("client_id", "host"),
    [
        ("http://127.0.0.1:8000/client", "127.0.0.1"),
        ("https://localhost:8443/client", "localhost"),
        ("http://127.0.0.1:8001/client", None),
        ("http://127.0.0.1/client", None),
        ("https://127.0.0.1:8000/client", None),
        ("http://127.0.0.1:8000/../client", None),
        ("http://127.0.0.1:8000", None),
        ("http://user@127.0.0.1:8000/client", None),
    ],
)
@spec("CIMD-8.6")
def test_only_the_origins_a_tenant_names_may_be_on_loopback(client_id: str, host: str | None) -> None:
    assert identifier_host(client_id, AT_HOME) == host


@given(ANY_TEXT | st.text().map(lambda text: f"https://app.example.com/{text}"))
def test_any_client_id_is_one_that_every_reader_reads_alike_or_none(client_id: str) -> None:
    host = identifier_host(client_id, AT_HOME)
    if host is not None:
        parts = urlsplit(client_id)
        assert parts.hostname == host
        assert parts.geturl() == client_id
        assert not parts.username
        assert not parts.fragment
        assert parts.path.startswith("/")
        assert client_id.isascii()
        assert client_id.isprintable()


@spec("CIMD-8.9")
@pytest.mark.parametrize(
    ("host", "allowed", "denied", "taken"),
    [
        ("app.example.com", (), (), True),
        ("app.example.com", ("example.com",), (), True),
        ("example.com", ("example.com",), (), True),
        ("app.example.com", ("app.example.com", "other.example"), (), True),
        ("notexample.com", ("example.com",), (), False),
        ("example.com.evil.example", ("example.com",), (), False),
        ("other.example", ("example.com",), (), False),
        ("app.example.com", (), ("example.com",), False),
        ("app.example.com", ("example.com",), ("app.example.com",), False),
        ("web.example.com", ("example.com",), ("app.example.com",), True),
    ],
)
def test_a_domain_stands_for_its_subdomains_and_denying_goes_before_allowing(
    *, host: str, allowed: tuple[str, ...], denied: tuple[str, ...], taken: bool
) -> None:
    tenant = replace(
        TENANT, client_id_metadata_allowed_domains=allowed, client_id_metadata_denied_domains=denied
    )
    assert is_domain_allowed(host, tenant) is taken
