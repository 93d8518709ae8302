"""The page that tells a person one thing."""

from chalicelib.pages.display_text import SENTENCE_LIMIT, display_text
from chalicelib.pages.page import Link, Page, render


def notice_page(*, tenant_name: str, title: str, message: str, way_on: Link | None = None) -> Page:
    """`title` is the news, `message` what follows from it."""
    return render(
        "notice.html",
        tenant_name=tenant_name,
        title=display_text(title),
        message=display_text(message, limit=SENTENCE_LIMIT),
        way_on=way_on,
    )
