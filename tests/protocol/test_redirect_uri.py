"""Redirect URIs: the registered text and no other, a native app's port apart."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.protocol.client import ApplicationType, Client
from chalicelib.protocol.redirect_uri import (
    RedirectTarget,
    is_loopback,
    is_registered,
    redirect_host,
    why_not_registrable,
)
from chalicelib.protocol.response_modes import query
from tests.support.properties import ANY_TEXT, UNICODE

WEB = ("https://app.example.com/callback", "https://app.example.com/callback?tenant=1")
NATIVE = (
    "http://127.0.0.1/callback",
    "http://[::1]/callback",
    "http://localhost/",
    "com.example.app:/callback",
)


def client(kind: ApplicationType, *uris: str) -> Client:
    return Client(
        client_id="a", client_name="A", token_endpoint_auth_method="none", application_type=kind,
        redirect_uris=uris,
    )  # fmt: skip


def near(uris: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A registered URI with something put in, or taken out."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        uri = draw(st.sampled_from(uris))
        start = draw(st.integers(0, len(uri)))
        end = draw(st.integers(start, min(len(uri), start + 2)))
        put = st.text(st.sampled_from("/?#@:.%\\ \t\n0aA") | st.characters(), max_size=3)
        return uri[:start] + draw(put) + uri[end:]

    return build()


@given(ANY_TEXT | near(WEB))
@example("https://app.example.com/callback/")
@example("https://app.example.com/callback#x")
@example("https://app.example.com:443/callback")
@example("https://APP.example.com/callback")
@example("https://app.example.com@evil.example/callback")
def test_a_web_client_is_returned_to_the_registered_text_alone(text: str) -> None:
    assert is_registered(text, client("web", *WEB)) == (text in WEB)


@given(ANY_TEXT | near(NATIVE))
@example("http://127.0.0.1:/callback")
@example("http://127.0.0.1:65536/callback")
@example("http://127.0.0.1:99999999999/callback")
@example("http://127.0.0.1:٣/callback")
@example("http://127.0.0.1:80@evil.example/callback")
@example("http://127.0.0.1:80:80/callback")
@example("http://127.0.0.1\n:80/callback")
@example("com.example.app:80/callback")
def test_a_native_clients_loopback_differs_in_its_port_alone(text: str) -> None:
    native = client("native", *NATIVE)
    if not is_registered(text, native) or text in NATIVE:
        return
    parts = urlsplit(text)
    assert parts.port is not None
    assert parts.username is None
    assert parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl() in NATIVE


@given(st.integers(0, 65_535), st.sampled_from(NATIVE[:3]))
def test_any_port_of_a_registered_loopback_is_the_apps(port: int, uri: str) -> None:
    host, slash, path = uri.removeprefix("http://").partition("/")
    asked = f"http://{host}:{port}{slash}{path}"
    assert is_registered(asked, client("native", *NATIVE))
    assert not is_registered(asked, client("web", *NATIVE))
    assert not is_registered(asked + "x", client("native", *NATIVE))
    assert is_loopback(asked)


@given(ANY_TEXT | near(WEB + NATIVE))
def test_what_can_be_registered_leads_where_it_says(text: str) -> None:
    if why_not_registrable(text) is not None:
        return
    assert text.isascii()
    assert not set(text) & set(" #\\\t\n\r")
    parts = urlsplit(text)
    assert parts.scheme == "https" or "." in parts.scheme or is_loopback(text)
    assert parts.username is None
    if parts.scheme == "https":
        assert parts.hostname
        assert redirect_host(text) == parts.hostname


@pytest.mark.parametrize(
    ("uri", "word"),
    [
        ("https://app.example.com/ключ", "ASCII"),
        ("https://app.example.com/a b", "white space"),
        ("https://[::1/", "not a URI"),
        ("https://app.example.com/#", "fragment"),
        ("https://a@app.example.com/", "user name"),
        ("https://app.example.com\\", "backslash"),
        ("https:///path", "no host"),
        ("http://app.example.com/", "loopback"),
        ("myapp:/callback", "dot"),
        ("/callback", "absolute"),
        ("callback", "absolute"),
    ],
)
def test_what_can_not_be_registered_is_told_why(uri: str, word: str) -> None:
    assert word in (why_not_registrable(uri) or "")


@pytest.mark.parametrize("uri", [*WEB, *NATIVE, "http://localhost:3000/callback"])
def test_usual_ones_can_be_registered(uri: str) -> None:
    assert why_not_registrable(uri) is None


def test_an_app_on_the_persons_own_device_has_no_host() -> None:
    assert redirect_host("http://127.0.0.1:8000/") is None
    assert redirect_host("com.example.app:/callback") is None


@given(UNICODE.filter(bool), st.sampled_from((*WEB, *NATIVE)), st.dictionaries(st.just("code"), UNICODE))
@example("a b+c%20&d=e#f", WEB[1], {"code": "x"})
def test_state_comes_back_byte_for_byte_and_a_registered_query_stays(
    state: str, redirect_uri: str, members: dict[str, str]
) -> None:
    target = RedirectTarget(redirect_uri, state, "https://issuer.example")
    location = query.location(target, members)
    assert location.isascii()
    assert location.startswith(redirect_uri)
    sent = parse_qsl(urlsplit(location).query, keep_blank_values=True, strict_parsing=True, errors="strict")
    registered = parse_qsl(urlsplit(redirect_uri).query)
    assert sent == [*registered, *members.items(), ("state", state), ("iss", "https://issuer.example")]
    assert "#" not in location
    assert "+" not in location.removeprefix(redirect_uri), "a space is %20: some apps read a plus as one"


def test_no_state_is_sent_where_none_came() -> None:
    target = RedirectTarget(WEB[0], None, "https://issuer.example")
    assert query.location(target, {}) == WEB[0] + "?iss=https%3A%2F%2Fissuer.example"
