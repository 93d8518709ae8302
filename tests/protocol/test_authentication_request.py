"""What OpenID Connect adds to an authorization request, parsed: OpenID Connect Core section 3.1.2.1."""

import pytest

from chalicelib.protocol.authentication_request import MAX_LOCALES, parse_authentication_request
from chalicelib.protocol.parameters import Parameters


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
    parsed = parse_authentication_request(Parameters({name: (text,)}))
    assert getattr(parsed, name) == locales


@pytest.mark.parametrize(
    ("display", "parsed"),
    [("page", "page"), ("popup", "popup"), ("touch", "touch"), ("wap", "page"), ("Popup", "page")],
)
def test_a_display_nobody_knows_is_a_page(display: str, parsed: str) -> None:
    assert parse_authentication_request(Parameters({"display": (display,)})).display == parsed


def test_what_is_left_out_is_as_the_defaults_say() -> None:
    parsed = parse_authentication_request(Parameters({}))
    assert (parsed.display, parsed.ui_locales, parsed.claims_locales) == ("page", (), ())
    assert (parsed.nonce, parsed.max_age, parsed.id_token_hint) == (None, None, None)
