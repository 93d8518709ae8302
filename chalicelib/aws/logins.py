"""Login names and what else a person has in the Users table, for those who administer them."""

from collections.abc import Iterator

from chalicelib.accounts.password import PasswordCredential
from chalicelib.aws.calls import ConditionFailed, delete_item, put_item, scan
from chalicelib.aws.records import to_members, to_record
from chalicelib.aws.users import PasswordStore

_NAMES = {"#sub": "sub"}
_OWN = ("password#", "consent#")


class LoginStore(PasswordStore):
    """Implements the port Logins."""

    def claim(self, credential: PasswordCredential) -> bool:
        try:
            put_item(
                self._table,
                {"id": f"password#{credential.login}", **to_members(credential)},
                condition="attribute_not_exists(id) OR #sub = :sub",
                values={":sub": credential.sub},
                names=_NAMES,
            )
        except ConditionFailed:
            return False
        return True

    def all(self) -> Iterator[PasswordCredential]:
        """Every login name that has a password; read page by page."""
        items = scan(self._table, condition="begins_with(id, :prefix)", values={":prefix": "password#"})
        return (to_record(PasswordCredential, item) for item in items)

    def release(self, login: str, *, sub: str) -> None:
        try:
            delete_item(
                self._table,
                {"id": f"password#{login}"},
                condition="#sub = :sub",
                values={":sub": sub},
                names=_NAMES,
            )
        except ConditionFailed:
            return

    def forget(self, sub: str) -> None:
        # A consent is found by person and client, so all of a person's only by looking at every item: for
        # a deletion, which is rare and must be complete.
        for item in scan(self._table, condition="#sub = :sub", values={":sub": sub}, names=_NAMES):
            if item["id"].startswith(_OWN):
                delete_item(self._table, {"id": item["id"]})
