"""Where a function's handler stands: chalicelib/endpoints, or chalicelib/operations."""

import re
from pathlib import Path

_ROOMS = ("endpoints", "operations")
_CHALICELIB = Path(__file__).parents[1] / "chalicelib"


def handler_of(logical_id: str) -> str:
    """The handler of a function by its logical id: EndSession is chalicelib.endpoints.end_session.handler.

    Of a function that has no file, where an endpoint's would be.
    """
    stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", logical_id).lower()
    rooms = (room for room in _ROOMS if (_CHALICELIB / room / f"{stem}.py").is_file())
    return f"chalicelib.{next(rooms, _ROOMS[0])}.{stem}.handler"
