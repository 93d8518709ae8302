"""One run of the key rotation: the steps of protocol/key_schedule.py, done in KMS and in the record."""

from collections.abc import Callable, Sequence

from chalicelib.aws.key_administration import KeyAdministration
from chalicelib.aws.key_set import KeySetStore
from chalicelib.aws.kms_calls import KeyUnusable, kms_get_public_key
from chalicelib.protocol.jwk import verification_key
from chalicelib.protocol.key_schedule import (
    Discard,
    Intent,
    KeySet,
    Make,
    Plan,
    Schedule,
    Step,
    Tell,
    has_successor,
    next_step,
    planned,
    told,
    with_key,
    without,
)
from chalicelib.protocol.security_event import EventType
from chalicelib.protocol.signing_keys import ALGS, KeyType, SigningKey, signing_key
from chalicelib.record import Record, replace

NONCE_BYTES = 16
# A run does what is due, and begins anew where another one was quicker; so many times at most.
MOST_STEPS = 50
# How often a new key is asked for, and how many seconds apart, until its tags give access to it.
TRIES = 12
SECONDS_BETWEEN_TRIES = 5.0


class Overtaken(Exception):
    """Another run has written the record meanwhile, and this one's write was refused."""


class UnknownKeyError(Exception):
    """There is no key of this kid."""


class Ports(Record, kw_only=True):
    """What a run works with. `first` are the stack's own keys, `note` gets what happened to which key."""

    store: KeySetStore
    administration: KeyAdministration
    first: Sequence[SigningKey]
    schedule: Schedule
    random: Callable[[int], str]
    sleep: Callable[[float], None]
    note: Callable[[EventType, SigningKey], None]


class Rotation:
    """One run, at one time. What it raises leaves the record such that the next run goes on from there."""

    def __init__(self, ports: Ports, *, now: int) -> None:
        self._ports = ports
        self._now = now
        self._key_set = KeySet()
        self._revision: str | None = None
        # The nonces of this run's Intents, and the keys it has for them.
        self._own: set[str] = set()
        self._made: dict[str, str] = {}

    def advance(self) -> KeySet:
        """Does what is due, and answers the keys as they are then.

        Raises TemporarilyUnavailable, KeyUnusable, and Overtaken where others never leave it alone.
        """
        for _ in range(MOST_STEPS):
            try:
                self._read()
                while step := next_step(
                    self._key_set, now=self._now, schedule=self._ports.schedule, own=self._own
                ):
                    self._do(step)
            except Overtaken:
                continue
            return self._key_set
        raise Overtaken

    def rotate(self, types: Sequence[KeyType]) -> None:
        """Plans successors ahead of their time, of the types that the tenant has and that have none yet."""

        def plan() -> tuple[KeySet, list[Intent], list[SigningKey]]:
            ours = [kty for kty in types if kty in self._ports.schedule.types]
            wanted = [kty for kty in ours if not has_successor(self._key_set, kty, now=self._now)]
            return self._key_set, [self._intent(kty) for kty in wanted], []

        self._until_written(plan)

    def revoke(self, types: Sequence[KeyType], names: Sequence[str]) -> None:
        """Takes keys out: those of these kids or key ids, or without `names` all of the types. Of a type
        whose signing key is among them they go when its replacement is there, which is only planned here.

        Raises UnknownKeyError.
        """

        def plan() -> tuple[KeySet, list[Intent], list[SigningKey]]:
            key_set, intents, gone = self._key_set, [], []
            for kty, out in _by_type(_named(key_set.keys, types, names)).items():
                ids = tuple(key.key_id for key in out)
                signing = signing_key(key_set.keys, kty=kty, now=self._now)
                if signing in out and kty in self._ports.schedule.types:
                    intents.append(self._intent(kty, replaces=ids))
                else:
                    key_set = without(key_set, ids, ended=False)
                    gone += out
            return key_set, intents, gone

        self._until_written(plan)

    def read(self) -> KeySet:
        """The keys as they are. Of those without a kid it is asked for, where KMS tells it."""
        found = self._ports.store.read()
        key_set = found[0] if found else KeySet(keys=tuple(self._ports.first))
        return replace(key_set, keys=tuple(map(_with_kid, key_set.keys)))

    def _read(self) -> None:
        found = self._ports.store.read()
        if found is None:
            self._revision = None
            self._write(KeySet(keys=self._usable_first_keys()))
        else:
            self._key_set, self._revision = found

    def _usable_first_keys(self) -> tuple[SigningKey, ...]:
        """The stack's own keys, but for those that were ended already, as after the record was lost."""
        usable = []
        for key in self._ports.first:
            try:
                kid = _kid(key.key_id, key.kty)
            except KeyUnusable as unusable:
                if unusable.forbidden:
                    raise
                continue
            usable.append(replace(key, kid=kid, publish_from=self._now, sign_from=self._now))
        return tuple(usable)

    def _until_written(self, plan: Callable[[], tuple[KeySet, list[Intent], list[SigningKey]]]) -> None:
        """Writes what `plan` makes of the record: keys, with Intents, and which keys are gone by it."""
        for _ in range(MOST_STEPS):
            try:
                self._read()
                key_set, intents, gone = plan()
                for intent in intents:
                    key_set = planned(key_set, intent)
                self._write(key_set)
            except Overtaken:
                continue
            self._own |= {intent.nonce for intent in intents}
            self._note("key_revoked", gone)
            return
        raise Overtaken

    def _do(self, step: Step) -> None:
        match step:
            case Plan(kty=kty):
                intent = self._intent(kty)
                self._write(planned(self._key_set, intent))
                self._own.add(intent.nonce)
            case Make(intent=intent, begun=begun):
                self._make(intent, begun=begun)
            case Tell(key=key, phase=phase):
                self._write(told(self._key_set, key, phase))
                if phase == "signing":
                    self._note("key_signing", [key])
            case Discard(key_id=key_id, key=key):
                own = {first.key_id for first in self._ports.first}
                # The stack holds its own keys: deleted behind its back, it could not be updated any more.
                self._ports.administration.end(key_id, delete=key_id not in own)
                self._write(without(self._key_set, [key_id], ended=True))
                if key:
                    self._note("key_retired", [key])

    def _intent(self, kty: KeyType, *, replaces: tuple[str, ...] = ()) -> Intent:
        nonce = self._ports.random(NONCE_BYTES)
        return Intent(nonce=nonce, kty=kty, since=self._now, replaces=replaces)

    def _make(self, intent: Intent, *, begun: bool) -> None:
        key_id = self._made.get(intent.nonce)
        if key_id is None:
            found: list[str] = []
            if begun:
                self._write(planned(self._key_set, replace(intent, since=self._now)))
                found = self._ports.administration.find(intent.nonce)
                self._own.add(intent.nonce)
            key_id, *superfluous = found or [self._ports.administration.make(intent.kty, nonce=intent.nonce)]
            self._made[intent.nonce] = key_id
            for one in superfluous:
                self._ports.administration.end(one, delete=True)
        before = self._key_set
        kid = self._await_kid(key_id, intent.kty)
        after = with_key(before, intent, key_id=key_id, kid=kid, now=self._now)
        self._write(after)
        self._note("key_revoked", [key for key in before.keys if key not in after.keys])
        made = after.keys[-1]
        self._note("key_signing" if made.told == "signing" else "key_announced", [made])

    def _await_kid(self, key_id: str, kty: KeyType) -> str | None:
        """The kid of a new key; None where nobody may ask for it yet, as KMS takes its time with new tags."""
        for tries in range(TRIES):
            if tries:
                self._ports.sleep(SECONDS_BETWEEN_TRIES)
            try:
                return _kid(key_id, kty)
            except KeyUnusable as unusable:
                if not unusable.forbidden:
                    raise
        return None

    def _write(self, key_set: KeySet) -> None:
        revision = self._ports.random(NONCE_BYTES)
        if not self._ports.store.replace(key_set, before=self._revision, revision=revision):
            raise Overtaken
        self._key_set, self._revision = key_set, revision

    def _note(self, what: EventType, keys: Sequence[SigningKey]) -> None:
        for key in keys:
            self._ports.note(what, key)


def _named(keys: Sequence[SigningKey], types: Sequence[KeyType], names: Sequence[str]) -> list[SigningKey]:
    for name in names:
        if not any(name in {key.kid, key.key_id} for key in keys):
            raise UnknownKeyError(name)
    return [key for key in keys if ({key.kid, key.key_id} & set(names) if names else key.kty in types)]


def _by_type(keys: Sequence[SigningKey]) -> dict[KeyType, list[SigningKey]]:
    return {kty: found for kty in ALGS if (found := [key for key in keys if key.kty == kty])}


def _with_kid(key: SigningKey) -> SigningKey:
    try:
        return key if key.kid else replace(key, kid=_kid(key.key_id, key.kty))
    except KeyUnusable:
        return key


def _kid(key_id: str, kty: KeyType) -> str:
    return verification_key(kms_get_public_key(key_id), algs=ALGS[kty]).kid
