"""The stack's variables as settings: what is wrong stops the function, and nothing wrong gets through."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.gateway.environment import parse_settings, required
from chalicelib.protocol.settings import LIMITS, SWITCHES, Settings
from chalicelib.protocol.supported import UI_LOCALES
from tests.support.properties import ANY_TEXT

ISSUER = {"ISSUER": "https://login.example.com"}
NAMES = [
    "ISSUER",
    "TENANT_NAME",
    "DEFAULT_AUDIENCE",
    "DEFAULT_LANGUAGE",
    "FETCH_ALLOWED_ORIGINS",
    "CLIENT_ID_METADATA_DOCUMENTS",
    "CLIENT_ID_METADATA_ALLOWED_DOMAINS",
    "CLIENT_ID_METADATA_DENIED_DOMAINS",
    *(n.upper() for n, _, _ in LIMITS),
    *(n.upper() for n in SWITCHES),
]
NEAR_ISSUERS = st.lists(
    st.sampled_from(
        ["https://", "http://", "login.example.com", "localhost", "[::1]", ":8000", "/", "#", "?", "@", " "]
    )
).map("".join)


@given(st.dictionaries(st.sampled_from(NAMES), ANY_TEXT | NEAR_ISSUERS | st.integers().map(str)))
@example({"ISSUER": "https://[::1"})
@example({"ISSUER": "https://login.example.com#"})
@example({"ISSUER": "https://login.example.com?"})
@example({"ISSUER": "https://login.example.com\t"})
@example({"ISSUER": "https://user@login.example.com"})
@example({"ISSUER": "https://:443"})
@example({"ISSUER": "https://login.example.com/"})
@example({"ISSUER": "HTTPS://login.example.com"})
@example({"ISSUER": "http://localhost.evil.example"})
def test_any_variables_are_settings_or_an_error(environment: dict[str, str]) -> None:
    try:
        settings = parse_settings(environment)
    except ValueError:
        return
    parts = urlsplit(settings.issuer)
    assert parts.scheme == "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}
    assert settings.secure == (parts.scheme == "https")
    assert settings.issuer == f"{parts.scheme}://{parts.netloc}"
    assert "@" not in parts.netloc
    assert settings.host
    assert settings.audience
    for name, low, high in LIMITS:
        assert low <= getattr(settings, name) <= high


@pytest.mark.parametrize(("name", "low", "high"), LIMITS)
def test_a_lifetime_has_its_range(name: str, low: int, high: int) -> None:
    for good in (low, high):
        assert getattr(parse_settings({**ISSUER, name.upper(): str(good)}), name) == good
    for bad in (str(low - 1), str(high + 1), "a", "1.5", "1e3"):
        with pytest.raises(ValueError, match=name.upper()):
            parse_settings({**ISSUER, name.upper(): bad})


@pytest.mark.parametrize(
    "issuer",
    [
        "", "login.example.com", "http://login.example.com", "https://", "https://login.example.com/",
        "https://login.example.com/tenant", "https://login.example.com?a=b", "https://login.example.com#a",
        " https://login.example.com", "ftp://localhost",
    ],
)  # fmt: skip
def test_an_issuer_is_scheme_and_host_alone(issuer: str) -> None:
    with pytest.raises(ValueError, match="ISSUER"):
        parse_settings({"ISSUER": issuer})


def test_an_empty_variable_means_the_default() -> None:
    empty = dict.fromkeys(NAMES, "")
    assert parse_settings({**empty, **ISSUER}) == Settings(issuer=ISSUER["ISSUER"])


def test_without_a_default_audience_tokens_are_for_the_issuer() -> None:
    assert parse_settings(ISSUER).audience == ISSUER["ISSUER"]
    named = parse_settings({**ISSUER, "DEFAULT_AUDIENCE": "https://api.example.com/"})
    assert named.audience == "https://api.example.com/"


@pytest.mark.parametrize("audience", ["api", "/api", "https://api.example.com/#a", "https:"])
def test_a_default_audience_is_a_resource_indicator(audience: str) -> None:
    with pytest.raises(ValueError, match="DEFAULT_AUDIENCE"):
        parse_settings({**ISSUER, "DEFAULT_AUDIENCE": audience})


def test_origins_that_may_be_fetched_from_are_words() -> None:
    given = {**ISSUER, "FETCH_ALLOWED_ORIGINS": " http://a.example:80  https://b.example "}
    assert parse_settings(given).fetch_allowed_origins == ("http://a.example:80", "https://b.example")


@pytest.mark.parametrize(("text", "on"), [("on", True), ("off", False), ("", True)])
def test_documents_of_clients_are_on_or_off(*, text: str, on: bool) -> None:
    given = parse_settings({**ISSUER, "CLIENT_ID_METADATA_DOCUMENTS": text})
    assert given.client_id_metadata_documents is on


@pytest.mark.parametrize("text", ["yes", "ON", "0", "true"])
def test_a_switch_is_on_or_off_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="CLIENT_ID_METADATA_DOCUMENTS"):
        parse_settings({**ISSUER, "CLIENT_ID_METADATA_DOCUMENTS": text})


DOMAIN_LISTS = ("client_id_metadata_allowed_domains", "client_id_metadata_denied_domains")


@pytest.mark.parametrize("name", DOMAIN_LISTS)
def test_domains_have_commas_between_them(name: str) -> None:
    given = parse_settings({**ISSUER, name.upper(): "example.com,app.example.org"})
    assert getattr(given, name) == ("example.com", "app.example.org")


@pytest.mark.parametrize("name", DOMAIN_LISTS)
@pytest.mark.parametrize(
    "domain",
    ["Example.com", "*.example.com", ".example.com", "example.com.", "https://a.example", "a:1", "."],
)
def test_what_is_no_domain_is_said_and_does_not_pass_for_one_nobody_is_of(name: str, domain: str) -> None:
    with pytest.raises(ValueError, match="is no domain"):
        parse_settings({**ISSUER, name.upper(): f"example.org,{domain}"})


def test_a_table_the_stack_does_not_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="NO_SUCH_TABLE"):
        required("NO_SUCH_TABLE")


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_on_or_off_and_off_unless_it_is_said(name: str) -> None:
    assert getattr(parse_settings(ISSUER), name) is False
    for text, on in (("on", True), ("off", False), ("", False)):
        assert getattr(parse_settings({**ISSUER, name.upper(): text}), name) is on
    for bad in ("On", "true", "1", "yes", "on "):
        with pytest.raises(ValueError, match=name.upper()):
            parse_settings({**ISSUER, name.upper(): bad})


@pytest.mark.parametrize("word", ["refuse", "ignore"])
def test_a_failing_policy_hook_has_one_of_two_meanings(word: str) -> None:
    assert parse_settings({**ISSUER, "POLICY_HOOK_FAILURE": word}).policy_hook_failure == word
    assert parse_settings(ISSUER).policy_hook_failure == "refuse"
    for bad in ("Ignore", "no", " ignore"):
        with pytest.raises(ValueError, match="POLICY_HOOK_FAILURE"):
            parse_settings({**ISSUER, "POLICY_HOOK_FAILURE": bad})


def test_who_may_register_clients_is_nobody_somebody_or_everybody() -> None:
    assert parse_settings(ISSUER).dynamic_registration == "off"
    for mode in ("off", "token", "open"):
        assert parse_settings({**ISSUER, "DYNAMIC_REGISTRATION": mode}).dynamic_registration == mode
    for bad in ("on", "OPEN", "true"):
        with pytest.raises(ValueError, match="DYNAMIC_REGISTRATION"):
            parse_settings({**ISSUER, "DYNAMIC_REGISTRATION": bad})


@pytest.mark.parametrize("name", ["DYNAMIC_REGISTRATIONS_PER_DAY", "DYNAMIC_REGISTRATIONS_PER_NETWORK"])
def test_registrations_are_counted_as_the_tenant_says(name: str) -> None:
    assert getattr(parse_settings({**ISSUER, name: "5"}), name.lower()) == 5
    for bad in ("0", "100001", "a"):
        with pytest.raises(ValueError, match=name):
            parse_settings({**ISSUER, name: bad})


@pytest.mark.parametrize("language", ["xx", "EN", "fr-CA", "en fr"])
def test_the_language_of_the_pages_is_one_there_is(language: str) -> None:
    with pytest.raises(ValueError, match="DEFAULT_LANGUAGE"):
        parse_settings({**ISSUER, "DEFAULT_LANGUAGE": language})
    for each in UI_LOCALES:
        assert parse_settings({**ISSUER, "DEFAULT_LANGUAGE": each}).default_language == each
