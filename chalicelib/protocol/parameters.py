"""Parameters of a request: application/x-www-form-urlencoded, in a body or in a query.

RFC 6749 sections 3.1 and 3.2: parameters without a value are as if omitted, unknown ones are
ignored, none may be repeated. Only `resource` may be (RFC 8707 section 2), and `audience` where tokens are
exchanged (RFC 8693 section 2.1).
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from chalicelib.protocol.errors import InvalidRequest

MAX_PARAMETERS = 100
# Of a value that is kept or goes back, unless it may be longer.
MAX_BYTES = 2048
REPEATABLE = frozenset({"resource"})

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Parameters:
    """The parameters by name. Reading a repeated one raises InvalidRequest."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        self._values = values

    def get(self, name: str) -> str | None:
        """The value of a parameter, None where it is absent. Raises InvalidRequest where it is repeated."""
        values = self._values.get(name, ())
        if len(values) > 1:
            raise InvalidRequest("A parameter is given more than once.", reason="parameter_repeated")
        return values[0] if values else None

    def require(self, name: str) -> str:
        """The value of a parameter. Raises InvalidRequest where it is absent or repeated."""
        value = self.get(name)
        if value is None:
            raise InvalidRequest(f"The parameter {name} is missing.", reason="parameter_missing")
        return value

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a parameter that may be repeated."""
        return self._values.get(name, ())

    def check_none_repeated(self, *, but: frozenset[str] = REPEATABLE) -> None:
        """Raises InvalidRequest where any parameter but the repeatable ones is repeated."""
        for name, values in self._values.items():
            if len(values) > 1 and name not in but:
                raise InvalidRequest("A parameter is given more than once.", reason="parameter_repeated")

    def select(self, names: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """Only the parameters of these names."""
        return {name: values for name, values in self._values.items() if name in names}

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


def fits(value: str | None, limit: int) -> bool:
    """Whether a value, if there is one, has at most this many bytes."""
    return value is None or len(value.encode()) <= limit


def parse_parameters(text: str | bytes) -> Parameters:
    """Text to parameters; empty ones are left out.

    Raises InvalidRequest for what is not UTF-8, holds a bad percent escape or a NUL, or has more than
    MAX_PARAMETERS.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        decoded.encode("utf-8")
        if _BAD_ESCAPE.search(decoded):
            raise InvalidRequest("A parameter is wrongly percent-encoded.", reason="parameter_encoding")
        pairs = parse_qsl(decoded, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError:
        raise InvalidRequest("The parameters are not UTF-8.", reason="parameter_encoding") from None
    except ValueError:
        raise InvalidRequest("There are too many parameters.", reason="parameter_too_many") from None
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise InvalidRequest("A parameter holds a NUL.", reason="parameter_encoding")
        if value:
            values[name] = (*values.get(name, ()), value)
    return Parameters(values)
