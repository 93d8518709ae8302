"""Initial access tokens: items of the Clients table, key `registration_token#<token_id>`."""

from contextlib import suppress

from chalicelib.administration.registration_token import RegistrationToken
from chalicelib.aws.calls import ConditionFailed, get_item, update_item
from chalicelib.aws.clients import MAX_KEY_BYTES
from chalicelib.aws.records import to_record
from chalicelib.aws.registries import RegistrationTokenRegistry
from chalicelib.protocol.errors import TemporarilyUnavailable

PREFIX = RegistrationTokenRegistry.prefix


class RegistrationTokenStore:
    """Implements the port RegistrationTokens."""

    def __init__(self, table: str) -> None:
        self._table = table

    def find(self, token_id: str) -> RegistrationToken | None:
        if len((PREFIX + token_id).encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
            return None
        item = get_item(self._table, {"id": PREFIX + token_id})
        return to_record(RegistrationToken, item) if item else None

    def use(self, token: RegistrationToken, *, now: int) -> bool:
        try:
            update_item(
                self._table,
                {"id": PREFIX + token.token_id},
                update="SET #uses = #uses + :one",
                condition=(
                    "token_hash = :hash AND (attribute_not_exists(expires_at) OR expires_at > :now)"
                    " AND (attribute_not_exists(max_uses) OR #uses < max_uses)"
                ),
                values={":one": 1, ":hash": token.token_hash, ":now": now},
                names={"#uses": "uses"},
            )
        except ConditionFailed:
            return False
        return True

    def take_back(self, token: RegistrationToken) -> None:
        with suppress(ConditionFailed, TemporarilyUnavailable):
            update_item(
                self._table,
                {"id": PREFIX + token.token_id},
                update="SET #uses = #uses - :one",
                condition="#uses > :zero",
                values={":one": 1, ":zero": 0},
                names={"#uses": "uses"},
            )
