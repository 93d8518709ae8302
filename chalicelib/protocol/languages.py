"""Languages a person reads, and which of ours comes nearest: BCP 47 (RFC 4647, RFC 5646)."""

import re
from collections.abc import Iterable, Mapping

# Far more than anybody reads; what is beyond is not looked at.
MAX_RANGES = 20
_RANGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")
_WEIGHT = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.IGNORECASE)


def parse_accept_language(header: str) -> tuple[str, ...]:
    """The language ranges of the header, the best first (RFC 9110 section 12.5.4); `*`, what is not wanted
    (q=0) and what is no range is left out.
    """
    weighed = []
    for place, part in enumerate(header.split(",")[:MAX_RANGES]):
        language, _, parameter = (piece.strip() for piece in part.partition(";"))
        weight = _WEIGHT.fullmatch(parameter) if parameter else None
        quality = float(weight[1]) if weight else 1.0 if not parameter else 0.0
        if quality and _RANGE.fullmatch(language):
            weighed.append((-quality, place, language))
    return tuple(language for _, _, language in sorted(weighed))


def lookup(ranges: Iterable[str], tags: Iterable[str]) -> str | None:
    """The tag that comes nearest to the first range any comes near to (RFC 4647 section 3.4): a range loses
    its last subtag until a tag is equal to it. None where there is none.
    """
    known = {tag.lower(): tag for tag in tags}
    for language in ranges:
        subtags = language.lower().split("-")
        while subtags:
            found = known.get("-".join(subtags))
            if found is not None:
                return found
            # A single letter or digit only introduces the subtag after it.
            del subtags[-2 if len(subtags) > 1 and len(subtags[-2]) == 1 else -1 :]
    return None


def in_language(
    localized: Mapping[str, str], member: str, *, language: str, ranges: Iterable[str] = ()
) -> str | None:
    """The value of a member for who reads `language`, None where it has none for them (RFC 7591 section 2.2:
    `client_name#fr`). Of several it is the one their `ranges` of that language come nearest to.
    """
    tags = {}
    for name in sorted(localized):
        named, hash_sign, tag = name.partition("#")
        if named == member and hash_sign and tag.lower().split("-")[0] == language:
            tags[tag] = name
    wanted = [one for one in ranges if one.lower().split("-")[0] == language]
    found = lookup((*wanted, language), tags) or next(iter(tags), None)
    return None if found is None else localized[tags[found]]
