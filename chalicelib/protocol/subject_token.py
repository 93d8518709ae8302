"""The tokens that can be exchanged, and those that say who acts: RFC 8693 sections 2.1 and 3.

Each is verified, and the stores are asked whether it still counts, before anything is made of it.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.accounts.user import User, Users
from chalicelib.protocol.assertion import Assertion, Unacceptable
from chalicelib.protocol.client import Client
from chalicelib.protocol.delegation import Actor
from chalicelib.protocol.errors import InvalidToken
from chalicelib.protocol.grant import Grant, grant_facts
from chalicelib.protocol.jws import JwtError
from chalicelib.protocol.jwt_verification import VerificationKeys, verify_own
from chalicelib.protocol.opaque_token import AccessTokens
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.refresh_token import RefreshToken, parse_refresh_token
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject import Subjects
from chalicelib.protocol.token_status import TokenStatuses, is_live, is_person_there
from chalicelib.protocol.trusted_issuer import SEPARATOR
from chalicelib.protocol.unsigned_tokens import JWT
from chalicelib.record import Record, field


class Grants(Protocol):
    """Where grants are found."""

    def get(self, grant_id: str) -> Grant | None: ...


class Subject(Record, kw_only=True):
    """Whom a token is about, and what it gives, until `exp` (seconds since the epoch).

    `issuer` made it, for `audience`; a token that is the client's own already has none. `grant` is what it
    stems from, None for an ID token, and where there is an `assertion`, which begins one when it is used.
    """

    sub: str
    issuer: str
    exp: int
    scope: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    grant: Grant | None = None
    user: User | None = field(default=None, hash=False)
    assertion: Assertion | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def facts(self) -> dict[str, str]:
        """What the log line says of it."""
        return {"sub": self.sub, **grant_facts(self.grant)}


class SubjectTokens(Record, kw_only=True):
    """Verifies them. Every method raises Unacceptable, and TemporarilyUnavailable."""

    settings: Settings
    keys: VerificationKeys
    access_tokens: AccessTokens
    statuses: TokenStatuses
    grants: Grants
    users: Users
    subjects: Subjects

    def of_access_token(self, text: str, *, now: int) -> Subject:
        """An access token of ours that stems from a person's grant; whom it is for is not looked at."""
        try:
            token = self.access_tokens.verify(text, now=now)
        except InvalidToken as error:
            raise Unacceptable(reason=error.reason) from None
        # A client's own token is about nobody on whose behalf others could act.
        if token.grant_id is None:
            raise Unacceptable(reason="token_of_no_person")
        status = self.statuses.read(token)
        if not is_live(token, status):
            raise Unacceptable(reason="token_revoked", facts=token.facts)
        return Subject(
            sub=token.sub,
            issuer=self.settings.issuer,
            exp=token.exp,
            scope=token.scope,
            audience=token.audience,
            grant=status.grant,
            user=status.user,
            claims=token.claims,
        )

    def of_refresh_token(self, text: str, *, client: Client, now: int) -> Subject:
        """A refresh token of this client, as a refresh would take it; it is not spent."""
        presented = parse_refresh_token(text)
        if presented is None:
            raise Unacceptable(reason="refresh_token_malformed")
        grant = self.grants.get(presented.grant_id)
        reason = _why_refused(presented, grant, client=client, now=now)
        if grant is None or reason is not None:
            raise Unacceptable(reason=reason or "refresh_token_unknown", facts=grant_facts(grant))
        user = self.users.get(grant.sub)
        if not is_person_there(grant, user):
            raise Unacceptable(reason="token_revoked", facts=grant_facts(grant))
        return Subject(
            sub=grant.sub,
            issuer=self.settings.issuer,
            exp=min(grant.exp, grant.refresh_exp or grant.exp),
            scope=grant.scope,
            grant=grant,
            user=user,
        )

    def of_id_token(self, text: str, *, client: Client, now: int) -> Subject:
        """An ID token of ours, for this client."""
        try:
            claims = verify_own(text, keys=self.keys, typ=JWT)
        except JwtError:
            raise Unacceptable(reason="token_malformed") from None
        sub, exp, issued_at = claims.get("sub"), claims.get("exp"), claims.get("iat")
        if claims.get("iss") != self.settings.issuer or not isinstance(sub, str):
            raise Unacceptable(reason="token_malformed")
        if not isinstance(exp, int) or not isinstance(issued_at, int) or exp <= now:
            raise Unacceptable(reason="token_expired", facts={"sub": sub})
        if claims.get("aud") != client.client_id or not client.was_registered(at=issued_at):
            raise Unacceptable(reason="token_of_another", facts={"sub": sub})
        sub = self.subjects.local(sub)
        user = self.users.get(sub)
        if user is None or not user.is_signed_in(since=claims.get("auth_time") or issued_at):
            raise Unacceptable(reason="token_revoked", facts={"sub": sub})
        return Subject(sub=sub, issuer=self.settings.issuer, exp=exp, user=user, claims=claims)

    def actor(self, text: str, token_type: str, *, client: Client, now: int) -> Actor:
        """Who acts, by an access token or ID token of theirs that is meant for this client, or its own."""
        if token_type == "id_token":  # noqa: S105 - a kind of token
            return Actor(sub=self.of_id_token(text, client=client, now=now).sub, issuer=self.settings.issuer)
        try:
            token = self.access_tokens.verify(text, now=now)
        except InvalidToken as error:
            raise Unacceptable(reason=error.reason) from None
        own = token.client_id == client.client_id
        if not own and set(token.audience).isdisjoint(client.resources):
            raise Unacceptable(reason="token_of_another", facts=token.facts)
        # Who acts for another by this token can't lend that to a third.
        if "act" in token.claims:
            raise Unacceptable(reason="actor_acts_for_another", facts=token.facts)
        if not is_live(token, self.statuses.read(token)):
            raise Unacceptable(reason="token_revoked", facts=token.facts)
        acts_alone = token.grant_id is None
        return Actor(
            sub=token.sub, issuer=self.settings.issuer, client_id=token.client_id if acts_alone else None
        )


def subject_of_assertion(assertion: Assertion, *, client: Client) -> Subject:
    """Whom an assertion of a trusted issuer is about, with all that this client may have by it."""
    return Subject(
        sub=assertion.sub,
        issuer=assertion.trusted.issuer,
        exp=assertion.exp,
        scope=assertion.allowed_scope(client),
        assertion=assertion,
        claims=assertion.claims,
    )


def actor_of_assertion(assertion: Assertion, *, own: str) -> Actor:
    """Who acts by an assertion of a trusted issuer: somebody of `own`, this server, or of that issuer.
    Raises Unacceptable.
    """
    # As of an access token: who acts for another by it can't lend that to a third.
    if "act" in assertion.claims:
        raise Unacceptable(reason="actor_acts_for_another", facts={"sub": assertion.sub})
    if assertion.trusted.subject == "local":
        return Actor(sub=assertion.sub, issuer=own, assertion=assertion)
    issuer = assertion.trusted.issuer
    return Actor(sub=assertion.sub.removeprefix(issuer + SEPARATOR), issuer=issuer, assertion=assertion)


def _why_refused(presented: RefreshToken, grant: Grant | None, *, client: Client, now: int) -> Reason | None:
    """As a refresh refuses them, but that a former generation is no reuse, and revokes nothing: nothing was
    spent here, and who shows it gets nothing.
    """
    if grant is None or not grant.refreshable or grant.family_hash != presented.family_hash:
        return "refresh_token_unknown"
    if grant.client_id != client.client_id:
        return "refresh_token_of_another_client"
    if grant.state != "active" or not client.was_registered(at=grant.created_at):
        return "grant_revoked"
    if grant.exp <= now or (grant.refresh_exp or 0) <= now:
        return "refresh_token_expired"
    if (grant.generation, grant.refresh_hash) != (presented.generation, presented.hash):
        return "refresh_token_unknown"
    return None
