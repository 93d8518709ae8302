"""What a browser is told to allow: Content Security Policy Level 3, and the headers beside it."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.client_pages import ClientPages
from chalicelib.pages.form_action import form_action
from chalicelib.pages.form_post import SCRIPT
from chalicelib.pages.logout import SCRIPT as TOLD_SCRIPT
from chalicelib.pages.page import STYLE
from tests.pages.document import Document, parse
from tests.pages.samples import ANSWER, PAGES, sample

HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; frame-ancestors 'none'"
LOGOS = {"login_with_a_logo", "consent_with_a_logo"}
LOGO = "/login/logo?interaction=interaction-1"
TO_AN_APP = {"form_post", "form_post_to_this_device", "error_with_a_form"}
TOLD = {"told", "told_to_an_apps_own_scheme", "told_and_nowhere_to_go"}
SCRIPTS = {
    "form_post": SCRIPT,
    "form_post_to_this_device": SCRIPT,
    **dict.fromkeys(TOLD, TOLD_SCRIPT),
}
PATHS = {"/login", "/consent", "/device", "/end_session"}


@pytest.mark.parametrize("name", PAGES)
def test_headers_keep_a_page_unstored_unframed_and_unscripted(name: str) -> None:
    headers = dict(sample(name).headers)
    assert headers.pop("content-security-policy").startswith(f"{POLICY}")
    assert headers == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-language": "en",
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
    assert [element.text for element in document.all("script")] == (
        [SCRIPTS[name]] if name in SCRIPTS else []
    )
    assert (images(document), "img" in tags) == ([LOGO] * (name in LOGOS), name in LOGOS)
    assert not tags & {"link", "object", "embed", "base", "video", "audio"}
    assert ("iframe" in tags) is (name in TOLD)
    for element in document.elements:
        assert element.tag in {"img", "iframe"} or not {"src"} & set(element.attributes)
        assert not {"style", "srcset", "formaction"} & set(element.attributes)
        assert not any(attribute.startswith("on") for attribute in element.attributes)
        assert name in TOLD or element.get("http-equiv") is None


def images(document: Document) -> list[str | None]:
    """What a page shows; from this server alone, which a browser is told."""
    return [element.get("src") for element in document.all("img")]


@pytest.mark.parametrize("name", PAGES)
def test_a_logo_comes_from_this_server(name: str) -> None:
    directives = sample(name).headers["content-security-policy"].split("; ")
    allowed = [directive for directive in directives if directive.startswith("img-src")]
    assert allowed == ["img-src 'self'"] * (name in LOGOS)


@pytest.mark.parametrize("name", sorted(LOGOS))
def test_pages_of_a_client_learn_nothing_of_who_follows(name: str) -> None:
    document = parse(sample(name).html)
    links = {link.get("href"): link for link in document.all("a") if link.get("target") == "_blank"}
    assert set(links) == {"https://harbour.example/privacy", "https://harbour.example/terms"}
    assert {link.get("rel") for link in links.values()} == {"noopener noreferrer"}


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_what_is_no_page_of_a_client_is_left_out(uri: str) -> None:
    for name in LOGOS:
        document = parse(sample(name, client_pages=ClientPages(None, uri, uri)).html)
        assert not [link for link in document.all("a") if link.get("target") == "_blank"]


def test_the_style_fetches_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "</" not in STYLE
    assert "\r" not in STYLE


@pytest.mark.parametrize("name", PAGES)
def test_forms_post_to_this_server(name: str) -> None:
    for form in parse(sample(name).html).all("form"):
        assert form.get("method") == "post"
        assert (form.get("action") in PATHS) is (name not in TO_AN_APP)


@pytest.mark.parametrize("name", sorted(PAGES.keys() - TO_AN_APP))
def test_every_button_says_which_one_was_pressed(name: str) -> None:
    assert all(button.get("name") for button in parse(sample(name).html).all("button"))


@pytest.mark.parametrize("name", PAGES)
def test_no_script_runs_but_the_one_that_sends_an_answer(name: str) -> None:
    directives = sample(name).headers["content-security-policy"].split("; ")
    digest = base64.b64encode(hashlib.sha256(SCRIPTS.get(name, "").encode()).digest()).decode()
    allowed = [directive for directive in directives if directive.startswith("script-src")]
    assert allowed == [f"script-src 'sha256-{digest}'"] * (name in SCRIPTS)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_framed_but_where_clients_are_told(name: str) -> None:
    directives = sample(name).headers["content-security-policy"].split("; ")
    allowed = [directive for directive in directives if directive.startswith(("frame-src", "child-src"))]
    assert allowed == ["frame-src https://app.example.com/front"] * (name in TOLD)


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "javascript:alert(1)//a.b:",
        "data:text/html,x",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "vbscript:x",
        "",
    ],
)
def test_a_page_leads_nowhere_that_would_run_in_it(location: str) -> None:
    with pytest.raises(ValueError, match="A link goes to"):
        sample("told", location=location)


def test_a_frame_can_not_end_its_attribute_or_the_policy() -> None:
    page = sample("told", frames=('https://app.example.com/a;script-src,\'x"><b>?q=;"',))
    (frame,) = parse(page.html).all("iframe")
    assert frame.get("src") == 'https://app.example.com/a;script-src,\'x"><b>?q=;"'
    directives = page.headers["content-security-policy"].split("; ")
    assert [one for one in directives if one.startswith("frame-src")] == [
        "frame-src https://app.example.com/a%3Bscript-src%2C'x\"><b>"
    ]


def test_an_answer_is_sent_to_its_app_alone() -> None:
    for name in TO_AN_APP:
        document = parse(sample(name).html)
        form = document.one("form")
        (uri,) = {"http://127.0.0.1:3000/callback", "https://photos.example.com/callback?a=1"} & {
            form.get("action")
        }
        assert uri is not None
        fields = {field.get("name"): field.get("value") for field in document.all("input")}
        assert fields == ANSWER
        # A button of any name would be a member of the answer.
        assert document.one("button").attributes == {}
    # The app's own redirects after it count too, and nobody knows where they lead.
    assert "form-action" not in sample("form_post").headers["content-security-policy"]


@pytest.mark.parametrize("uri", ["com.example.app:/callback", "javascript:alert(1)", "//evil.example", ""])
def test_an_answer_is_sent_nowhere_but_to_the_web(uri: str) -> None:
    with pytest.raises(ValueError, match="http"):
        sample("form_post", redirect_uri=uri)


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
        "error_with_a_form": 400,
    }
