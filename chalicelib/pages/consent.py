"""The page on which a person decides what a client gets."""

from collections.abc import Sequence

from chalicelib.pages.display_text import (
    SENTENCE_LIMIT,
    client_text,
    display_text,
    host_of,
    initial,
    local_address,
    origin_of,
)
from chalicelib.pages.form_action import form_action
from chalicelib.pages.page import Page, check_href, render
from chalicelib.record import Record

OFFLINE_ACCESS = "offline_access"

# OpenID Connect Core sections 3.1.2.1, 5.4 and 11, in the words of the person who decides.
SCOPE_DESCRIPTIONS = {
    "openid": "Know who you are",
    "profile": "See your name and basic profile",
    "email": "See your email address",
    "address": "See your postal address",
    "phone": "See your phone number",
    OFFLINE_ACCESS: "Keep access while you are away",
}


class ScopeLine(Record):
    """One scope asked for, in the words of its resource server.

    Without a description, OpenID Connect's scopes have ours, and others are shown by name.
    """

    name: str
    description: str = ""

    @property
    def text(self) -> str:
        """What the person reads; empty where there is only the name."""
        return display_text(self.description, limit=SENTENCE_LIMIT) or SCOPE_DESCRIPTIONS.get(self.name, "")


class ResourceLine(Record):
    """One resource server that will accept the client's tokens."""

    name: str
    host: str


def asked_lines(scopes: Sequence[ScopeLine], *, offline: bool = False) -> list[ScopeLine]:
    """The lines in their order; staying on while away comes last, once."""
    lines = [line for line in scopes if line.name != OFFLINE_ACCESS]
    return [*lines, ScopeLine(OFFLINE_ACCESS)] if offline or len(lines) < len(scopes) else lines


def shown_resources(resources: Sequence[ResourceLine]) -> list[ResourceLine]:
    """The resource servers, their names fit to be shown."""
    return [ResourceLine(display_text(line.name), display_text(line.host)) for line in resources]


def consent_page(
    *,
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
) -> Page:
    """POSTs to /consent: interaction, csrf, decision (allow or deny).

    `switch_url` is where another account is chosen. Raises ValueError where that is no path or web URL.
    """
    check_href(switch_url)
    name = client_text(client_name)
    return render(
        "consent.html",
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
    )
