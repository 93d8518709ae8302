"""Issuing identity assertion authorization grants, as the identity provider of other authorization servers:
draft-ietf-oauth-identity-assertion-authz-grant-04 sections 3 and 4.3.
"""

from typing import Any

from chalicelib.protocol.access_token_request import AccessTokenRequest, AccessTokenResponse, Issued
from chalicelib.protocol.errors import InvalidScope, InvalidTarget
from chalicelib.protocol.id_jag_policy import IdJagAudience, id_jag_audience
from chalicelib.protocol.issuing import JTI_BYTES, TokenIssuer
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.subject_token import Subject
from chalicelib.protocol.supported import ID_JAG

ID_JAG_TYP = "oauth-id-jag+jwt"
# Seconds; it is used at once.
ID_JAG_LIFETIME = 300


def issue_id_jag(
    request: AccessTokenRequest, subject: Subject, *, audience: str, issuer: TokenIssuer
) -> Issued:
    """A grant for one other authorization server, as far as the client's record allows it.

    Raises InvalidTarget, InvalidScope, AccessDenied, TemporarilyUnavailable.
    """
    client, own = request.client, issuer.settings.issuer
    policy = id_jag_audience(client.id_jag_audiences, audience)
    # Section 9.3: never for this server itself, which would be to widen what it granted.
    if policy is None or audience == own:
        raise InvalidTarget("The client may not ask for this audience.", reason="audience_not_allowed")
    if not set(request.resources) <= set(policy.resources):
        raise InvalidTarget("The client may not ask for this resource.", reason="resource_not_allowed")
    scope = policy.scope if request.scope is None else request.scope
    if not set(scope) <= set(policy.scope):
        raise InvalidScope("The client may not ask for this scope.", reason="scope_not_allowed")
    lifetime = min(ID_JAG_LIFETIME, subject.exp - request.now)
    claims: dict[str, Any] = {
        "iss": own,
        "sub": issuer.subjects.of(client, subject.sub),
        "aud": policy.issuer,
        "client_id": policy.client_id,
        "jti": issuer.random(JTI_BYTES),
        "iat": request.now,
        "exp": request.now + lifetime,
        **_authentication(subject),
        **_email(subject, policy),
    }
    if scope:
        claims["scope"] = " ".join(scope)
    if request.resources:
        one = len(request.resources) == 1
        claims["resource"] = request.resources[0] if one else list(request.resources)
    token = UnsignedToken(alg=client.id_token_signed_response_alg, typ=ID_JAG_TYP, claims=claims)
    vetted = issuer.vetted(
        {"id_jag": token},
        grant_type=request.grant_type,
        client=client,
        subject="person" if subject.user else "federated",
        resources=request.resources,
    )
    (signed,) = issuer.signer.sign(vetted)
    response: AccessTokenResponse = {
        "access_token": signed,
        # Section 4.3.4: it is no access token.
        "token_type": "N_A",
        "expires_in": lifetime,
        "issued_token_type": ID_JAG,
    }
    if scope:
        response["scope"] = " ".join(scope)
    return Issued(response, subject.grant, subject.sub)


def _authentication(subject: Subject) -> dict[str, Any]:
    """auth_time, acr and amr of the sign-in, by the ID token or the grant."""
    grant = subject.grant
    if grant is None:
        found = {name: subject.claims.get(name) for name in ("auth_time", "acr", "amr")}
    else:
        found = {"auth_time": grant.auth_time, "acr": grant.acr, "amr": list(grant.amr) or None}
    return {name: value for name, value in found.items() if value is not None}


def _email(subject: Subject, policy: IdJagAudience) -> dict[str, Any]:
    claims = subject.user.claims if subject.user else {}
    if not policy.email or claims.get("email_verified") is not True or "email" not in claims:
        return {}
    return {"email": claims["email"], "email_verified": True}
