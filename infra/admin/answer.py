"""What a command answers: for people, for machines, and for the audit trail."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.protocol.security_event import EventType


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be told to the audit trail: the event's type, and what it is about."""

    type: EventType
    about: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is what a person reads, `document` what --json prints. `failed` says what was not done, where
    some was. What is `raw` is printed as it is, --json or not.
    """

    text: str
    document: Any = field(hash=False)
    changes: tuple[Change, ...] = ()
    failed: str | None = None
    raw: bool = False


def unchanged(answer: Answer) -> Answer:
    """The answer to a change that changes nothing: the record as it stands."""
    return Answer(f"Nothing changes: it is so already.\n\n{answer.text}", answer.document)
