"""The first run of the key rotation, which AWS begins by the clock: it makes the key for EdDSA, where the
tenant has one, as no template does.
"""

import time

from chalicelib.aws.connections import connect_dynamodb, connect_kms
from chalicelib.aws.key_administration import KeyAdministration
from chalicelib.aws.key_set import KeySetStore
from chalicelib.composition.key_ring import first_keys
from chalicelib.composition.rotation import Ports, Rotation
from chalicelib.composition.rotation_schedule import rotation_schedule
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required
from chalicelib.protocol.security_event import EventType
from chalicelib.protocol.signing_keys import SigningKey


def rotate_once() -> None:
    """In the stack of this process's environment."""
    connect_dynamodb()
    connect_kms()
    ports = Ports(
        store=KeySetStore(required("CLIENTS_TABLE")),
        administration=KeyAdministration(stack=required("STACK_NAME"), like=required("SIGNING_KEY_ES256")),
        first=first_keys(),
        schedule=rotation_schedule(),
        random=random_text,
        sleep=time.sleep,
        note=_note,
    )
    Rotation(ports, now=int(time.time())).advance()


def _note(what: EventType, key: SigningKey) -> None:
    """Nobody is told."""
    del what, key
