"""The pages on which a person connects a device: its code, the question, and what came of it."""

from collections.abc import Sequence

from chalicelib.accounts.attempts import is_same_network
from chalicelib.pages.client_pages import NO_PAGES, ClientPages
from chalicelib.pages.consent import ResourceLine, ScopeLine, asked_lines, shown_resources
from chalicelib.pages.display_text import (
    display_text,
    host_of,
    initial,
    origin_of,
)
from chalicelib.pages.form_action import HERE
from chalicelib.pages.look import Look, Text
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, check_href, render
from chalicelib.protocol.device_grant import Outcome
from chalicelib.record import Record

NO_CODE = Text("A code has eight letters, such as BDWP-HQPK. Check it on your device.")
UNKNOWN = Text("No device shows this code now. Check it, or have your device show a new one.")


class Asked(Record):
    """When the device asked, and from which address, None where that is not known; `seen_from` is the
    address of who sees the page.
    """

    seconds_ago: int
    source_ip: str | None
    seen_from: str


def user_code_page(
    *,
    look: Look,
    tenant_name: str,
    csrf: str,
    user_code: str = "",
    arrived: bool = False,
    error: Text | None = None,
) -> Page:
    """POSTs to /device: csrf, user_code. `arrived` says that the code came with a link or a picture, so that
    it is to be compared and not typed.
    """
    return render(
        "user_code.html",
        look=look,
        form_action=HERE,
        tenant_name=tenant_name,
        csrf=csrf,
        user_code=display_text(user_code),
        arrived=arrived,
        error=error,
    )


def device_page(
    *,
    look: Look,
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
    client_pages: ClientPages = NO_PAGES,
) -> Page:
    """POSTs to /device: interaction, csrf, decision (allow or deny).

    `switch_url` is where another account is chosen. Raises ValueError where that is no path or web URL.
    """
    check_href(switch_url)
    name = look.client_name(client_name)
    return render(
        "device.html",
        look=look,
        form_action=HERE,
        tenant_name=tenant_name,
        client_name=name,
        client_initial=initial(name),
        client_host=host_of(client_uri) if client_uri else None,
        user_code=user_code,
        person=display_text(person),
        asked_when=_ago(asked.seconds_ago),
        asked_from=_whence(asked),
        interaction=interaction,
        csrf=csrf,
        switch_url=switch_url,
        unverified=unverified,
        origin=origin_of(document_uri),
        client_pages=client_pages,
        lines=asked_lines(scopes),
        resources=shown_resources(resources),
    )


def _ago(seconds: int) -> Text:
    """How long ago, as it is said."""
    minutes = seconds // 60
    return Text("less than a minute ago") if minutes < 1 else Text("{count} minutes ago", count=minutes)


def _whence(asked: Asked) -> Text | None:
    """Where it asked from, None where that is not known."""
    address = {"address": display_text(asked.source_ip or "")}
    same = is_same_network(asked.source_ip, asked.seen_from)
    if same:
        return Text("from the network you are in")
    if same is False:
        return Text("from another network than yours ({address})", address)
    return Text("from the address {address}", address) if asked.source_ip else None


def outcome_page(outcome: Outcome, *, look: Look, tenant_name: str, client_name: str) -> Page:
    """What became of the device."""
    title, message = _OUTCOMES[outcome]
    name = {"client": look.client_name(client_name)}
    another = Link(look.say("Enter a code"), "/device")
    return notice_page(
        look=look,
        tenant_name=tenant_name,
        title=title,
        message=[Text(sentence.english, name) for sentence in message],
        way_on=None if outcome in {"allowed", "refused"} else another,
    )


_CLOSE = Text("You can close this page.")
_OUTCOMES: dict[Outcome, tuple[Text, tuple[Text, ...]]] = {
    "allowed": (
        Text("Your device is connected"),
        (Text("{client} goes on by itself in a few seconds."), _CLOSE),
    ),
    "refused": (Text("Nothing was connected"), (Text("{client} gets no access to your account."), _CLOSE)),
    "decided_before": (
        Text("This code was used before"),
        (Text("A code connects one device once. If yours still waits, have it show a new one."),),
    ),
    "expired": (
        Text("This code has expired"),
        (Text("Have your device show a new one, and enter that."),),
    ),
}
