"""Making the tokens of a response, the same way for every grant: RFC 9068, OpenID Connect Core 3.1.3.3, and
opaque access tokens where the resource server has them.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.protocol.access_token_request import AccessTokenRequest, AccessTokenResponse, RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidGrant, InvalidTarget
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.id_token import authentication_claims, unsigned_id_token
from chalicelib.protocol.jws import Signer, UnsignedToken
from chalicelib.protocol.resource import (
    ResourceServer,
    ResourceServers,
    find_resource_servers,
    narrowed_resources,
)
from chalicelib.protocol.scope import narrowed_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import OPAQUE
from chalicelib.protocol.unsigned_tokens import unsigned_access_token
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.accounts.user import Users
    from chalicelib.protocol.opaque_token import OpaqueToken
    from chalicelib.protocol.policy import Policy, SubjectKind

JTI_BYTES = 16
# RFC 9068 section 2.1: the one that every resource server knows.
COMMON_ALG = "RS256"


class NewOpaqueTokens(Protocol):
    """Where opaque access tokens are kept."""

    def keep(self, token: "OpaqueToken", *, sign: Sequence[UnsignedToken]) -> list[str]:
        """Writes the token, and meanwhile has what comes with it signed: that in compact form, in order.

        Raises TemporarilyUnavailable. What may have been written then is harmless: nobody got the token.
        """


class TokenIssuer(Record, kw_only=True):
    """What every grant issues tokens with: the tenant's settings, its resource servers and keys, its people,
    whom few requests ask for, and its own policy, None where it has none.
    """

    settings: Settings
    resource_servers: ResourceServers
    signer: Signer
    opaque_tokens: NewOpaqueTokens
    random: RandomText
    users: "Callable[[], Users]"
    policy: "Policy | None" = None

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
        with_id_token: bool = True,
        delegation: Mapping[str, Any] = MappingProxyType({}),
    ) -> AccessTokenResponse:
        """An access token, and an ID token where the scope has openid and there is a grant of a person.

        Without `with_id_token` there is none of these. `not_after` is when it ends at the latest,
        `delegation` what it says of being exchanged. Raises AccessDenied where the tenant's policy refuses,
        TemporarilyUnavailable where that or the keys can't be
        reached.
        """
        settings = self.settings
        lifetime = self.lifetime(servers)
        if not_after is not None:
            lifetime = min(lifetime, not_after - now)
        algs = {server.access_token_signing_alg for server in servers}
        jti = self.random(JTI_BYTES)
        unsigned = {
            "access_token": unsigned_access_token(
                alg=algs.pop() if len(algs) == 1 else COMMON_ALG,
                issuer=settings.issuer,
                sub=sub,
                audience=_audience(servers, scope=scope, settings=settings),
                client_id=client.client_id,
                scope=scope,
                jti=f"{grant.grant_id}.{jti}" if grant else jti,
                now=now,
                lifetime=lifetime,
                authentication=authentication_claims(grant),
                delegation=delegation,
            )
        }
        if grant and with_id_token and "openid" in scope:
            unsigned["id_token"] = unsigned_id_token(
                client=client,
                grant=grant,
                sub=sub,
                nonce=nonce,
                settings=settings,
                now=now,
                about=self._about(grant),
            )
        vetted = self.vetted(
            unsigned,
            grant_type=grant_type,
            client=client,
            subject="client" if grant is None else "federated" if grant.federated else "person",
            resources=tuple(server.resource for server in servers),
        )
        if servers[0].access_token_format == OPAQUE:
            access_token, *id_token = self._kept(*vetted)
        else:
            access_token, *id_token = self.signer.sign(vetted)
        response: AccessTokenResponse = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": lifetime,
        }
        if scope:
            response["scope"] = " ".join(scope)
        if refresh_token is not None:
            response["refresh_token"] = refresh_token
        if id_token:
            response["id_token"] = id_token[0]
        return response

    def vetted(
        self,
        tokens: Mapping[str, UnsignedToken],
        *,
        grant_type: str,
        client: Client,
        subject: "SubjectKind",
        resources: tuple[str, ...],
    ) -> list[UnsignedToken]:
        """The tokens, which are given by their names, as the tenant's policy lets them be issued. Raises
        AccessDenied, TemporarilyUnavailable.
        """
        if self.policy is None:
            return list(tokens.values())
        # Imported where it is first needed: most tenants have no policy.
        from chalicelib.protocol.policy import Occasion  # noqa: PLC0415

        occasion = Occasion(grant_type=grant_type, client=client, subject=subject, resources=resources)
        return self.policy.apply(tokens, occasion)

    def _about(self, grant: Grant) -> dict[str, Any]:
        """The claims asked for in the ID token one by one: only for these is the person read. Raises
        InvalidGrant where they are gone.
        """
        if grant.claims is None:
            return {}
        # Imported where it is first needed: few clients ask so.
        from chalicelib.protocol.claims import id_token_claims  # noqa: PLC0415
        from chalicelib.protocol.claims_request import kept_claims  # noqa: PLC0415

        if not kept_claims(grant.claims, "id_token"):
            return {}
        user = self.users().get(grant.sub)
        if user is None or not user.is_signed_in(since=grant.auth_time or grant.created_at):
            raise InvalidGrant("The person is signed out.", reason="grant_revoked")
        return id_token_claims(user, grant=grant)

    def _kept(self, unsigned: UnsignedToken, *others: UnsignedToken) -> list[str]:
        """An opaque token in place of the access token, and the others signed."""
        # Imported where it is first needed: most tenants have no such tokens.
        from chalicelib.protocol.opaque_token import (  # noqa: PLC0415
            SECRET_BYTES,
            OpaqueToken,
            hash_opaque_token,
            new_opaque_token,
        )

        text = new_opaque_token(self.random(SECRET_BYTES))
        token = OpaqueToken(token_hash=hash_opaque_token(text), claims=unsigned.claims)
        return [text, *self.opaque_tokens.keep(token, sign=others)]


def _audience(
    servers: Sequence[ResourceServer], *, scope: tuple[str, ...], settings: Settings
) -> tuple[str, ...]:
    """The resource servers, and this server's own userinfo endpoint where the scope opens it."""
    own = (settings.issuer,) if "openid" in scope else ()
    return tuple(dict.fromkeys((*(server.resource for server in servers), *own)))
