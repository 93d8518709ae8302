"""What leaves with an authorization response beside a code: OpenID Connect Core sections 3.2.2.5 and 3.3.2.5,
RFC 6749 section 4.2.2. Imported where a token or an ID token does: most responses are a code alone.
"""

from collections.abc import Sequence

from chalicelib.accounts.session import Session
from chalicelib.accounts.user import User
from chalicelib.protocol.approval import approval_of
from chalicelib.protocol.authorization_request import AuthorizationRequest
from chalicelib.protocol.grant import Code, Grant
from chalicelib.protocol.id_token import unsigned_id_token
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import IMPLICIT

ID_TOKEN_ALONE = frozenset({"id_token"})


def implicit_grant(
    request: AuthorizationRequest,
    session: Session,
    grant_id: str,
    *,
    redemption: str,
    lifetime: int,
    settings: Settings,
    now: int,
) -> Grant:
    """The grant of what leaves without a code (RFC 6749 section 4.2.2): active, for as long as that lives.
    `redemption` names the write that makes it.
    """
    until = now + lifetime
    given = approval_of(session, request.scope, request.client, code_exp=now, settings=settings, now=now)
    never = {"refreshable": False, "offline": False, "refresh_until": until}
    return Grant(
        **{**vars(given), **never},
        grant_id=grant_id,
        state="active",
        client_id=request.client.client_id,
        scope=request.scope,
        resources=request.resources,
        exp=until,
        code_exp=until,
        created_at=now,
        redirect_uri=request.redirect_uri,
        redemption=redemption,
        claims=request.claims.kept(),
        claims_locales=request.claims_locales if request.is_openid else (),
    )


def lifetime_of(
    request: AuthorizationRequest, servers: Sequence[ResourceServer], *, issuer: TokenIssuer
) -> int:
    """How long what leaves lives, in seconds: its longest part."""
    lifetimes = {"token": issuer.lifetime(servers), "id_token": issuer.settings.id_token_lifetime}
    return max(lifetimes[word] for word in request.response_type if word in lifetimes)


def response_tokens(
    request: AuthorizationRequest,
    grant: Grant,
    servers: Sequence[ResourceServer],
    *,
    code: Code | None,
    user: User | None,
    issuer: TokenIssuer,
    now: int,
) -> dict[str, str]:
    """The members: an access token, an ID token or both, whichever the response_type names. The access token
    is of the same grant as the code beside it, and ends with it.

    Raises AccessDenied where the tenant's policy refuses, TemporarilyUnavailable.
    """
    unsigned: dict[str, UnsignedToken] = {}
    members: dict[str, str] = {}
    lifetime, sub = issuer.lifetime(servers), issuer.subjects.of(request.client, grant.sub)
    if "token" in request.response_type:
        unsigned["access_token"] = issuer.unsigned_access_token(
            client=request.client,
            sub=sub,
            scope=grant.scope,
            servers=servers,
            now=now,
            lifetime=lifetime,
            grant=grant,
        )
        members = {"token_type": "Bearer", "expires_in": str(lifetime), "scope": " ".join(grant.scope)}
    if "id_token" in request.response_type:
        # Core section 5.4: what the scope gives is at userinfo, where there is a token to ask there with.
        told = grant.scope if request.response_type == ID_TOKEN_ALONE else ()
        beside = {"c_hash": str(code) if code else None, "s_hash": request.target.state}
        unsigned["id_token"] = unsigned_id_token(
            client=request.client,
            grant=grant,
            sub=sub,
            sid=grant.sid and issuer.subjects.session_of(request.client, grant.sid),
            nonce=request.nonce,
            settings=issuer.settings,
            now=now,
            about=issuer.about(grant, scope=told, user=user),
            hashed={name: text for name, text in beside.items() if text is not None},
        )
    issued = issuer.issued(unsigned, grant_type=IMPLICIT, client=request.client, servers=servers, grant=grant)
    return {**issued, **members}
