"""Whatever a client names as its jwks_uri: nothing is asked for but by https and its own name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import FetchError
from tests.support import properties

PIECES = ["https:", "http:", "file:", "//", "/", "@", ":", "443", "-1", "99999", "[", "::1", "]", "a.example"]
PIECES += ["127.0.0.1", "%00", "\\", "?", "#", " ", "\t", "\r\n", "\x00", "é", "\ud800"]


@given(properties.ANY_TEXT | st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@example("https://a.example:0/")
@example("https://a.example:65536/")
@example("https://user:secret@a.example/")
@example("https://a.example\r\nhost: b.example/")
@example("https://[::1")
@example("https:///path")
@example("http://a.example/")
def test_any_url_is_refused_or_its_host_is_looked_up_and_no_other(url: str) -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with pytest.raises(FetchError):
        fetch(url, resolve=resolve)
    for host, port in asked:
        assert url.lower().startswith("https://")
        assert url.isascii()
        assert host in url.lower()
        assert "@" not in url.split("/")[2]
        assert 0 < port < 65_536
