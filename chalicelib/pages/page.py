"""A page: HTML and the headers that keep it safe, from a template and the one stylesheet."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.pages.display_text import display_text, initial
from chalicelib.pages.key import blade
from chalicelib.record import Record

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)

# Comments are for whoever works on the stylesheet; the rest goes into every page as it stands.
STYLE = _COMMENT.sub("", "".join((_HERE / name).read_text("utf-8") for name in ("palette.css", "style.css")))
STYLE = STYLE.strip()
STYLE_SOURCE = f"'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"

POLICY = ("default-src 'none'", f"style-src {STYLE_SOURCE}", "base-uri 'none'", "frame-ancestors 'none'")
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
# The only text that is not escaped, and it is ours.
_templates.globals["style"] = Markup(STYLE)  # noqa: S704


class Page(Record):
    """What goes to the browser. A page is never stored, framed, scripted or sent from elsewhere."""

    html: str
    headers: Mapping[str, str]
    status: int = 200


class Link(Record):
    """A way on from a page: on the web, or a path at this server.

    Raises ValueError for anything else (javascript:, data:, a path that a browser takes for a host).
    """

    text: str
    href: str

    def __post_init__(self) -> None:
        check_href(self.href)

    @property
    def label(self) -> str:
        """The text as shown; it may hold a client's name."""
        return display_text(self.text, fallback="Continue")


_HREF = re.compile(r"(https?://[^\s/\\]|/(?![/\\]))[^\s\\]*", re.IGNORECASE)


def check_href(href: str) -> None:
    """Raises ValueError unless `href` is an http or https URL, or a path at this server."""
    if not href.isprintable() or not _HREF.fullmatch(href):
        raise ValueError("A link goes to an http or https URL, or to a path at this server.")


def render(
    template: str,
    *,
    tenant_name: str,
    form_action: str = "form-action 'none'",
    status: int = 200,
    **values: object,
) -> Page:
    """The template filled in. `form_action` is the policy's directive of that name, or nothing."""
    tenant_name = display_text(tenant_name)
    html = _templates.get_template(template).render(
        values, tenant_name=tenant_name, tenant_initial=initial(tenant_name), blade=blade(tenant_name)
    )
    directives = (*POLICY, form_action) if form_action else POLICY
    return Page(html, {**HEADERS, "content-security-policy": "; ".join(directives)}, status)
