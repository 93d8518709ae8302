"""The registries of clients, resource servers and people, for those who administer them: nothing cached.

The items are those that the stores of clients.py and users.py read, with three members more: revision,
owner, updated_at.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from chalicelib.accounts.user import User
from chalicelib.administration.registration_token import RegistrationToken
from chalicelib.administration.registry import Registered
from chalicelib.aws.calls import ConditionFailed, delete_item, get_item, put_item, scan, update_item
from chalicelib.aws.clients import MAX_KEY_BYTES, PURGE_AFTER, ClientStore, ResourceServerStore
from chalicelib.aws.records import to_members, to_record, to_set_members
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.protocol.client import Client
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.trusted_issuer import TrustedIssuer

Record = TypeVar("Record", Client, RegistrationToken, ResourceServer, TrustedIssuer, User)

_NAMES = {"#revision": "revision"}


class _Registry(Generic[Record]):
    record_type: type[Record]
    prefix: str
    # The member of a record that names it, and the one that says when it ends, where it does.
    name: str
    end: str | None = None

    def __init__(self, table: str) -> None:
        self._table = table

    def find(self, name: str) -> Registered[Record] | None:
        if len((self.prefix + name).encode()) > MAX_KEY_BYTES:
            return None
        item = get_item(self._table, self._key(name))
        return None if item is None else self._registered(item)

    def all(self, *, after: str | None = None) -> Iterator[Registered[Record]]:
        items = scan(
            self._table,
            condition="begins_with(id, :prefix)",
            values={":prefix": self.prefix},
            after=None if after is None else self._key(after),
        )
        return map(self._registered, items)

    def create(self, registered: Registered[Record]) -> bool:
        return self._put(
            registered,
            condition="attribute_not_exists(id) OR #revision = :new",
            values={":new": registered.revision},
        )

    def replace(self, registered: Registered[Record], *, revision: str | None) -> bool:
        if revision is None:
            stands, known = "attribute_exists(id) AND (attribute_not_exists(#revision)", {}
        else:
            stands, known = "(#revision = :known", {":known": revision}
        return self._put(
            registered,
            condition=f"{stands} OR #revision = :new)",
            values={":new": registered.revision, **known},
        )

    def remove(self, name: str, *, revision: str | None) -> bool:
        condition = "attribute_not_exists(#revision)"
        values = None
        if revision is not None:
            condition, values = f"{condition} OR #revision = :known", {":known": revision}
        try:
            delete_item(self._table, self._key(name), condition=condition, values=values, names=_NAMES)
        except ConditionFailed:
            return False
        return True

    def _put(self, registered: Registered[Record], *, condition: str, values: dict[str, Any]) -> bool:
        record = registered.record
        end = None if self.end is None else getattr(record, self.end)
        item = {
            **self._key(getattr(record, self.name)),
            **self._members(record),
            "revision": registered.revision,
            "owner": registered.owner,
            "updated_at": registered.updated_at,
            "purge_at": None if end is None else end + PURGE_AFTER,
        }
        try:
            put_item(self._table, item, condition=condition, values=values, names=_NAMES)
        except ConditionFailed:
            return False
        return True

    def _members(self, record: Record) -> dict[str, Any]:
        return to_members(record)

    def _key(self, name: str) -> dict[str, str]:
        return {"id": self.prefix + name}

    def _registered(self, item: dict[str, Any]) -> Registered[Record]:
        return Registered(
            record=to_record(self.record_type, item),
            revision=item.get("revision"),
            owner=item.get("owner"),
            updated_at=item.get("updated_at"),
        )


class ClientRegistry(_Registry[Client]):
    """Implements the port Registry for clients."""

    record_type = Client
    prefix = ClientStore.prefix
    name = "client_id"
    end = "expires_at"

    def __init__(self, table: str, ensure_salt: Callable[[], None] | None = None) -> None:
        """`ensure_salt` is called before a client of pairwise subjects is kept, which can't be without it."""
        super().__init__(table)
        self._ensure_salt = ensure_salt

    def _members(self, record: Client) -> dict[str, Any]:
        if record.subject_type == "pairwise":
            if self._ensure_salt is None:
                raise ValueError("Clients of pairwise subjects are kept where their salt is.")
            self._ensure_salt()
        return to_set_members(record)


class RegistrationTokenRegistry(_Registry[RegistrationToken]):
    """Implements the port Registry for initial access tokens."""

    record_type = RegistrationToken
    prefix = "registration_token#"
    name = "token_id"
    end = "expires_at"


class ResourceServerRegistry(_Registry[ResourceServer]):
    """Implements the port Registry for resource servers."""

    record_type = ResourceServer
    prefix = ResourceServerStore.prefix
    name = "resource"


class TrustedIssuerRegistry(_Registry[TrustedIssuer]):
    """Implements the port Registry for trusted issuers."""

    record_type = TrustedIssuer
    prefix = TrustedIssuerStore.prefix
    name = "issuer"


class UserRegistry(_Registry[User]):
    """Implements the port Registry for people."""

    record_type = User
    prefix = "user#"
    name = "sub"


class SignedOutUserRegistry(UserRegistry):
    """The same for whom may sign a person out everywhere and change nothing else of them."""

    def replace(self, registered: Registered[User], *, revision: str | None) -> bool:
        known = {} if revision is None else {":known": revision}
        stands = "attribute_not_exists(#revision)" if revision is None else "#revision = :known"
        try:
            update_item(
                self._table,
                self._key(registered.record.sub),
                update="SET signed_out_at = :at, #revision = :new, updated_at = :updated_at",
                condition=f"attribute_exists(id) AND ({stands} OR #revision = :new)",
                values={
                    ":at": registered.record.signed_out_at,
                    ":new": registered.revision,
                    ":updated_at": registered.updated_at,
                    **known,
                },
                names=_NAMES,
            )
        except ConditionFailed:
            return False
        return True
