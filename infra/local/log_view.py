"""The functions' log lines as a terminal shows them: what they tell CloudWatch about metrics left out."""

import io
import re
from typing import TextIO

_METRICS = re.compile(r',"_aws":\{.*\}(?=\}\n?$)')


def readable(text: str) -> str:
    """A log line for people; any other text as it is."""
    return _METRICS.sub("", text) if text.startswith("{") else text


class ReadableLog(io.TextIOBase):
    """Writes on to another stream, log lines readable. Each is written in one piece."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(readable(text))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()
