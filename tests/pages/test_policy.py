"""What a browser is told to allow: Content Security Policy Level 3, and the headers beside it."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.form_action import form_action
from chalicelib.pages.page import STYLE
from tests.pages.document import parse
from tests.pages.samples import PAGES, sample

HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; frame-ancestors 'none'"
PATHS = {"/login", "/consent", "/device", "/end_session"}


@pytest.mark.parametrize("name", PAGES)
def test_headers_keep_a_page_unstored_unframed_and_unscripted(name: str) -> None:
    headers = dict(sample(name).headers)
    assert headers.pop("content-security-policy").startswith(f"{POLICY}")
    assert headers == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


@pytest.mark.parametrize("name", PAGES)
def test_the_one_style_is_the_one_allowed(name: str) -> None:
    page = sample(name)
    (style,) = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in page.headers["content-security-policy"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_nothing_but_itself(name: str) -> None:
    document = parse(sample(name).html)
    tags = {element.tag for element in document.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "video", "audio"}
    for element in document.elements:
        assert not {"src", "style", "srcset", "formaction"} & set(element.attributes)
        assert not any(attribute.startswith("on") for attribute in element.attributes)
        assert element.get("http-equiv") is None


def test_the_style_fetches_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "</" not in STYLE
    assert "\r" not in STYLE


@pytest.mark.parametrize("name", PAGES)
def test_forms_post_to_this_server(name: str) -> None:
    for form in parse(sample(name).html).all("form"):
        assert form.get("method") == "post"
        assert form.get("action") in PATHS


@pytest.mark.parametrize("name", ["error_with_a_way_on", "signed_out", "stayed", "notice"])
def test_a_page_without_a_form_allows_none(name: str) -> None:
    page = sample(name)
    assert not parse(page.html).all("form")
    assert page.headers["content-security-policy"] == f"{POLICY}; form-action 'none'"


@pytest.mark.parametrize("name", ["login", "consent"])
@pytest.mark.parametrize(
    ("redirect_uri", "policy"),
    [
        ("com.example.app:/callback", f"{POLICY}; form-action 'self' com.example.app:"),
        ("Com.Example.App://callback", f"{POLICY}; form-action 'self' com.example.app:"),
        # The client's own redirects count too, and nobody knows where they lead.
        ("https://photos.example.com/callback", POLICY),
        ("http://localhost:8080/callback", POLICY),
        ("http://127.0.0.1:8080/callback", POLICY),
        ("http://[::1]:8080/callback", POLICY),
    ],
)
def test_the_post_may_end_at_the_client(name: str, redirect_uri: str, policy: str) -> None:
    assert sample(name, redirect_uri=redirect_uri).headers["content-security-policy"] == policy


def test_a_sign_out_may_end_where_it_was_asked_to() -> None:
    assert sample("logout").headers["content-security-policy"] == f"{POLICY}; form-action 'self'"
    asked = sample("logout", post_logout_redirect_uri="com.example.app:/bye")
    assert asked.headers["content-security-policy"] == f"{POLICY}; form-action 'self' com.example.app:"
    asked = sample("logout", post_logout_redirect_uri="https://photos.example.com/bye")
    assert asked.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "a;script-src *:x",
        "a b:x",
        "*:x",
        "'unsafe-inline':x",
        "http://[",
        "",
    ],
)
def test_a_scheme_no_client_has_allows_nothing(redirect_uri: str) -> None:
    assert form_action(redirect_uri) == "form-action 'self'"


@given(st.text())
def test_no_address_can_add_to_the_policy(redirect_uri: str) -> None:
    assert re.fullmatch(r"(form-action 'self'( [a-z][a-z0-9+.-]*:)?)?", form_action(redirect_uri))


def test_only_an_error_has_another_status_than_200() -> None:
    assert {name: page.status for name in PAGES if (page := sample(name)).status != 200} == {
        "error": 400,
        "error_with_a_way_on": 400,
    }
