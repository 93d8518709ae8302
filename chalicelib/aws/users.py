"""People, their passwords and their consents: items of the Users table.

Keys, attribute `id`: `user#<sub>`, `password#<login>`, `consent#<sub>#<client_id>`. The prefixes let
a role reach one kind and not the others.
"""

from contextlib import suppress
from typing import Any

from chalicelib.accounts.consent import Consent
from chalicelib.accounts.password import MAX_KNOWN_BROWSERS, PasswordCredential
from chalicelib.accounts.user import User
from chalicelib.aws.calls import ConditionFailed, get_item, put_item, update_item
from chalicelib.aws.records import to_members, to_record

Key = tuple[str, dict[str, str]]


class UserStore:
    """Implements the port Users."""

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, sub: str) -> Key:
        return self._table, {"id": f"user#{sub}"}

    def record(self, item: dict[str, Any] | None) -> User | None:
        return to_record(User, item) if item else None

    def get(self, sub: str) -> User | None:
        return self.record(get_item(*self.key(sub)))

    def put(self, user: User) -> None:
        put_item(self._table, {"id": f"user#{user.sub}", **to_members(user)})


class PasswordStore:
    """Implements the port PasswordCredentials."""

    def __init__(self, table: str) -> None:
        self._table = table

    def get(self, login: str) -> PasswordCredential | None:
        item = get_item(self._table, {"id": f"password#{login}"})
        return to_record(PasswordCredential, item) if item else None

    def put(self, credential: PasswordCredential) -> None:
        put_item(self._table, {"id": f"password#{credential.login}", **to_members(credential)})

    def remember_browser(self, credential: PasswordCredential, browser: str) -> None:
        known = (*(b for b in credential.browsers if b != browser), browser)[-MAX_KNOWN_BROWSERS:]
        self._update(credential, "SET browsers = :new", known)

    def replace_hash(self, credential: PasswordCredential, password_hash: str) -> None:
        self._update(credential, "SET password_hash = :new", password_hash)

    def _update(self, credential: PasswordCredential, update: str, new: Any) -> None:
        # The password may have been changed meanwhile: then there is nothing to remember or renew.
        with suppress(ConditionFailed):
            update_item(
                self._table,
                {"id": f"password#{credential.login}"},
                update=update,
                condition="password_hash = :known",
                values={":new": new, ":known": credential.password_hash},
            )


class ConsentStore:
    """Implements the port Consents."""

    def __init__(self, table: str) -> None:
        self._table = table

    def key(self, sub: str, client_id: str) -> Key:
        return self._table, {"id": f"consent#{sub}#{client_id}"}

    def record(self, item: dict[str, Any] | None) -> Consent | None:
        if item is None:
            return None
        allowed = {resource: tuple(scope) for resource, scope in item.get("allowed", {}).items()}
        return to_record(Consent, {**item, "allowed": allowed})

    def put(self, consent: Consent) -> None:
        put_item(self._table, {"id": f"consent#{consent.sub}#{consent.client_id}", **to_members(consent)})
