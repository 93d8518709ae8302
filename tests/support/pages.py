"""What a person finds on a page, and the interaction it is about."""

import hashlib
import html
import re
from urllib.parse import parse_qs, urlsplit

from tests.support.browser import Browser
from tests.support.http import Answer
from tests.support.tenant import Tenant

_LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>')
_TAG = re.compile(r"<[^>]*>")


def link(answer: Answer, text: str) -> str:
    """Where the page's link of this text leads."""
    (href,) = [href for href, shown in _links(answer) if shown == text]
    return href


def links(answer: Answer) -> list[str]:
    """The texts of the page's links."""
    return [shown for _, shown in _links(answer)]


def _links(answer: Answer) -> list[tuple[str, str]]:
    found = _LINK.findall(answer.body)
    return [(html.unescape(href), html.unescape(_TAG.sub("", shown))) for href, shown in found]


def interaction_of(browser: Browser) -> str:
    """The interaction the browser is in."""
    (identifier,) = parse_qs(urlsplit(browser.url).query)["interaction"]
    return identifier


def expire(interaction: str, tenant: Tenant) -> None:
    """The person took longer than the interaction lives; the sweep has not come by."""
    requests = tenant.table("Requests")
    item = requests.find(interaction_hash=hashlib.sha256(interaction.encode()).hexdigest())
    requests.change(item, exp=1)
