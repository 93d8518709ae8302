"""The notes themselves, in memory: each caller's own."""

import threading
from collections import defaultdict

MAX_NOTES = 100
MAX_LENGTH = 500


class NotesFullError(Exception):
    """A caller has as many notes as one may have."""


class Notes:
    """Notes by the `sub` of who wrote them. Safe to use from several threads."""

    def __init__(self) -> None:
        self._notes: defaultdict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()

    def of(self, sub: str) -> list[str]:
        """One caller's notes, the oldest first."""
        with self._lock:
            return list(self._notes.get(sub, ()))

    def add(self, sub: str, text: object) -> None:
        """Adds a note. Raises NotesFullError, and ValueError for no text of 1 to MAX_LENGTH."""
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_LENGTH:
            raise ValueError(f"A note is JSON with a text of 1 to {MAX_LENGTH} characters.")
        with self._lock:
            if len(self._notes[sub]) >= MAX_NOTES:
                raise NotesFullError(f"{MAX_NOTES} notes are enough.")
            self._notes[sub].append(text.strip())
