"""The page that tells a person one thing."""

from collections.abc import Sequence

from chalicelib.pages.look import Look, Text
from chalicelib.pages.page import Link, Page, render


def notice_page(
    *, look: Look, tenant_name: str, title: Text, message: Sequence[Text], way_on: Link | None = None
) -> Page:
    """`title` is the news, `message` what follows from it."""
    return render(
        "notice.html",
        look=look,
        tenant_name=tenant_name,
        title=title,
        message=look.paragraph(message),
        way_on=way_on,
    )
