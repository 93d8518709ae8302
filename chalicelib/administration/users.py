"""People, for those who run the tenant: who they are, how they sign in, and when that ends.

A person is two records: who they are, and their login name with its password. The first is made first, as
on its own it opens nothing; what ends somebody's sign-in is written before their grants are looked for.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chalicelib.accounts.common_passwords import COMMON_PASSWORDS
from chalicelib.accounts.password import (
    MAX_LOGIN_LENGTH,
    PasswordCredential,
    PasswordRefused,
    check_new_password,
    hash_password,
    normalize_login,
)
from chalicelib.accounts.user import User, before_this, check_user
from chalicelib.administration.refusals import AlreadyRegistered, InvalidMember, NotRegistered
from chalicelib.administration.registry import Administrator, Registered, Registry, new_identifier
from chalicelib.administration.user_claims import changed_claims
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.backchannel_logout import LogoutNotices
from chalicelib.protocol.grant import GrantRevocation
from chalicelib.record import Record, replace

SUB_BYTES = 16
# What was being given while the person was signed out is written a little later, and shows later still: an
# index is some moments behind.
PASSES = 2


class Logins(Protocol):
    """Where login names and passwords are kept, and consents beside them."""

    def get(self, login: str) -> PasswordCredential | None: ...

    def claim(self, credential: PasswordCredential) -> bool:
        """One conditional write: only where the login name is free, or this person's already."""

    def release(self, login: str, *, sub: str) -> None:
        """One conditional write: the login name is free again, if it is this person's."""

    def forget(self, sub: str) -> None:
        """Deletes every login name and consent of a person."""


class PersonGrants(GrantRevocation, Protocol):
    """Where grants are kept."""

    def of_person(self, sub: str) -> tuple[str, ...]:
        """The grants of a person that are not revoked, out of an index some moments behind."""


class UserAdministration(Record, kw_only=True):
    """Makes people, changes and disables them, and ends what they have.

    `salt` gives the fresh random bytes of a password's hash, `settle` waits until what was under way is
    written (APPROVAL_SECONDS of protocol/approval.py) and shows in the index, `notices` has clients told of
    whoever is signed out. Every method raises a refusal of refusals.py, in one sentence, and
    TemporarilyUnavailable.
    """

    users: Registry[User]
    logins: Logins
    grants: PersonGrants
    random: RandomText
    salt: Callable[[], bytes]
    settle: Callable[[], None]
    notices: LogoutNotices

    def find(self, name: str) -> Registered[User]:
        """The person of this sub, or of this login name. Raises NotRegistered."""
        found = self.users.find(name)
        if found is None:
            credential = self.logins.get(normalize_login(name))
            found = self.users.find(credential.sub) if credential else None
        if found is None:
            raise NotRegistered(f"There is nobody with the login name or sub {name}.")
        return found

    def create(
        self, login: str, *, password: str | None, claims: Mapping[str, Any], sub: str | None = None, now: int
    ) -> Registered[User]:
        """A new person; without a password they can't sign in until they are given one.

        Raises InvalidMember, and AlreadyRegistered where the login name or the sub is somebody's.
        """
        name = checked_login(login)
        password_hash = "" if password is None else self._hash(password, login=name)
        user = User(
            sub=sub or new_identifier(self.random, SUB_BYTES),
            claims=changed_claims({}, claims),
            login=name,
            # A sub that was chosen may have been somebody's, whose sessions last.
            signed_out_at=before_this(now) if sub else None,
        )
        check_person(user)
        taken = AlreadyRegistered(f"The login name {name} is somebody's already.")
        standing = self.logins.get(name)
        if standing is not None and standing.sub != user.sub:
            raise taken
        made = self._administrator.create(user, now=now)
        if made is None:
            raise AlreadyRegistered(f"The sub {user.sub} is somebody's already.")
        if not self._claim(user, password_hash):
            self._administrator.remove(user.sub)
            raise taken
        return made

    def update_claims(self, sub: str, changes: Mapping[str, Any], *, now: int) -> Registered[User]:
        """Changes these claims, null to take one away, and no other; `updated_at` follows."""

        def change(user: User) -> User:
            claims = changed_claims(user.claims, changes)
            if claims != user.claims and "updated_at" not in changes:
                claims["updated_at"] = now
            return replace(user, claims=claims)

        return self._administrator.change(sub, change, now=now)

    def rename(self, sub: str, login: str, *, now: int) -> Registered[User]:
        """Gives the person another login name, with the same password; the one before is free again.

        Raises AlreadyRegistered where the name is somebody else's.
        """
        name = checked_login(login)
        before = self._administrator.find(sub).record.login
        known = (self.logins.get(before) if before else None) or self.logins.get(name)
        if known is not None and known.sub == sub and not self.logins.claim(replace(known, login=name)):
            raise AlreadyRegistered(f"The login name {name} is somebody's already.")
        if before is not None and before != name:
            self.logins.release(before, sub=sub)
        return self._administrator.change(sub, lambda user: replace(user, login=name), now=now)

    def set_password(self, sub: str, password: str, *, now: int) -> int:
        """Sets the password and signs the person out everywhere; returns how many grants were revoked."""
        user = self._administrator.find(sub).record
        if user.login is None:
            raise InvalidMember(f"{sub} has no login name to have a password with. Give one first.")
        if not self._claim(user, self._hash(password, login=user.login)):
            raise AlreadyRegistered(f"The login name {user.login} is somebody else's.")
        return self.sign_out(sub, now=now)

    def sign_out(self, sub: str, *, now: int) -> int:
        """Ends every session and revokes every grant of the person; returns how many of these."""
        self._administrator.change(sub, lambda user: replace(user, signed_out_at=now), now=now)
        return self._revoke_grants(sub)

    def disable(self, sub: str, *, now: int) -> int:
        """The person can't sign in any more, and is signed out everywhere: as `sign_out`."""
        self._administrator.change(sub, lambda user: replace(user, disabled=True, signed_out_at=now), now=now)
        return self._revoke_grants(sub)

    def enable(self, sub: str, *, now: int) -> Registered[User]:
        """The person can sign in again; what was ended stays so."""
        return self._administrator.change(sub, lambda user: replace(user, disabled=False), now=now)

    def delete(self, sub: str, *, now: int) -> int:
        """Everything of the person goes: signed out first, the record itself last, so that what fails on the
        way can be done again. Returns how many grants were revoked; they name the sub for a day more.
        """
        revoked = self.disable(sub, now=now)
        self.logins.forget(sub)
        self._administrator.remove(sub)
        return revoked

    def _revoke_grants(self, sub: str) -> int:
        revoked: set[str] = set()
        for number in range(PASSES):
            if number:
                self.settle()
            for grant_id in self.grants.of_person(sub):
                self.grants.revoke(grant_id)
                revoked.add(grant_id)
        # Last, as the index shows by now what was being given meanwhile.
        self.notices.enqueue((sub, None))
        return len(revoked)

    def _claim(self, user: User, password_hash: str) -> bool:
        # Browsers known from before are known no more: whoever knew the old password may be in one.
        credential = PasswordCredential(login=user.login or "", sub=user.sub, password_hash=password_hash)
        return self.logins.claim(credential)

    def _hash(self, password: str, *, login: str) -> str:
        try:
            check_new_password(password, login=login, common=COMMON_PASSWORDS)
        except PasswordRefused as error:
            raise InvalidMember(str(error)) from None
        return hash_password(password, salt=self.salt())

    @property
    def _administrator(self) -> Administrator[User]:
        return Administrator(kind="person", registry=self.users, random=self.random)


def checked_login(login: str) -> str:
    """The login name as it is kept. Raises InvalidMember."""
    name = normalize_login(login)
    if not 0 < len(name) <= MAX_LOGIN_LENGTH or not name.isprintable():
        raise InvalidMember(f"A login name is 1 to {MAX_LOGIN_LENGTH} printable characters.")
    return name


def check_person(user: User) -> None:
    """Raises InvalidMember where the person can't be registered."""
    try:
        check_user(user)
    except ValueError as error:
        raise InvalidMember(str(error)) from None
