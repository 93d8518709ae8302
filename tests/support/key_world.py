"""A tenant's signing keys over the embedded KMS and a table of their own, at a time that the test moves."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.aws.key_administration import NONCE_TAG, STACK_TAG, KeyAdministration
from chalicelib.aws.key_set import KeySetStore
from chalicelib.aws.kms import KeyRing
from chalicelib.aws.signing_keys import read_signing_keys
from chalicelib.composition.rotation import Ports
from chalicelib.gateway.entropy import random_text
from chalicelib.operations.key_rotation import respond
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.key_schedule import Intent, KeySet, Schedule
from chalicelib.protocol.security_event import EventType
from chalicelib.protocol.signing_keys import SigningKey, key_types, retention_seconds
from infra.local.kms_keys import KeyRecord
from infra.local.stack import LocalStack

DAY = 86_400
BEGIN = 1_900_000_000
TYP = "at+jwt"


@dataclass
class KeyWorld:
    """`now` is everybody's time. `noted` is what the rotation told, with the key's id."""

    stack: LocalStack
    table: str
    period: int = 90 * DAY
    session_lifetime: int = DAY
    eddsa: bool = False
    now: int = BEGIN
    name: str = field(default_factory=lambda: f"keyturn-{secrets.token_hex(4)}")
    noted: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        policy = self.stack.kms.all_keys()[0].policy
        made = [
            self.stack.kms.create_key(spec, tags={STACK_TAG: self.name}, policy=policy)
            for spec in ("ECC_NIST_P256", "RSA_2048")
        ]
        self.first = (
            SigningKey(key_id=made[0].arn, kty="EC", told="signing"),
            SigningKey(key_id=made[1].arn, kty="RSA", told="signing"),
        )

    @property
    def retention(self) -> int:
        return retention_seconds(session_lifetime=self.session_lifetime)

    def ports(self, wrap: Callable[[Any], Any] = lambda adapter: adapter) -> Ports:
        """The adapters of a run; `wrap` may put something around those that call AWS."""
        return Ports(
            store=wrap(KeySetStore(self.table)),
            administration=wrap(KeyAdministration(stack=self.name, like=self.first[0].key_id)),
            first=self.first,
            schedule=Schedule(
                period=self.period, retention=self.retention, types=key_types(eddsa=self.eddsa)
            ),
            random=random_text,
            sleep=lambda _: None,
            note=self._note,
        )

    def run(self, command: str = "advance", *, ports: Ports | None = None, **event: Any) -> dict[str, Any]:
        """A run of the rotation at this time."""
        return respond({"command": command, **event}, ports or self.ports(), now=self.now)

    def ring(self) -> KeyRing:
        """The keys as a new instance of a function sees them, at whatever time it is when it is asked."""
        return KeyRing(
            lambda: read_signing_keys(self.table),
            first=self.first,
            retention=self.retention,
            clock=lambda: float(self.now),
        )

    def key_set(self) -> KeySet:
        found = KeySetStore(self.table).read()
        assert found
        return found[0]

    def rewrite(self, *, keys: Sequence[SigningKey], intents: Sequence[dict[str, Any]]) -> None:
        """The record as another run would have left it."""
        store = KeySetStore(self.table)
        found = store.read()
        assert found
        changed = KeySet(keys=tuple(keys), intents=tuple(Intent(**one) for one in intents))
        assert store.replace(changed, before=found[1], revision=secrets.token_hex(8))

    def in_kms(self) -> list[KeyRecord]:
        """This tenant's keys in KMS, in the order they were made."""
        return [key for key in self.stack.kms.all_keys() if key.tags.get(STACK_TAG) == self.name]

    def orphans(self) -> list[KeyRecord]:
        """Keys the rotation made that are neither in the record nor to be deleted."""
        known = {key.key_id for key in self.key_set().keys}
        made = [key for key in self.in_kms() if NONCE_TAG in key.tags]
        return [key for key in made if key.arn not in known and key.state != "PendingDeletion"]

    def _note(self, what: EventType, key: SigningKey) -> None:
        self.noted.append((what, key.key_id))


@contextmanager
def key_world(stack: LocalStack, **settings: Any) -> Iterator[KeyWorld]:
    """A world; its table is deleted at the end."""
    client = boto3.client("dynamodb")
    (clients,) = (table for table in stack.template.tables if table.logical_id == "Clients")
    name = f"keys-{secrets.token_hex(4)}"
    client.create_table(**{**clients.arguments, "TableName": name})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    try:
        yield KeyWorld(stack, name, **settings)
    finally:
        client.delete_table(TableName=name)


def sign(ring: KeyRing, *algs: str) -> list[str]:
    """A token of each algorithm."""
    return ring.sign([UnsignedToken(alg=alg, typ=TYP, claims={"sub": "ada"}) for alg in algs])
