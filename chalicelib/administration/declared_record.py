"""What declaring is for every kind of record: what stands there becomes what is declared, unless somebody
else's is there.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib.administration.refusals import (
    AdministrationRefused,
    AlreadyRegistered,
    InvalidMember,
    NotRegistered,
    OwnedByAnother,
)
from chalicelib.administration.registry import Registered
from chalicelib.protocol.security_event import EventType
from chalicelib.record import Record

One = TypeVar("One", bound=Record)

# What a declaration is told where the name is another's.
Taken = Callable[[AdministrationRefused], InvalidMember]


def standing(find: Callable[[], Registered[One]], *, taken: Taken) -> Registered[One] | None:
    """What stands there and is this owner's, None where nothing does. Raises what `taken` makes."""
    try:
        return find()
    except NotRegistered:
        return None
    except OwnedByAnother as other:
        raise taken(other) from None


def replaced_or_registered(
    replace: Callable[[], Registered[One]],
    register: Callable[[], Registered[One]],
    *,
    owner: str | None,
    taken: Taken,
) -> Registered[One]:
    """What is declared, in place of what stands there, or new. Raises what `taken` makes."""
    try:
        return replace()
    except NotRegistered:
        pass
    try:
        return register()
    except AlreadyRegistered as already:
        if already.owner != owner:
            raise taken(already) from None
        # The same event a second time, at the same moment.
        return replace()


def differences(one: Record, other: Record, *, members: Iterable[str]) -> tuple[str, ...]:
    """The members in which two records differ."""
    return tuple(name for name in members if getattr(one, name) != getattr(other, name))


def events(
    stood: Registered[One] | None,
    stands: Registered[One],
    *,
    members: Iterable[str],
    created: EventType,
    changed: EventType,
) -> tuple[tuple[EventType, tuple[str, ...]], ...]:
    """What is told to the audit trail: that it was created, or which members changed, if any did."""
    if stood is None:
        return ((created, ()),)
    names = differences(stood.record, stands.record, members=members)
    return ((changed, names),) if names else ()
