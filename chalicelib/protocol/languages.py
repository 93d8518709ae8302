"""Languages a person reads, and which of ours comes nearest: BCP 47 (RFC 4647, RFC 5646)."""

from collections.abc import Iterable, Mapping

# Far more than anybody reads; what is beyond is not looked at.
MAX_RANGES = 20
MAX_SUBTAG, MAX_WEIGHT = 8, len("0.000")


def parse_accept_language(header: str) -> tuple[str, ...]:
    """The language ranges of the header, the best first (RFC 9110 section 12.5.4); `*`, what is not wanted
    (q=0) and what is no range is left out.
    """
    weighed = []
    for place, part in enumerate(header.split(",")[:MAX_RANGES]):
        language, _, parameter = (piece.strip() for piece in part.partition(";"))
        quality = _weight(parameter)
        if quality and _is_range(language):
            weighed.append((-quality, place, language))
    return tuple(language for _, _, language in sorted(weighed))


def _is_range(text: str) -> bool:
    """RFC 4647 section 2.1, without `*`."""
    subtags = text.split("-")
    return (
        text.isascii()
        and subtags[0].isalpha()
        and all(subtag.isalnum() and len(subtag) <= MAX_SUBTAG for subtag in subtags)
    )


def _weight(parameter: str) -> float:
    """RFC 9110 section 12.4.2: 1 where nothing is said, 0 for what is no weight."""
    name, _, value = parameter.partition("=")
    if not parameter:
        return 1.0
    if name.lower() != "q" or len(value) > MAX_WEIGHT or set(value) - set("0123456789."):
        return 0.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if weight <= 1 else 0.0


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
