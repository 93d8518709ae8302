"""JSON that somebody else wrote, read strictly: RFC 8259, with the limits its sections 4, 6 and 9 leave to a
parser. What two parsers could take for two things is refused.
"""

import json
import math
from typing import Any

MAX_DEPTH = 16


class UnfitDocument(ValueError):
    """No document that is taken here; the text says why, for whoever wrote it."""


def parse_json_object(data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The object a document is, of at most `max_bytes`, nested at most `max_depth` deep (1 is flat).

    Raises UnfitDocument for anything larger, deeper or no object; for what is not UTF-8; for a member that
    stands twice; for NaN and numbers no double holds; and for half a character, which is no Unicode.
    """
    if len(data) > max_bytes:
        raise UnfitDocument(f"The document is larger than {max_bytes} bytes.")
    try:
        document = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except UnfitDocument:
        raise
    except RecursionError:
        raise UnfitDocument(_TOO_DEEP.format(max_depth)) from None
    except UnicodeDecodeError:
        raise UnfitDocument("The document is not UTF-8.") from None
    except ValueError:
        raise UnfitDocument("The document is not JSON.") from None
    if not isinstance(document, dict):
        raise UnfitDocument("The document is not a JSON object.")
    _check(document, max_depth)
    return document


_TOO_DEEP = "The document is nested more than {} deep."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnfitDocument("A member stands in the document twice.")
    return found


def _refuse_constant(name: str) -> None:
    raise UnfitDocument(f"{name} is no JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise UnfitDocument("A number in the document is too large.")
    return number


def _check(document: dict[str, Any], max_depth: int) -> None:
    # Not by recursion: how deep a document is must not matter to who measures it.
    level: list[Any] = [document]
    depth = 0
    while level:
        depth += 1
        inner: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _check_text(one)
            elif isinstance(one, dict | list):
                if depth > max_depth:
                    raise UnfitDocument(_TOO_DEEP.format(max_depth))
                inner += [*one, *one.values()] if isinstance(one, dict) else one
        level = inner


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnfitDocument("The document holds half a character.") from None
