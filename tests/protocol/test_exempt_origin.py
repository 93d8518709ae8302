"""Origins without the rules of a fetch: none but those that were named."""

import pytest

from chalicelib.protocol.exempt_origin import LOOPBACK_ORIGINS, check_exempt_origin, is_exempt


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/jwks",
        "https://127.0.0.1:8443/jwks?a=b",
        "http://[::1]:3000/",
        "http://localhost/jwks",
        "https://suite.example:8443/jwks",
    ],
)
def test_an_origin_that_was_named_is_exempt(url: str) -> None:
    assert is_exempt(url, (*LOOPBACK_ORIGINS, "https://suite.example:8443"))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost.example:3000/jwks",
        "http://localhost@evil.example/jwks",
        "http://evil.example#http://localhost:3000",
        "http://127.0.0.1.evil.example:3000/",
        "http://127.0.0.2:3000/",
        "ftp://localhost:3000/",
        "https://suite.example/jwks",
        "http://suite.example:8443/jwks",
        "http://user@localhost:3000/",
    ],
)
def test_any_other_is_not(url: str) -> None:
    assert not is_exempt(url, (*LOOPBACK_ORIGINS, "https://suite.example:8443"))


def test_as_deployed_nothing_is_exempt() -> None:
    assert not is_exempt("http://localhost:3000/jwks", ())


@pytest.mark.parametrize(
    "origin", ["https://suite.example:*", "suite.example", "https://suite.example/", "*", ""]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="FETCH_ALLOWED_ORIGINS"):
        check_exempt_origin(origin)


@pytest.mark.parametrize("origin", [*LOOPBACK_ORIGINS, "http://127.0.0.1:80", "https://suite.example"])
def test_origins_are_taken(origin: str) -> None:
    check_exempt_origin(origin)
