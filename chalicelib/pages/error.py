"""The page for a person whose request cannot go on, and must not go back to the client."""

from collections.abc import Sequence

from chalicelib.pages.display_text import display_text
from chalicelib.pages.look import Look, Text
from chalicelib.pages.page import NO_FORM, Link, Page, render


def error_page(
    *,
    look: Look,
    tenant_name: str,
    title: Text,
    message: Sequence[Text | str],
    code: str,
    request_id: str,
    status: int,
    way_on: Link | None = None,
) -> Page:
    """`title` says what happened, `message` what to do; code and request_id are for support.

    What of the message is no Text is for whoever made the app, and in English.
    """
    return render(
        "error.html",
        look=look,
        status=status,
        form_action=_form_action(way_on),
        tenant_name=tenant_name,
        title=title,
        message=look.paragraph(message),
        error_code=display_text(code),
        request_id=display_text(request_id),
        way_on=way_on,
    )


def _form_action(way_on: Link | None) -> str:
    if way_on is None or way_on.fields is None:
        return NO_FORM
    # Imported where it is first needed: hardly an error is sent on by a form.
    from chalicelib.pages.form_action import form_action  # noqa: PLC0415

    return form_action(way_on.href)
