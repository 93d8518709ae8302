"""The page that asks who a person is."""

from chalicelib.pages.display_text import SENTENCE_LIMIT, client_text, display_text
from chalicelib.pages.form_action import form_action
from chalicelib.pages.page import Page, render


def login_page(
    *,
    tenant_name: str,
    client_name: str,
    redirect_uri: str,
    interaction: str,
    csrf: str,
    login: str = "",
    error: str | None = None,
    continue_as: str | None = None,
) -> Page:
    """POSTs to /login: interaction, csrf, action (sign_in with login and password, continue, cancel).

    `continue_as` names the person of a live session, who may go on without a password.
    """
    # With a live session, going on is the first thing offered; an error is about what was typed.
    focus = "" if continue_as is not None and not error else "password" if login else "login"
    return render(
        "login.html",
        form_action=form_action(redirect_uri),
        tenant_name=tenant_name,
        client_name=client_text(client_name),
        interaction=interaction,
        csrf=csrf,
        login=login,
        error=display_text(error or "", limit=SENTENCE_LIMIT),
        focus=focus,
        continue_as=None if continue_as is None else display_text(continue_as, fallback="this account"),
    )
