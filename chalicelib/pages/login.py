"""The page that asks who a person is."""

from chalicelib.pages.client_pages import NO_PAGES, SHOWS_LOGO, ClientPages
from chalicelib.pages.display_text import display_text, origin_of
from chalicelib.pages.form_action import form_action
from chalicelib.pages.look import Look, Text
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page, render


def too_many_attempts(wait: int) -> Text:
    """Why nothing typed is looked at for so many seconds."""
    return Text("Too many attempts. Wait {count} seconds, then try again.", count=wait)


def login_page(
    *,
    look: Look,
    tenant_name: str,
    client_name: str | None,
    redirect_uri: str | None,
    interaction: str,
    csrf: str,
    login: str = "",
    error: Text | None = None,
    continue_as: str | None = None,
    unverified: bool = False,
    document_uri: str | None = None,
    client_pages: ClientPages = NO_PAGES,
) -> Page:
    """POSTs to /login: interaction, csrf, action (sign_in with login and password, continue, cancel).

    `client_name` and `redirect_uri` are None where no app waits in this browser, but a device elsewhere.
    `continue_as` names the person of a live session, who may go on without a password.
    """
    # With a live session, going on is the first thing offered; an error is about what was typed.
    focus = "" if continue_as is not None and not error else "password" if login else "login"
    return render(
        "login.html",
        look=look,
        form_action=form_action(redirect_uri),
        tenant_name=tenant_name,
        client_name=None if client_name is None else look.client_name(client_name),
        interaction=interaction,
        csrf=csrf,
        login=login,
        error=error,
        focus=focus,
        continue_as=None if continue_as is None else display_text(continue_as) or look.say("this account"),
        unverified=unverified,
        origin=origin_of(document_uri),
        client_pages=client_pages,
        images=SHOWS_LOGO if client_pages.logo else "",
    )


def device_waits_page(*, look: Look, tenant_name: str) -> Page:
    """Nobody signed in to connect a device; nothing was decided."""
    return notice_page(
        look=look,
        tenant_name=tenant_name,
        title=Text("Nothing was connected"),
        message=[Text("You did not sign in, so your device goes on waiting until its code expires.")],
        way_on=Link(look.say("Enter a code"), "/device"),
    )
