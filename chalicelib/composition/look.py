"""How the pages of a request are to look: what the client asked for, what the browser, what the tenant."""

from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.pages.look import Look
from chalicelib.protocol.authentication_request import parse_locales
from chalicelib.protocol.client import Client
from chalicelib.protocol.interaction import Interaction
from chalicelib.protocol.languages import in_language, lookup, parse_accept_language
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.supported import DISPLAYS, UI_LOCALES

WISHES = ("ui_locales", "display")


def note_wishes(request: Request, parameters: Parameters) -> None:
    """Keeps with the request what these parameters say of how pages are to look."""
    request.wishes.update({name: parameters.all(name)[0] for name in WISHES if parameters.all(name)})


def note_wishes_of(request: Request, interaction: Interaction | None) -> None:
    """Keeps with the request what the one that waits says of it."""
    if interaction is not None:
        note_wishes(request, Parameters(interaction.parameters))


def look_of(request: Request | None) -> Look:
    """OpenID Connect Core section 3.1.2.1: ui_locales, then what the browser asks for, then the tenant's
    language. What is not known is as if it were not said.
    """
    wishes = request.wishes if request else {}
    accepted = (request.header("accept-language") if request else None) or ""
    ranges = (*parse_locales(wishes.get("ui_locales")), *parse_accept_language(accepted))
    return Look(
        language=lookup(ranges, UI_LOCALES) or settings().default_language,
        display=display if (display := wishes.get("display")) in DISPLAYS else DISPLAYS[0],
        ranges=ranges,
    )


def name_of(client: Client, look: Look) -> str:
    """The client's name, in the person's language where it has one in it."""
    return said_by(client, "client_name", look) or client.client_name


def said_by(client: Client, member: str, look: Look) -> str | None:
    """What a client says of itself in the person's language, None where it says nothing in it."""
    return in_language(client.localized, member, language=look.language, ranges=look.ranges)
