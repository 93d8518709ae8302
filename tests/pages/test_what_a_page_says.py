"""What each page tells a person, and what its buttons send."""

import pytest

from chalicelib.pages.consent import ResourceLine, ScopeLine
from chalicelib.pages.device import Asked
from tests.pages.document import Document, parse
from tests.pages.samples import sample


def text(document: Document) -> str:
    return " ".join(document.one("main").text.split())


def page(name: str, **changes: object) -> Document:
    return parse(sample(name, **changes).html)


def sent_by(document: Document, value: str) -> set[str | None]:
    """The names a button sends: all fields of its form, and the button's own."""
    (button,) = [button for button in document.all("button") if button.get("value") == value]
    form = next(element for element in button.ancestors if element.tag == "form")
    return {field.get("name") for field in document.all("input") if form in field.ancestors} | {
        button.get("name")
    }


def test_signing_in_sends_what_was_typed_and_going_on_or_away_does_not() -> None:
    document = page("login_with_a_session")
    assert sent_by(document, "sign_in") == {"interaction", "csrf", "login", "password", "action"}
    assert sent_by(document, "continue") == {"interaction", "csrf", "action"}
    assert sent_by(document, "cancel") == {"interaction", "csrf", "action"}


def test_enter_in_a_field_signs_in() -> None:
    document = page("login_with_a_session")
    form = next(element for element in document.by_id("password").ancestors if element.tag == "form")
    assert [button.get("value") for button in document.all("button") if form in button.ancestors] == [
        "sign_in"
    ]


def test_login_names_the_client_and_the_person_of_the_session() -> None:
    document = page("login_with_a_session", login="ada@example.com")
    assert "to continue to Harbour Photos" in text(document)
    assert "Continue as Ada Lovelace" in text(document)
    assert "Cancel and return to Harbour Photos" in text(document)
    assert document.by_id("login").get("value") == "ada@example.com"
    assert "Continue as" not in text(page("login"))


def test_consent_sends_the_decision() -> None:
    document = page("consent")
    assert sent_by(document, "allow") == {"interaction", "csrf", "decision"}
    assert sent_by(document, "deny") == {"interaction", "csrf", "decision"}


@pytest.mark.parametrize(
    ("redirect_uri", "shown"),
    [
        ("https://photos.example.com/callback", "photos.example.com"),
        ("https://photos.example.com:443/callback", "photos.example.com"),
        ("https://photos.example.com:8443/callback", "photos.example.com:8443"),
        ("https://bank.example@evil.example/callback", "evil.example"),
        ("https://evil.example\\@bank.example/callback", "evil.example"),
        ("https://bücher.example/callback", "xn--bcher-kva.example"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("http://127.0.0.1:3000/callback", "an app on this device 127.0.0.1:3000"),
        ("http://[::1]:3000/callback", "an app on this device [::1]:3000"),
        ("http://LOCALHOST:3000/callback", "an app on this device localhost:3000"),
        ("http://localhost/callback", "an app on this device localhost"),
        ("com.example.app:/callback", "an app on this device com.example.app:"),
        ("https://x.example:port/", "an app on this device"),
        (f"https://{'ü' * 80}.example/", "an app on this device"),
    ],
)
def test_consent_says_where_the_person_returns_to(redirect_uri: str, shown: str) -> None:
    document = page("consent", redirect_uri=redirect_uri)
    assert document.one("dl").text.split("Its website")[0].split() == ["Returns", "you", "to", *shown.split()]


def test_consent_names_the_website_where_it_is_another_one() -> None:
    assert "Its website harbour.example" in text(page("consent"))
    assert "Its website" not in text(page("consent", client_uri="https://photos.example.com/"))
    assert "Its website" not in text(page("consent", client_uri=None))


def test_consent_says_what_the_client_gets() -> None:
    names = ("openid", "profile", "email", "address", "phone", "offline_access")
    document = page("consent", scopes=[ScopeLine(name) for name in names], resources=[])
    assert [item.text for item in document.all("li")] == [
        "Know who you are",
        "See your name and basic profile",
        "See your email address",
        "See your postal address",
        "See your phone number",
        "Keep access while you are away",
    ]


def test_consent_uses_the_words_of_the_resource_server_else_the_name() -> None:
    scopes = [
        ScopeLine("a", "See your photos"),
        ScopeLine("photos:write"),
        ScopeLine("email", "Write to you"),
    ]
    document = page(
        "consent", scopes=scopes, resources=[ResourceLine("Library", "api.example")], offline=False
    )
    assert [" ".join(item.text.split()) for item in document.all("li")] == [
        "See your photos",
        "photos:write",
        "Write to you",
        "Library api.example",
    ]
    assert document.one("code").text == "photos:write"


def test_offline_access_is_said_once() -> None:
    document = page("consent", scopes=[ScopeLine("offline_access")], resources=[], offline=True)
    assert [item.text for item in document.all("li")] == ["Keep access while you are away"]


def test_consent_warns_of_unverified_clients_and_of_apps_on_the_device() -> None:
    assert "Not verified." in text(page("consent_with_warnings"))
    assert "Did you start this?" in text(page("consent_with_warnings"))
    assert "Not verified." not in text(page("consent"))
    assert "Did you start this?" not in text(page("consent"))


def test_login_and_device_pages_warn_of_unverified_clients_as_consent_does() -> None:
    for name in ("login_to_an_unverified_app", "device_with_warnings"):
        assert "Nobody at Northwind has checked who made it." in text(page(name))
    for name in ("login", "device"):
        assert "Not verified." not in text(page(name))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(0, "203.0.113.7", "203.0.113.7"), "less than a minute ago from the network you are in"),
        (Asked(-2, "2001:db8::1", "2001:db8::2"), "less than a minute ago from the network you are in"),
        (
            Asked(60, "203.0.113.8", "203.0.113.7"),
            "a minute ago from another network than yours (203.0.113.8)",
        ),
        (Asked(599, "2001:db8::1", "203.0.113.7"), "9 minutes ago from the address 2001:db8::1"),
        (Asked(599, None, "203.0.113.7"), "9 minutes ago Its website"),
    ],
)
def test_a_device_page_says_when_and_from_where_it_was_asked(asked: Asked, said: str) -> None:
    assert f"It asked {said}" in text(page("device", asked=asked))


def test_an_app_known_by_its_url_is_known_by_its_host_and_not_by_what_it_says_of_itself() -> None:
    for name in ("consent_to_an_app_known_by_its_url", "device_known_by_its_url"):
        assert "Comes from clients.harbour.example" in text(page(name))
        assert "Its website" not in text(page(name))
    for name in (
        "consent_to_an_app_known_by_its_url",
        "device_known_by_its_url",
        "login_to_an_app_known_by_its_url",
    ):
        shown = text(page(name))
        assert "This app comes from clients.harbour.example. Nobody at Northwind has checked" in shown
        assert "registered itself" not in shown


@pytest.mark.parametrize("name", ["consent", "device", "login"])
def test_the_end_of_a_host_is_never_cut_off(name: str) -> None:
    host = "claude.ai." + ("a" * 60 + ".") * 3 + "evil.example"
    sample = {"consent": "consent_to_an_app", "device": "device", "login": "login_to_an_app"}[name]
    shown = text(page(f"{sample}_known_by_its_url", document_uri=f"https://{host}/client"))
    assert f"omes from {host}" in shown


def test_an_app_known_by_its_url_on_this_device_is_said_to_be_there() -> None:
    shown = text(page("consent_to_an_app_known_by_its_url", document_uri="http://127.0.0.1:9000/client"))
    assert "Comes from 127.0.0.1:9000" in shown


def test_consent_says_who_is_signed_in_and_offers_another_account() -> None:
    document = page("consent")
    assert "Signed in as Ada Lovelace" in text(document)
    assert document.one("a").text == "Not you? Use another account"


def test_an_error_says_what_to_do_and_what_to_tell_support() -> None:
    document = page("error_with_a_way_on")
    assert "Go back to the app and sign in from there." in text(document)
    assert [item.text for item in document.all("code")] == ["interaction_expired", "Lk3xWh0SoAMEJpQ="]
    assert document.one("a").text == "Back to Harbour Photos"
    assert not page("error").all("a")


def test_sign_out_asks_and_carries_its_fields_on() -> None:
    document = page("logout")
    assert "Harbour Photos asks to sign you out." in text(document)
    assert "This signs Ada Lovelace out of Northwind in this browser." in text(document)
    assert sent_by(document, "sign_out") == {"state", "client_id", "csrf", "decision"}
    assert sent_by(document, "stay") == {"state", "client_id", "csrf", "decision"}
    assert "asks to sign you out" not in text(page("logout_for_no_client"))


def test_the_end_of_a_session_is_confirmed() -> None:
    assert "You are signed out You are no longer signed in to Northwind in this browser." in text(
        page("signed_out")
    )
    assert "You are still signed in" in text(page("stayed"))
