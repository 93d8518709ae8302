"""A client that starts from a resource's URL alone: RFC 9728 sections 3 and 5, to the letter."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.support.http import Answer

Get = Callable[[str], Answer]
_PARAMETER = re.compile(r'([a-zA-Z_]+)="([^"]*)"')


class NotUsedError(Exception):
    """Metadata that section 3.3 forbids to use."""


def challenge_of(answer: Answer) -> tuple[str, dict[str, str]]:
    """The scheme and parameters of an answer's one challenge."""
    scheme, _, rest = answer.headers["www-authenticate"].partition(" ")
    return scheme, dict(_PARAMETER.findall(rest))


def well_known(resource: str) -> str:
    """Section 3.1: the well-known path goes between host and path; a slash after the host goes."""
    parts = urlsplit(resource)
    path = "" if parts.path == "/" else parts.path
    return urlunsplit(parts._replace(path=f"/.well-known/oauth-protected-resource{path}"))


def by_identifier(get: Get, resource: str) -> dict[str, Any]:
    """The metadata of a resource identifier. Raises NotUsedError."""
    return _used(get(well_known(resource)), resource)


def by_challenge(get: Get, url: str) -> dict[str, Any]:
    """The metadata of what refused a request to this URL. Raises NotUsedError."""
    return _used(get(challenge_of(get(url))[1]["resource_metadata"]), url)


def _used(answer: Answer, resource: str) -> dict[str, Any]:
    document = answer.json
    if answer.status != 200 or not isinstance(document, dict) or document.get("resource") != resource:
        raise NotUsedError(answer.body)
    return document
