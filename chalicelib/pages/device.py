"""The pages on which a person connects a device: its code, the question, and what came of it."""

from collections.abc import Sequence

from chalicelib.accounts.attempts import is_same_network
from chalicelib.pages.consent import ResourceLine, ScopeLine, asked_lines, shown_resources
from chalicelib.pages.display_text import (
    SENTENCE_LIMIT,
    client_text,
    display_text,
    host_of,
    initial,
    origin_of,
)
from chalicelib.pages.form_action import HERE
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, check_href, render
from chalicelib.protocol.device_grant import Outcome
from chalicelib.record import Record

ANOTHER = Link("Enter a code", "/device")


class Asked(Record):
    """When the device asked, and from which address, None where that is not known; `seen_from` is the
    address of who sees the page.
    """

    seconds_ago: int
    source_ip: str | None
    seen_from: str


def user_code_page(
    *, tenant_name: str, csrf: str, user_code: str = "", arrived: bool = False, error: str | None = None
) -> Page:
    """POSTs to /device: csrf, user_code. `arrived` says that the code came with a link or a picture, so that
    it is to be compared and not typed.
    """
    return render(
        "user_code.html",
        form_action=HERE,
        tenant_name=tenant_name,
        csrf=csrf,
        user_code=display_text(user_code),
        arrived=arrived,
        error=display_text(error or "", limit=SENTENCE_LIMIT),
    )


def device_page(
    *,
    tenant_name: str,
    client_name: str,
    client_uri: str | None,
    user_code: str,
    person: str,
    asked: Asked,
    interaction: str,
    csrf: str,
    scopes: Sequence[ScopeLine],
    resources: Sequence[ResourceLine],
    switch_url: str,
    unverified: bool = False,
    document_uri: str | None = None,
) -> Page:
    """POSTs to /device: interaction, csrf, decision (allow or deny).

    `switch_url` is where another account is chosen. Raises ValueError where that is no path or web URL.
    """
    check_href(switch_url)
    name = client_text(client_name)
    return render(
        "device.html",
        form_action=HERE,
        tenant_name=tenant_name,
        client_name=name,
        client_initial=initial(name),
        client_host=host_of(client_uri) if client_uri else None,
        user_code=user_code,
        person=display_text(person),
        asked_when=_ago(asked.seconds_ago),
        same_network=is_same_network(asked.source_ip, asked.seen_from),
        source_ip=display_text(asked.source_ip or ""),
        interaction=interaction,
        csrf=csrf,
        switch_url=switch_url,
        unverified=unverified,
        origin=origin_of(document_uri),
        lines=asked_lines(scopes),
        resources=shown_resources(resources),
    )


def _ago(seconds: int) -> str:
    """How long ago, as it is said."""
    minutes = seconds // 60
    if minutes < 1:
        return "less than a minute ago"
    return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"


def outcome_page(outcome: Outcome, *, tenant_name: str, client_name: str) -> Page:
    """What became of the device."""
    title, message, way_on = _OUTCOMES[outcome]
    return notice_page(
        tenant_name=tenant_name,
        title=title,
        message=message.format(client_text(client_name)),
        way_on=way_on,
    )


_OUTCOMES: dict[Outcome, tuple[str, str, Link | None]] = {
    "allowed": (
        "Your device is connected",
        "{} goes on by itself in a few seconds. You can close this page.",
        None,
    ),
    "refused": (
        "Nothing was connected",
        "{} gets no access to your account. You can close this page.",
        None,
    ),
    "decided_before": (
        "This code was used before",
        "A code connects one device once. If yours still waits, have it show a new one.",
        ANOTHER,
    ),
    "expired": ("This code has expired", "Have your device show a new one, and enter that.", ANOTHER),
}
