"""What OpenID Connect adds to an authorization request, parsed: OpenID Connect Core section 3.1.2.1."""

import pytest

from chalicelib.protocol.authentication_context import acr_of
from chalicelib.protocol.authentication_request import MAX_LOCALES, parse_authentication_request
from chalicelib.protocol.client import Client
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.supported import ACR_PASSWORD
from chalicelib.record import replace

CLIENT = Client(client_id="client", client_name="Client", token_endpoint_auth_method="none")


@pytest.mark.parametrize(
    ("text", "locales"),
    [
        ("fr-CA fr en", ("fr-CA", "fr", "en")),
        ("  de   en ", ("de", "en")),
        ("en en EN", ("en", "EN")),
        ("ja-Kana-JP-x-private", ("ja-Kana-JP-x-private",)),
        ("tlh zz-ZZ", ("tlh", "zz-ZZ")),
        # What is no language tag is left out, as a language nobody speaks would be.
        ("../../etc/passwd en", ("en",)),
        ("<script> en_GB toolonganylanguage -en en- 12 é", ()),
        (" ".join(["-".join(["en"] * 10), "fr"]), ("fr",)),
        (" ".join(f"en-x-{number}" for number in range(50)), tuple(f"en-x-{n}" for n in range(MAX_LOCALES))),
    ],
)
@pytest.mark.parametrize("name", ["ui_locales", "claims_locales"])
def test_locales_are_language_tags_in_the_order_of_preference(
    name: str, text: str, locales: tuple[str, ...]
) -> None:
    parsed = parse_authentication_request(Parameters({name: (text,)}), CLIENT)
    assert getattr(parsed, name) == locales


@pytest.mark.parametrize(
    ("display", "parsed"),
    [("page", "page"), ("popup", "popup"), ("touch", "touch"), ("wap", "page"), ("Popup", "page")],
)
def test_a_display_nobody_knows_is_a_page(display: str, parsed: str) -> None:
    assert parse_authentication_request(Parameters({"display": (display,)}), CLIENT).display == parsed


def test_what_is_left_out_is_as_the_defaults_say() -> None:
    parsed = parse_authentication_request(Parameters({}), CLIENT)
    assert (parsed.display, parsed.ui_locales, parsed.claims_locales) == ("page", (), ())
    assert (parsed.nonce, parsed.max_age, parsed.id_token_hint) == (None, None, None)


@pytest.mark.parametrize(
    ("registered", "asked", "max_age"),
    [(None, None, None), (60, None, 60), (0, None, 0), (60, "0", 0), (0, "60", 60), (60, "3600", 3_600)],
)
def test_a_registered_max_age_stands_where_the_request_says_nothing(
    registered: int | None, asked: str | None, max_age: int | None
) -> None:
    parameters = Parameters({} if asked is None else {"max_age": (asked,)})
    client = replace(CLIENT, default_max_age=registered)
    assert parse_authentication_request(parameters, client).max_age == max_age


def test_acr_values_are_words_in_their_order_each_once() -> None:
    parsed = parse_authentication_request(Parameters({"acr_values": ("2 1  2 urn:x",)}), CLIENT)
    assert parsed.acr_values == ("2", "1", "urn:x")


@pytest.mark.parametrize(
    ("amr", "acr"),
    [((), None), (("pwd",), "urn:keyturn:acr:pwd"), (("otp",), None), (("otp", "pwd"), ACR_PASSWORD)],
)
def test_an_acr_is_told_from_the_methods_really_used(amr: tuple[str, ...], acr: str | None) -> None:
    assert acr_of(amr) == acr
