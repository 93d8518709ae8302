"""The pages of signing out: the question, and what came of it."""

from collections.abc import Mapping

from chalicelib.pages.display_text import display_text
from chalicelib.pages.form_action import form_action
from chalicelib.pages.look import Look, Text
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, render


def logout_page(
    *,
    look: Look,
    tenant_name: str,
    person: str,
    client_name: str | None,
    csrf: str,
    fields: Mapping[str, str],
    post_logout_redirect_uri: str | None = None,
) -> Page:
    """POSTs to /end_session: csrf, decision (sign_out or stay), and `fields` carried on as they are.

    `post_logout_redirect_uri`, where one was checked, is where the POST will redirect to.
    """
    name = None if client_name is None else look.client_name(client_name)
    asks = [] if name is None else [Text("{client} asks to sign you out.", {"client": name})]
    ends = {"person": display_text(person), "tenant": display_text(tenant_name)}
    return render(
        "logout.html",
        look=look,
        form_action=form_action(post_logout_redirect_uri),
        tenant_name=tenant_name,
        lead=look.paragraph([*asks, Text("This signs {person} out of {tenant} in this browser.", ends)]),
        csrf=csrf,
        fields=fields,
    )


def signed_out_page(*, look: Look, tenant_name: str, way_on: Link | None = None) -> Page:
    """The session is over."""
    tenant = {"tenant": display_text(tenant_name)}
    return notice_page(
        look=look,
        tenant_name=tenant_name,
        title=Text("You are signed out"),
        message=[Text("You are no longer signed in to {tenant} in this browser.", tenant)],
        way_on=way_on,
    )


def stayed_page(*, look: Look, tenant_name: str, way_on: Link | None = None) -> Page:
    """The session goes on."""
    return notice_page(
        look=look,
        tenant_name=tenant_name,
        title=Text("You are still signed in"),
        message=[Text("Nothing has changed. You can close this page.")],
        way_on=way_on,
    )
