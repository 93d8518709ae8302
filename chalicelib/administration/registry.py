"""What is registered, and the port to where it is kept: one conditional write for every change.

A change is read, made, checked and written only where nothing else was written in between; otherwise it
begins anew on what stands there now. As changes are of single members, two operators at once keep both.
"""

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from chalicelib.administration.refusals import ChangedMeanwhile, NotRegistered, OwnedByAnother
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.record import Record as Frozen
from chalicelib.record import replace

MAX_TRIES = 5
REVISION_BYTES = 9

_LETTERS = str.maketrans("-_", "xy")

Record = TypeVar("Record")


class Registered(Frozen, Generic[Record], kw_only=True):
    """A record and what its administration keeps beside it.

    `revision` is another random text after every write, None where it was never administered. `owner` is
    who declared it (the ARN of a stack and a logical id, say), None for an operator. `updated_at` is in
    seconds since the epoch.
    """

    record: Record
    revision: str | None = None
    owner: str | None = None
    updated_at: int | None = None


def new_identifier(random: RandomText, size: int) -> str:
    """Text of so many random bytes, as letters and digits."""
    return random(size).translate(_LETTERS)


class Registry(Protocol[Record]):
    """Where records of one kind are kept, by name. Reads see every write before them.

    Each write is one conditional write, and true where it happened; sent twice, because its first answer
    was lost, it is true again: its revision tells that it was its own.
    """

    def find(self, name: str) -> Registered[Record] | None: ...

    def all(self, *, after: str | None = None) -> Iterator[Registered[Record]]:
        """Every record, in an order of the store's own, those after this name; read page by page."""

    def create(self, registered: Registered[Record]) -> bool:
        """Only where there is none of the name."""

    def replace(self, registered: Registered[Record], *, revision: str | None) -> bool:
        """Only where this revision stands."""

    def remove(self, name: str, *, revision: str | None) -> bool:
        """Only where this revision stands; true as well where there is none of the name."""


class Administrator(Frozen, Generic[Record], kw_only=True):
    """Changes records of one kind. `kind` is the word for one in sentences. With an `owner`, only what
    this owner declared; without, on an operator's behalf, all of it.
    """

    kind: str
    registry: Registry[Record]
    random: RandomText
    owner: str | None = None

    def find(self, name: str) -> Registered[Record]:
        """Raises NotRegistered, OwnedByAnother."""
        found = self.registry.find(name)
        if found is None:
            raise NotRegistered(f"There is no {self.kind} {name}.")
        if self.owner is not None and found.owner != self.owner:
            raise OwnedByAnother(
                f"The {self.kind} {name} was declared elsewhere ({found.owner or 'by hand'})."
            )
        return found

    def create(self, record: Record, *, now: int) -> Registered[Record] | None:
        """What stands now; None where the name is taken."""
        made = Registered(record=record, revision=self._revision(), owner=self.owner, updated_at=now)
        return made if self.registry.create(made) else None

    def change(self, name: str, change: Callable[[Record], Record], *, now: int) -> Registered[Record]:
        """What stands after the change; `change` may be asked several times. Nothing is written where it
        changes nothing. Raises NotRegistered, OwnedByAnother, ChangedMeanwhile, and what `change` raises.
        """
        for _ in range(MAX_TRIES):
            found = self.find(name)
            record = change(found.record)
            if record == found.record:
                return found
            made = replace(found, record=record, revision=self._revision(), updated_at=now)
            if self.registry.replace(made, revision=found.revision):
                return made
        raise ChangedMeanwhile(f"The {self.kind} {name} is being changed by others. Try again.")

    def remove(self, name: str) -> Registered[Record]:
        """What stood there. Raises NotRegistered, OwnedByAnother, ChangedMeanwhile."""
        for _ in range(MAX_TRIES):
            found = self.find(name)
            if self.registry.remove(name, revision=found.revision):
                return found
        raise ChangedMeanwhile(f"The {self.kind} {name} is being changed by others. Try again.")

    def _revision(self) -> str:
        return self.random(REVISION_BYTES)
