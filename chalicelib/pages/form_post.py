"""The page that sends an answer back to an app by a form: OAuth 2.0 Form Post Response Mode."""

from collections.abc import Mapping

from chalicelib.pages.display_text import host_of
from chalicelib.pages.form_action import form_action
from chalicelib.pages.look import Look, Text
from chalicelib.pages.page import Link, Page, render

# The answer is good for one time, so a person in a hurry must not send it twice.
SCRIPT = 'document.querySelector("main button").disabled = true; document.forms[0].submit();'


def form_post_page(*, look: Look, tenant_name: str, redirect_uri: str, fields: Mapping[str, str]) -> Page:
    """A form of these fields for `redirect_uri`, which sends itself, or by its button where scripts don't
    run. Raises ValueError where that is not on the web.
    """
    host = host_of(redirect_uri)
    return render(
        "form_post.html",
        look=look,
        form_action=form_action(redirect_uri),
        script=SCRIPT,
        tenant_name=tenant_name,
        title=Text("Returning to {host}", {"host": host}) if host else Text("Returning to the app"),
        message=look.paragraph([Text("If nothing happens, press Continue.")]),
        way_on=Link(look.say("Continue"), redirect_uri, fields),
    )
