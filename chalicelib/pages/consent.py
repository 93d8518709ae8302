"""The page on which a person decides what a client gets."""

from collections.abc import Sequence

from chalicelib.pages.client_pages import NO_PAGES, SHOWS_LOGO, ClientPages
from chalicelib.pages.display_text import (
    SENTENCE_LIMIT,
    display_text,
    host_of,
    initial,
    local_address,
    origin_of,
)
from chalicelib.pages.form_action import form_action
from chalicelib.pages.look import Look, Text
from chalicelib.pages.page import Page, check_href, render
from chalicelib.record import Record, replace

OFFLINE_ACCESS = "offline_access"

# OpenID Connect Core sections 3.1.2.1, 5.4 and 11, in the words of the person who decides.
SCOPE_DESCRIPTIONS = {
    "openid": Text("Know who you are"),
    "profile": Text("See your name and basic profile"),
    "email": Text("See your email address"),
    "address": Text("See your postal address"),
    "phone": Text("See your phone number"),
    OFFLINE_ACCESS: Text("Keep access while you are away"),
}


class ScopeLine(Record):
    """One scope asked for, in the words of its resource server.

    Without a description, it is said in words of our `own`, which OpenID Connect's scopes have; others are
    shown by name.
    """

    name: str
    description: str = ""
    own: Text | None = None

    @property
    def ours(self) -> Text | None:
        """What it means in our words; None for what is not OpenID Connect's."""
        return self.own or SCOPE_DESCRIPTIONS.get(self.name)


class ResourceLine(Record):
    """One resource server that will accept the client's tokens."""

    name: str
    host: str


def asked_lines(scopes: Sequence[ScopeLine], *, offline: bool = False) -> list[ScopeLine]:
    """The lines in their order and fit to be shown; staying on while away comes last, once."""
    lines = [
        replace(line, description=display_text(line.description, limit=SENTENCE_LIMIT))
        for line in scopes
        if line.name != OFFLINE_ACCESS
    ]
    return [*lines, ScopeLine(OFFLINE_ACCESS)] if offline or len(lines) < len(scopes) else lines


def shown_resources(resources: Sequence[ResourceLine]) -> list[ResourceLine]:
    """The resource servers, their names fit to be shown."""
    return [ResourceLine(display_text(line.name), display_text(line.host)) for line in resources]


def consent_page(
    *,
    look: Look,
    tenant_name: str,
    client_name: str,
    client_uri: str | None,
    redirect_uri: str,
    person: str,
    interaction: str,
    csrf: str,
    scopes: Sequence[ScopeLine],
    resources: Sequence[ResourceLine],
    offline: bool,
    switch_url: str,
    unverified: bool = False,
    local_redirect: bool = False,
    document_uri: str | None = None,
    client_pages: ClientPages = NO_PAGES,
) -> Page:
    """POSTs to /consent: interaction, csrf, decision (allow or deny).

    `switch_url` is where another account is chosen. Raises ValueError where that is no path or web URL.
    """
    check_href(switch_url)
    name = look.client_name(client_name)
    return render(
        "consent.html",
        look=look,
        form_action=form_action(redirect_uri),
        tenant_name=tenant_name,
        client_name=name,
        client_initial=initial(name),
        client_host=host_of(client_uri) if client_uri else None,
        redirect_host=host_of(redirect_uri),
        redirect_address=local_address(redirect_uri),
        person=display_text(person),
        interaction=interaction,
        csrf=csrf,
        lines=asked_lines(scopes, offline=offline),
        resources=shown_resources(resources),
        switch_url=switch_url,
        unverified=unverified,
        local_redirect=local_redirect,
        origin=origin_of(document_uri),
        client_pages=client_pages,
        images=SHOWS_LOGO if client_pages.logo else "",
    )
