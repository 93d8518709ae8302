"""What signs for every client: this server's keys alone for most, more for who is registered for it."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.aws.kms import KeyRing
from chalicelib.protocol.jws import UnsignedToken

if TYPE_CHECKING:
    from chalicelib.protocol.sealing import Sealing


class ClientSigner:
    """Implements the port Signer."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def sign(self, tokens: Sequence[UnsignedToken]) -> list[str]:
        if all(token.recipient is None for token in tokens):
            return self._keys.sign(tokens)
        return sealing(self._keys).sign(tokens)


@cache
def sealing(keys: KeyRing) -> "Sealing":
    """Made once an instance: it keeps clients' keys. Imported where it is first needed."""
    from chalicelib.composition.client_keys import encryption_keys  # noqa: PLC0415
    from chalicelib.composition.client_secrets import client_secrets  # noqa: PLC0415
    from chalicelib.composition.encryption import JweEncryption  # noqa: PLC0415
    from chalicelib.protocol.sealing import Sealing  # noqa: PLC0415

    return Sealing(signer=keys, secrets=client_secrets, keys=encryption_keys(), encryption=JweEncryption())
