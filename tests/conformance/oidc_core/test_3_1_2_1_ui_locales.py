"""OpenID Connect Core section 3.1.2.1: the pages in a language the person reads."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.browser import Browser
from tests.support.client_app import ClientApp
from tests.support.environment import changed_environment
from tests.support.http import Answer, Caller
from tests.support.pages import expire, interaction_of, link, links
from tests.support.tenant import PASSWORD, Tenant
from tests.support.traceability import spec

LANGUAGES = ("en", "fr", "de", "es", "ja", "ar")
SIGN_IN = {
    "en": "Sign in",
    "fr": "Se connecter",
    "de": "Anmelden",
    "es": "Iniciar sesión",
    "ja": "ログイン",
    "ar": "تسجيل الدخول",
}


@pytest.fixture
def app(caller: Caller, tenant: Tenant) -> ClientApp:
    localized = {"client_name#fr": "Nuages", "client_name#ar": "غيوم"}
    return ClientApp(tenant.public_client(client_name="Clouds", localized=localized), caller)


@pytest.fixture
def browser(caller: Caller) -> Browser:
    return Browser(caller)


def language(answer: Answer) -> tuple[str, str]:
    """What a page says it is written in, and its direction."""
    found = re.search(r'<html lang="([a-z]+)" dir="([a-z]+)"', answer.body)
    assert found, answer.body
    assert answer.headers["content-language"] == found[1]
    return found[1], found[2]


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize(
    ("ui_locales", "accept_language", "shown"),
    [
        ("fr", "", "fr"),
        ("fr-CA fr en", "", "fr"),
        ("pt-BR de-AT en", "", "de"),
        ("tlh ja", "fr", "ja"),
        ("AR-EG", "en", "ar"),
        ("tlh", "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "da, en-GB;q=0.8, fr;q=0.9", "fr"),
        (None, "da, *;q=0.1", "en"),
        (None, "", "en"),
        ("not/a/tag <script>", "de", "de"),
    ],
)
def test_pages_are_in_the_first_language_there_is(
    app: ClientApp, browser: Browser, ui_locales: str | None, accept_language: str, shown: str
) -> None:
    browser.accept_language = accept_language
    answer = browser.open("/authorize", app.request(ui_locales=ui_locales))
    assert language(answer) == (shown, "rtl" if shown == "ar" else "ltr")
    assert f"<h1>{SIGN_IN[shown]}</h1>" in answer.body


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("wanted", LANGUAGES)
def test_a_whole_sign_in_is_in_the_language_it_was_asked_in(
    app: ClientApp, browser: Browser, tenant: Tenant, wanted: str
) -> None:
    """By forms alone, whose names are the same in every language."""
    person = tenant.person()
    browser.accept_language = "en"
    pages = [
        browser.open("/authorize", app.request(ui_locales=wanted)),
        browser.sign_in(person, password="wrong"),
        browser.sign_in(person),
    ]
    assert [language(page)[0] for page in pages] == [wanted] * 3
    assert [page.status for page in pages] == [200, 400, 200]
    assert browser.at("/consent")
    assert browser.consent().query["code"]


@spec("OIDC-Core-2.1")
@spec("OIDC-Registration-2.1")
def test_a_client_is_called_what_it_calls_itself_in_the_language(app: ClientApp, browser: Browser) -> None:
    for ui_locales, name in (("fr-CA", "Nuages"), ("ar", "غيوم"), ("de", "Clouds"), ("en", "Clouds")):
        page = browser.open("/authorize", app.request(ui_locales=ui_locales))
        assert f"<bdi>{name}</bdi>" in page.body


@spec("OIDC-Core-3.1.2.1")
@pytest.mark.parametrize("wanted", LANGUAGES)
def test_what_goes_wrong_is_told_in_the_language_with_a_way_on(
    app: ClientApp, browser: Browser, tenant: Tenant, wanted: str
) -> None:
    """Two tabs, a form that is out of date, a sign-in that took too long: each says so and leads on."""
    browser.accept_language = "en" if wanted != "en" else "fr"
    browser.open("/authorize", app.request(ui_locales=wanted))
    interaction = interaction_of(browser)
    other = Browser(app.caller, accept_language=wanted).open("/login", {"interaction": interaction})
    stale = browser.submit("/login", {"interaction": interaction, "csrf": "0" * 64, "action": "cancel"})
    expire(interaction, tenant)
    late = browser.open("/login", {"interaction": interaction})
    assert [language(page)[0] for page in (other, stale, late)] == [wanted] * 3
    assert [page.status for page in (other, stale, late)] == [400] * 3
    (way_on,) = links(late)
    again = browser.open(link(late, way_on))
    assert (language(again)[0], browser.at("/login")) == (wanted, True)


@spec("OIDC-Core-3.1.2.1")
def test_an_unknown_app_is_refused_in_the_language(browser: Browser) -> None:
    page = browser.open("/authorize", {"client_id": "unknown", "ui_locales": "de"})
    assert language(page)[0] == "de"
    assert "Wir kennen diese App nicht" in page.body


@spec("OIDC-Core-3.1.2.6")
def test_what_is_told_to_a_client_stays_in_english(app: ClientApp, browser: Browser, tenant: Tenant) -> None:
    browser.open("/authorize", app.request(ui_locales="ar"))
    browser.sign_in(tenant.person())
    query = browser.consent("deny").query
    assert (query["error"], query["error_description"]) == ("access_denied", "The person refused.")


@pytest.fixture
def german() -> Iterator[None]:
    with changed_environment(DEFAULT_LANGUAGE="de"):
        yield


@pytest.mark.usefixtures("german")
@spec("OIDC-Core-3.1.2.1")
def test_who_asks_for_no_language_there_is_gets_the_tenants(app: ClientApp, browser: Browser) -> None:
    assert language(browser.open("/authorize", app.request()))[0] == "de"
    assert language(browser.open("/authorize", app.request(ui_locales="fr")))[0] == "fr"
    assert language(browser.open("/device"))[0] == "de"


@spec("OIDC-RPInitiated-2")
@pytest.mark.parametrize("wanted", LANGUAGES)
def test_signing_out_is_asked_and_told_in_the_language(
    app: ClientApp, browser: Browser, tenant: Tenant, wanted: str
) -> None:
    browser.authorize(tenant.person(password=PASSWORD), app.request())
    browser.accept_language = "en" if wanted != "en" else "fr"
    asked = browser.open("/end_session", {"ui_locales": wanted})
    done = browser.fill(("decision", "sign_out"))
    assert [language(page)[0] for page in (asked, done)] == [wanted] * 2
    assert (asked.status, done.status) == (200, 200)


@spec("RFC8628-3.3")
def test_a_device_is_connected_in_the_language_of_the_browser(browser: Browser) -> None:
    browser.accept_language = "ja,en;q=0.5"
    page = browser.open("/device")
    assert language(page) == ("ja", "ltr")
    wrong = browser.fill(("action", "continue"), user_code="nonsense")
    assert language(wrong) == ("ja", "ltr")
    assert "8文字" in wrong.body


@spec("OIDC-Discovery-3")
def test_discovery_names_the_languages_and_displays_there_are(caller: Caller, app: ClientApp) -> None:
    document = caller.get("/.well-known/openid-configuration").json
    assert document["ui_locales_supported"] == list(LANGUAGES)
    for each in document["ui_locales_supported"]:
        page = Browser(caller).open("/authorize", app.request(ui_locales=each))
        assert language(page)[0] == each
    for display in document["display_values_supported"]:
        page = Browser(caller).open("/authorize", app.request(display=display))
        assert f'class="{display}"' in page.body


@spec("OIDC-Core-3.1.2.1")
def test_a_post_from_elsewhere_keeps_the_language(app: ClientApp, browser: Browser) -> None:
    browser.submit("/authorize", app.request(ui_locales="es", display="touch"))
    assert parse_qs(urlsplit(browser.url).query).keys() == {"interaction"}
    assert browser.page is not None
    assert language(browser.page)[0] == "es"
    assert 'class="touch"' in browser.page.body
