"""When the next signing key is due, and what is to be done about it: the rules of rotation.

What a rotation has to do is one Step after the other. Each ends in one conditional write of the whole
KeySet, so that of two runs at once one has nothing written. KMS can't be told to make a key only once; so
an Intent is written before, its nonce is the new key's tag, and whoever finds the Intent later finds the key.
"""

from collections.abc import Collection

from chalicelib.protocol.signing_keys import (
    ANNOUNCED_SECONDS,
    SETTLING_SECONDS,
    KeyType,
    Phase,
    SigningKey,
    phase,
    signing_key,
)
from chalicelib.record import Record, replace

# A run ends long before, so that an Intent as old as this is one of a run that broke off.
LEASE_SECONDS = 900
# Between the moment a key is no longer published and its end: for instances that still go by an old record.
QUIET_SECONDS = 3_600
_NEEDED: tuple[KeyType, ...] = ("EC", "RSA")
_WANTED: tuple[KeyType, ...] = ("OKP",)


class Intent(Record, kw_only=True):
    """That a key is being made. `replaces` are the key ids that are taken out when it is there: then it
    signs at once. `since` is when it was last taken up.
    """

    nonce: str
    kty: KeyType
    since: int
    replaces: tuple[str, ...] = ()


class KeySet(Record, kw_only=True):
    """All there is to know: the keys, in the order they were made, and what is not done yet. `discarded`
    are key ids that are out of `keys` for good and still have to be ended in KMS.
    """

    keys: tuple[SigningKey, ...] = ()
    intents: tuple[Intent, ...] = ()
    discarded: tuple[str, ...] = ()


class Schedule(Record, kw_only=True):
    """How long a key signs, and how long it stays published then, in seconds; and which types of keys the
    tenant has. One of another type that is there goes on as it is, without a successor.
    """

    period: int
    retention: int
    types: tuple[KeyType, ...]


class Plan(Record):
    """A key is due: write an Intent."""

    kty: KeyType


class Make(Record):
    """Make the key of an Intent. `begun` where an earlier run may have made it."""

    intent: Intent
    begun: bool


class Tell(Record):
    """A key has come into a phase by the clock."""

    key: SigningKey
    phase: Phase


class Discard(Record):
    """End a key in KMS; `key` is None where it is out of the set already."""

    key_id: str
    key: SigningKey | None


Step = Plan | Make | Tell | Discard


def next_step(key_set: KeySet, *, now: int, schedule: Schedule, own: Collection[str] = ()) -> Step | None:
    """What is to be done next, None where nothing is. `own` are the nonces of the caller's own Intents;
    another's is left to them until LEASE_SECONDS have passed.
    """
    # What a tenant may do without comes last: where KMS makes no such key, all else goes on.
    return (
        _next_key(key_set, _NEEDED, now=now, schedule=schedule, own=own)
        or _next_by_the_clock(key_set, now=now, retention=schedule.retention)
        or _next_key(key_set, _WANTED, now=now, schedule=schedule, own=own)
    )


def planned(key_set: KeySet, intent: Intent) -> KeySet:
    """With an Intent, anew where there was one of its nonce."""
    others = tuple(one for one in key_set.intents if one.nonce != intent.nonce)
    return replace(key_set, intents=(*others, intent))


def with_key(key_set: KeySet, intent: Intent, *, key_id: str, kid: str | None, now: int) -> KeySet:
    """With the key of an Intent: announced, or signing at once where it replaces others or is the first."""
    replaced = {key.key_id for key in key_set.keys} & set(intent.replaces)
    others = tuple(key for key in key_set.keys if key.key_id not in replaced)
    at_once = bool(intent.replaces) or signing_key(others, kty=intent.kty, now=now) is None
    publish_from = now if at_once else now + SETTLING_SECONDS
    made = SigningKey(
        key_id=key_id,
        kty=intent.kty,
        kid=kid,
        publish_from=publish_from,
        sign_from=now if at_once else publish_from + ANNOUNCED_SECONDS,
        told="signing" if at_once else "announced",
    )
    return KeySet(
        keys=(*others, made),
        intents=tuple(one for one in key_set.intents if one.nonce != intent.nonce),
        discarded=(*key_set.discarded, *sorted(replaced)),
    )


def told(key_set: KeySet, key: SigningKey, found: Phase) -> KeySet:
    """With a key's phase as the log has it now."""
    changed = replace(key, told=found)
    return replace(key_set, keys=tuple(changed if one == key else one for one in key_set.keys))


def without(key_set: KeySet, key_ids: Collection[str], *, ended: bool) -> KeySet:
    """Without keys; where they have not `ended` in KMS, that is still to be done."""
    found = tuple(key.key_id for key in key_set.keys if key.key_id in key_ids)
    left = tuple(one for one in key_set.discarded if one not in key_ids)
    return replace(
        key_set,
        keys=tuple(key for key in key_set.keys if key.key_id not in key_ids),
        discarded=left if ended else (*left, *found),
    )


def has_successor(key_set: KeySet, kty: KeyType, *, now: int) -> bool:
    """Whether a key of a type waits for its time, or is being made."""
    waiting = any(key.kty == kty and key.sign_from > now for key in key_set.keys)
    return waiting or any(intent.kty == kty for intent in key_set.intents)


def _next_key(
    key_set: KeySet, types: Collection[KeyType], *, now: int, schedule: Schedule, own: Collection[str]
) -> Step | None:
    for intent in key_set.intents:
        if intent.kty not in types:
            continue
        if intent.nonce in own:
            return Make(intent, begun=False)
        if intent.since + LEASE_SECONDS <= now:
            return Make(intent, begun=True)
    for kty in types:
        if kty in schedule.types and _is_due(key_set, kty, now=now, period=schedule.period):
            return Plan(kty)
    return None


def _next_by_the_clock(key_set: KeySet, *, now: int, retention: int) -> Step | None:
    for key in key_set.keys:
        found = phase(key, key_set.keys, now=now, retention=retention)
        if found in {"signing", "retiring"} and key.told != found:
            return Tell(key, found)
    for key_id in key_set.discarded:
        return Discard(key_id, None)
    for key in key_set.keys:
        if phase(key, key_set.keys, now=now - QUIET_SECONDS, retention=retention) == "retired":
            return Discard(key.key_id, key)
    return None


def _is_due(key_set: KeySet, kty: KeyType, *, now: int, period: int) -> bool:
    if has_successor(key_set, kty, now=now):
        return False
    key = signing_key(key_set.keys, kty=kty, now=now)
    return key is None or key.sign_from + period - ANNOUNCED_SECONDS - SETTLING_SECONDS <= now
