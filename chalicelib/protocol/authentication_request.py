"""What OpenID Connect adds to an authorization request: how the person is to be authenticated, and shown the
pages (OpenID Connect Core section 3.1.2.1).
"""

import re

from chalicelib.protocol.claims_request import ClaimsRequest, parse_claims_request
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.supported import DISPLAYS, PROMPTS
from chalicelib.record import Record, field

# Every one of these parameters; all are kept with an interaction.
AUTHENTICATION_PARAMETERS = frozenset(
    {
        "acr_values",
        "claims",
        "claims_locales",
        "display",
        "id_token_hint",
        "login_hint",
        "max_age",
        "nonce",
        "prompt",
        "ui_locales",
    }
)
MAX_LOGIN_HINT = 254
MAX_AGE_LIMIT = 10**10
MAX_LOCALES = 20
MAX_ACR_VALUES = 20

# RFC 5646 section 2.1, as far as its form goes.
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}")


class AuthenticationRequest(Record, kw_only=True):
    """The parameters, parsed. `max_age` is in seconds; the locales are language tags (RFC 5646) in the order
    of preference, as they were written, and so are the acr_values; `display` is one of supported.DISPLAYS.
    """

    nonce: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    login_hint: str = ""
    id_token_hint: str | None = None
    ui_locales: tuple[str, ...] = ()
    claims_locales: tuple[str, ...] = ()
    display: str = DISPLAYS[0]
    acr_values: tuple[str, ...] = ()
    claims: ClaimsRequest = field(default_factory=ClaimsRequest)


def parse_authentication_request(parameters: Parameters, client: Client) -> AuthenticationRequest:
    """Raises InvalidRequest for what can't be understood; what is merely unknown is ignored, as it says. What
    the client registered stands where the request says nothing (OpenID Connect Dynamic Client Registration
    section 2 default_max_age).
    """
    max_age = parse_max_age(parameters)
    return AuthenticationRequest(
        nonce=parameters.get("nonce"),
        prompt=parse_prompt(parameters),
        max_age=client.default_max_age if max_age is None else max_age,
        login_hint=(parameters.get("login_hint") or "")[:MAX_LOGIN_HINT],
        id_token_hint=parameters.get("id_token_hint"),
        ui_locales=parse_locales(parameters.get("ui_locales")),
        claims_locales=parse_locales(parameters.get("claims_locales")),
        display=parse_display(parameters),
        acr_values=tuple(dict.fromkeys((parameters.get("acr_values") or "").split()))[:MAX_ACR_VALUES],
        claims=parse_claims_request(parameters.get("claims")),
    )


def parse_prompt(parameters: Parameters) -> frozenset[str]:
    """OpenID Connect Core section 3.1.2.1; unknown values are ignored. Raises InvalidRequest."""
    prompt = frozenset((parameters.get("prompt") or "").split())
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt=none goes with no other value.", reason="prompt_malformed")
    return prompt & PROMPTS


def parse_max_age(parameters: Parameters) -> int | None:
    """OpenID Connect Core section 3.1.2.1: seconds, 0 too. Raises InvalidRequest."""
    text = parameters.get("max_age")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text[:11]) > MAX_AGE_LIMIT:
        raise InvalidRequest("The max_age is not a number of seconds.", reason="max_age_malformed")
    return int(text[:11])


def parse_locales(text: str | None) -> tuple[str, ...]:
    """Language tags with spaces between; one that is none is left out, as one nobody here speaks would be."""
    tags = dict.fromkeys(tag for tag in (text or "").split() if _LANGUAGE_TAG.fullmatch(tag))
    return tuple(tags)[:MAX_LOCALES]


def parse_display(parameters: Parameters) -> str:
    """How the pages are shown; anything unknown is as if it was left out."""
    display = parameters.get("display")
    return display if display in DISPLAYS else DISPLAYS[0]
