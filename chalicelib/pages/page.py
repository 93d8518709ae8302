"""A page: HTML and the headers that keep it safe, from a template and the one stylesheet."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from chalicelib.pages.display_text import display_text, initial
from chalicelib.pages.key import blade
from chalicelib.pages.look import Look
from chalicelib.record import Record

_HERE = Path(__file__).parent
_STYLES = ("palette.css", "elements.css", "style.css")
_COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)

# Comments are for whoever works on the stylesheet; the rest goes into every page as it stands.
STYLE = _COMMENT.sub("", "".join((_HERE / name).read_text("utf-8") for name in _STYLES))
STYLE = STYLE.strip()


def _source(text: str) -> str:
    """What stands in the page, by its hash (CSP Level 3 section 2.3.1)."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _without_query(url: str) -> str:
    """A URL as a source (CSP Level 3 section 2.3.1): its path counts, where it is not empty, its query does
    not, and a semicolon or a comma in it would end the directive.
    """
    return url.partition("?")[0].replace(";", "%3B").replace(",", "%2C")


STYLE_SOURCE = _source(STYLE)

POLICY = ("default-src 'none'", f"style-src {STYLE_SOURCE}", "base-uri 'none'", "frame-ancestors 'none'")
NO_FORM = "form-action 'none'"
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
_templates.globals["code"] = Markup('<code dir="ltr">{}</code>').format


class Page(Record):
    """What goes to the browser. A page is never stored, framed, scripted or sent from elsewhere."""

    html: str
    headers: Mapping[str, str]
    status: int = 200


class Link(Record):
    """A way on from a page: on the web, or a path at this server. With `fields` it is a form of these, which
    a button sends there.

    Raises ValueError for anything else (javascript:, data:, a path that a browser takes for a host).
    """

    text: str
    href: str
    fields: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        check_href(self.href)

    @property
    def label(self) -> str:
        """The text as shown; it may hold a client's name."""
        return display_text(self.text)


_HREF = re.compile(r"(https?://[^\s/\\]|/(?![/\\]))[^\s\\]*", re.IGNORECASE)


def is_href(href: str) -> bool:
    """Whether `href` is an http or https URL, or a path at this server."""
    return href.isprintable() and _HREF.fullmatch(href) is not None


def check_href(href: str) -> None:
    """Raises ValueError unless `href` is an http or https URL, or a path at this server."""
    if not is_href(href):
        raise ValueError("A link goes to an http or https URL, or to a path at this server.")


def render(
    template: str,
    *,
    look: Look,
    tenant_name: str,
    form_action: str = NO_FORM,
    status: int = 200,
    script: str = "",
    images: str = "",
    frames: Sequence[str] = (),
    **values: object,
) -> Page:
    """The template filled in. `form_action` is the policy's directive of that name, or nothing; `script` is
    the page's only one, a constant of ours, by whose hash it is let run; `images` is the directive
    for those; `frames` are the URLs it may frame.

    In a template `t` is a sentence of ours in the language of `look` as HTML, `plain` one as text.
    """
    tenant_name = display_text(tenant_name)
    html = _templates.get_template(template).render(
        values,
        look=look,
        plain=look.say,
        t=look.html,
        tenant_name=tenant_name,
        tenant_initial=initial(tenant_name),
        blade=blade(tenant_name),
        script=Markup(script),  # noqa: S704 - a constant of ours
        frames=frames,
    )
    framed = " ".join(dict.fromkeys(map(_without_query, frames)))
    directives = (
        *POLICY,
        images,
        form_action,
        f"script-src {_source(script)}" if script else "",
        f"frame-src {framed}" if framed else "",
    )
    policy = "; ".join(directive for directive in directives if directive)
    headers = {"content-language": look.language, "content-security-policy": policy}
    return Page(html, {**HEADERS, **headers}, status)
