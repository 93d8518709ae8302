"""Making the tokens of a response, the same way for every grant: RFC 9068, OpenID Connect Core 3.1.3.3, and
opaque access tokens where the resource server has them.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chalicelib.protocol.access_token_request import AccessTokenRequest, AccessTokenResponse
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidGrant, InvalidTarget
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.id_token import authentication_claims, unsigned_id_token
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.resource import (
    ResourceServer,
    ResourceServers,
    find_resource_servers,
    narrowed_resources,
)
from chalicelib.protocol.scope import narrowed_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.subject import Subjects
from chalicelib.protocol.supported import IMPLICIT, OPAQUE
from chalicelib.protocol.token_signing import TokenSigning
from chalicelib.protocol.unsigned_tokens import unsigned_access_token

if TYPE_CHECKING:
    from chalicelib.accounts.user import User, Users

JTI_BYTES = 16
# RFC 9068 section 2.1: the one that every resource server knows.
COMMON_ALG = "RS256"


class TokenIssuer(TokenSigning, kw_only=True):
    """What every grant issues tokens with: the tenant's settings, its resource servers, its people, whom few
    requests ask for, and what signs.
    """

    settings: Settings
    resource_servers: ResourceServers
    subjects: Subjects
    users: "Callable[[], Users]"

    def find_servers(self, resources: tuple[str, ...], *, client: Client) -> tuple[ResourceServer, ...]:
        """The resource servers a token is for (RFC 8707 section 2), which can all read it. Raises
        InvalidTarget.
        """
        servers = find_resource_servers(
            resources,
            client=client,
            resource_servers=self.resource_servers,
            audience=self.settings.audience,
            issuer=self.settings.issuer,
        )
        if len({server.access_token_format for server in servers}) > 1:
            raise InvalidTarget(
                "These resources take tokens of different formats: ask for one at a time.",
                reason="resource_formats_differ",
            )
        return servers

    def lifetime(self, servers: Sequence[ResourceServer]) -> int:
        """How long a token for these resource servers lives, in seconds: as long as the strictest allows."""
        return min(server.access_token_lifetime or self.settings.access_token_lifetime for server in servers)

    def issue_for_grant(
        self,
        request: AccessTokenRequest,
        grant: Grant,
        *,
        nonce: str | None = None,
        refresh_token: str | None,
    ) -> AccessTokenResponse:
        """What a person granted, as far as the request asks for it: narrowed to its resources and scope.

        Raises InvalidGrant where the grant was given to a deleted client that had the client_id before,
        InvalidScope, InvalidTarget, and TemporarilyUnavailable where the keys can't be reached.
        """
        if not request.client.was_registered(at=grant.created_at):
            raise InvalidGrant("The grant is another client's.", reason="grant_revoked")
        resources = narrowed_resources(request.resources, granted=grant.resources)
        servers = self.find_servers(resources, client=request.client)
        return self.issue(
            grant_type=request.grant_type,
            client=request.client,
            sub=grant.sub,
            scope=narrowed_scope(request.scope, granted=grant.scope, servers=servers),
            servers=servers,
            now=request.now,
            grant=grant,
            nonce=nonce,
            refresh_token=refresh_token,
        )

    def issue(
        self,
        *,
        grant_type: str,
        client: Client,
        sub: str,
        scope: tuple[str, ...],
        servers: Sequence[ResourceServer],
        now: int,
        grant: Grant | None = None,
        nonce: str | None = None,
        refresh_token: str | None = None,
        not_after: int | None = None,
        delegation: Mapping[str, Any] = MappingProxyType({}),
    ) -> AccessTokenResponse:
        """An access token, and an ID token where the scope has openid and there is a grant of a person.

        `not_after` is when it ends at the latest, `delegation` what it says of being exchanged. Raises
        AccessDenied where the tenant's policy refuses, TemporarilyUnavailable where that or the keys can't be
        reached.
        """
        # Without a grant it is the client's own.
        told = self.subjects.of(client, sub) if grant else sub
        lifetime = self.lifetime(servers)
        if not_after is not None:
            lifetime = min(lifetime, not_after - now)
        unsigned = {
            "access_token": self.unsigned_access_token(
                client=client,
                sub=told,
                scope=scope,
                servers=servers,
                now=now,
                lifetime=lifetime,
                grant=grant,
                delegation=delegation,
            )
        }
        if grant and "openid" in scope:
            unsigned["id_token"] = unsigned_id_token(
                client=client,
                grant=grant,
                sub=told,
                sid=grant.sid and self.subjects.session_of(client, grant.sid),
                nonce=nonce,
                settings=self.settings,
                now=now,
                about=self.about(grant),
            )
        signed = self.issued(unsigned, grant_type=grant_type, client=client, servers=servers, grant=grant)
        response: AccessTokenResponse = {
            "access_token": signed["access_token"],
            "token_type": "Bearer",
            "expires_in": lifetime,
        }
        if scope:
            response["scope"] = " ".join(scope)
        if refresh_token is not None:
            response["refresh_token"] = refresh_token
        if "id_token" in signed:
            response["id_token"] = signed["id_token"]
        return response

    def unsigned_access_token(
        self,
        *,
        client: Client,
        sub: str,
        scope: tuple[str, ...],
        servers: Sequence[ResourceServer],
        now: int,
        lifetime: int,
        grant: Grant | None = None,
        delegation: Mapping[str, Any] = MappingProxyType({}),
    ) -> UnsignedToken:
        """What an access token for these resource servers says, a new one each time."""
        algs = {server.access_token_signing_alg for server in servers}
        jti = self.random(JTI_BYTES)
        return unsigned_access_token(
            alg=algs.pop() if len(algs) == 1 else COMMON_ALG,
            issuer=self.settings.issuer,
            sub=sub,
            audience=_audience(servers, scope=scope, settings=self.settings),
            client_id=client.client_id,
            scope=scope,
            jti=f"{grant.grant_id}.{jti}" if grant else jti,
            now=now,
            lifetime=lifetime,
            authentication=authentication_claims(grant),
            delegation=delegation,
        )

    def issued(
        self,
        tokens: Mapping[str, UnsignedToken],
        *,
        grant_type: str,
        client: Client,
        servers: Sequence[ResourceServer],
        grant: Grant | None = None,
    ) -> dict[str, str]:
        """The tokens by their names, after the tenant's policy was asked. Raises AccessDenied,
        TemporarilyUnavailable.
        """
        vetted = self.vetted(
            tokens,
            grant_type=grant_type,
            client=client,
            subject="client" if grant is None else "federated" if grant.federated else "person",
            resources=tuple(server.resource for server in servers),
        )
        return self.signed(
            dict(zip(tokens, vetted, strict=True)),
            opaque=servers[0].access_token_format == OPAQUE,
            # Due through the browser (OpenID Connect Core sections 3.2.2.10 and 3.3.2.11). At the token
            # endpoint it may be left out, and costs a KMS round trip at each sign-in (section 3.1.3.6).
            hashed=grant_type == IMPLICIT,
        )

    def about(
        self, grant: Grant, *, scope: tuple[str, ...] = (), user: "User | None" = None
    ) -> dict[str, Any]:
        """What an ID token tells of the person: what was asked for in it one by one, and what this scope
        gives. They are read only for that, unless `user` is who they are. Raises InvalidGrant where they are
        gone.
        """
        if grant.claims is None and not scope:
            return {}
        # Imported where it is first needed: few clients ask so.
        from chalicelib.protocol.claims import id_token_claims  # noqa: PLC0415
        from chalicelib.protocol.claims_request import kept_claims  # noqa: PLC0415

        if not scope and not kept_claims(grant.claims, "id_token"):
            return {}
        user = user or self.users().get(grant.sub)
        if user is None or not user.is_signed_in(since=grant.auth_time or grant.created_at):
            raise InvalidGrant("The person is signed out.", reason="grant_revoked")
        return id_token_claims(user, grant=grant, scope=scope)


def _audience(
    servers: Sequence[ResourceServer], *, scope: tuple[str, ...], settings: Settings
) -> tuple[str, ...]:
    """The resource servers, and this server's own userinfo endpoint where the scope opens it."""
    own = (settings.issuer,) if "openid" in scope else ()
    return tuple(dict.fromkeys((*(server.resource for server in servers), *own)))
