"""The end of a session: what is bound to it goes with it, and the clients that were in it are told."""

from collections.abc import Callable, Iterable
from typing import Protocol

from chalicelib.accounts.session import Session, Sessions
from chalicelib.protocol.backchannel_logout import LogoutNotices
from chalicelib.protocol.client import Clients
from chalicelib.protocol.frontchannel_logout import frontchannel_logout_uris
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject import Subjects
from chalicelib.record import Record


class SessionGrants(Protocol):
    """Where grants are kept, as a logout needs it."""

    def revoke_bound(self, *, sub: str, sid: str) -> tuple[list[Grant], list[str]]:
        """Revokes the grants that end with a session, those without offline_access, one write each. Returns
        them, and the ids of the others. Read from an index, which may be some moments behind.
        """

    def read(self, grant_ids: Iterable[str]) -> list[Grant]:
        """These grants; no call for none."""


class SessionEnding(Record, kw_only=True):
    """What it works with. `everywhere` signs a person out of all browsers, and has all clients told."""

    settings: Settings
    clients: Clients
    subjects: Subjects
    sessions: Sessions
    grants: SessionGrants
    notices: LogoutNotices
    everywhere: Callable[[str], None]

    def end(self, session: Session, *, everywhere: bool) -> tuple[str, ...]:
        """The session ends, with every grant that is bound to it or to one it replaced in this browser; with
        `everywhere` every other session and grant of the person as well. Returns where the browser tells
        clients of it (OpenID Connect Front-Channel Logout section 3).

        The grants go first, and the clients' notices: should a store fail, the person is still signed in and
        can try again. Grants are looked for once more when no new ones can be made.
        """
        bound = ((session.sub, session.sid), *session.replaced_sessions)
        revoked, others = self._revoke_bound(bound)
        took_part = [*revoked, *self.grants.read(others)]
        told = frontchannel_logout_uris(
            took_part, clients=self.clients, subjects=self.subjects, issuer=self.settings.issuer
        )
        if everywhere:
            self.everywhere(session.sub)
        else:
            self.notices.enqueue((session.sub, session.sid))
        self.sessions.delete(session.session_hash)
        self._revoke_bound(bound)
        return told

    def _revoke_bound(self, bound: Iterable[tuple[str, str]]) -> tuple[list[Grant], list[str]]:
        revoked: list[Grant] = []
        others: list[str] = []
        for sub, sid in bound:
            ended, left = self.grants.revoke_bound(sub=sub, sid=sid)
            revoked += ended
            others += left
        return revoked, others
