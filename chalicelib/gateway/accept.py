"""The Accept header: RFC 9110 section 12.5.1, as far as one answer is chosen over the usual one."""

import re

_RANGE = re.compile(r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*((?:;[^;]*)*)")
_QUALITY = re.compile(r"(?:^|;)[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*(?:;|$)", re.IGNORECASE)


def prefers(accept: str | None, media_type: str, *, over: str) -> bool:
    """Whether `media_type` is asked for by its name, and no less wanted than `over`, the usual answer.

    A wildcard asks for neither, and what can't be read for nothing.
    """
    # What nearly every request has to say is nothing about it.
    if accept is None or media_type not in accept.lower():
        return False
    wanted = dict(filter(None, map(_range, accept.split(","))))
    return 0.0 < wanted.get(media_type, 0.0) >= wanted.get(over, 0.0)


def _range(text: str) -> tuple[str, float] | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    quality = _QUALITY.search(found[2])
    return found[1].lower(), float(quality[1]) if quality else 1.0
