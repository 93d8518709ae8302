"""The pages of signing out: the question, and what came of it."""

from collections.abc import Mapping

from chalicelib.pages.display_text import client_text, display_text
from chalicelib.pages.form_action import form_action
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, render


def logout_page(
    *,
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
    return render(
        "logout.html",
        form_action=form_action(post_logout_redirect_uri),
        tenant_name=tenant_name,
        person=display_text(person),
        client_name=None if client_name is None else client_text(client_name),
        csrf=csrf,
        fields=fields,
    )


def signed_out_page(*, tenant_name: str, way_on: Link | None = None) -> Page:
    """The session is over."""
    return notice_page(
        tenant_name=tenant_name,
        title="You are signed out",
        message=f"You are no longer signed in to {display_text(tenant_name)} in this browser.",
        way_on=way_on,
    )


def stayed_page(*, tenant_name: str, way_on: Link | None = None) -> Page:
    """The session goes on."""
    return notice_page(
        tenant_name=tenant_name,
        title="You are still signed in",
        message="Nothing has changed. You can close this page.",
        way_on=way_on,
    )
