"""JWT bearer: RFC 7523 section 2.1, an assertion of a trusted issuer as a grant, with the identity assertion
authorization grant (draft-ietf-oauth-identity-assertion-authz-grant-04 section 4.4), and by
`requested_token_use` Entra's form of on-behalf-of.
"""

from chalicelib.protocol.access_token_request import AccessTokenRequest, AccessTokenResponse, Issued
from chalicelib.protocol.assertion import Assertion, Unacceptable
from chalicelib.protocol.assertion_use import REDEMPTION_BYTES, begun_grant, used_once
from chalicelib.protocol.delegation import Actor, DelegationRefused, actor_chain, check_may_act
from chalicelib.protocol.errors import InvalidGrant, InvalidRequest, InvalidScope, InvalidTarget
from chalicelib.protocol.exchange import TokenExchanger, check_confidential, exchange
from chalicelib.protocol.on_behalf_of import on_behalf_of_targets
from chalicelib.protocol.resource import check_resource_syntax
from chalicelib.protocol.scope import scope_of

ON_BEHALF_OF = "on_behalf_of"


def issue_on_assertion(request: AccessTokenRequest, *, exchanger: TokenExchanger) -> Issued:
    """An access token about whom the assertion is about; never a refresh token.

    Raises UnauthorizedClient, InvalidRequest, InvalidGrant (for an assertion that is not taken: RFC 7521
    section 4.1.1), InvalidTarget, InvalidScope, TemporarilyUnavailable after which the same assertion can be
    used again.
    """
    check_confidential(request.client)
    assertion = request.parameters.require("assertion")
    use = request.parameters.get("requested_token_use")
    if use not in {None, ON_BEHALF_OF}:
        raise InvalidRequest("The requested_token_use is not supported.", reason="parameter_not_supported")
    try:
        if use == ON_BEHALF_OF:
            return _on_behalf_of(assertion, request, exchanger)
        verified = exchanger.assertions.verify(assertion, client=request.client, id_jag=True, now=request.now)
        return _issue(verified, request, exchanger)
    except Unacceptable as unacceptable:
        raise InvalidGrant(
            "The assertion is invalid, has expired, was used before or is not for this client.",
            reason=unacceptable.reason,
            facts=unacceptable.facts,
        ) from None


def _on_behalf_of(assertion: str, request: AccessTokenRequest, exchanger: TokenExchanger) -> Issued:
    subject = exchanger.subject_tokens.of_access_token(assertion, now=request.now)
    resources, scope = on_behalf_of_targets(
        request.scope, resources=request.resources, audiences=request.client.exchange_audiences
    )
    return exchange(request, subject, actor=None, resources=resources, scope=scope, exchanger=exchanger)


def _issue(assertion: Assertion, request: AccessTokenRequest, exchanger: TokenExchanger) -> Issued:
    client, issuer = request.client, exchanger.issuer
    own, by = issuer.settings.issuer, assertion.trusted.issuer
    try:
        check_may_act(
            assertion.claims, Actor(sub=client.client_id, issuer=own, client_id=client.client_id), issuer=by
        )
        chain = actor_chain(assertion.claims, issuer=by, own=own)
    except DelegationRefused as refused:
        raise Unacceptable(reason=refused.reason, facts={"sub": assertion.sub}) from None
    servers = issuer.find_servers(_resources(assertion, request), client=client)
    known, allowed = scope_of(servers), assertion.allowed_scope(client)
    scope = request.scope
    if scope is None:
        scope = tuple(token for token in allowed if token in known)
    elif not set(scope) <= known:
        raise InvalidScope("A scope value is not known for this resource.", reason="scope_unknown")
    elif not set(scope) <= set(allowed):
        raise InvalidScope("The scope is wider than the assertion's.", reason="scope_wider")
    grant = begun_grant(
        assertion,
        client=client,
        scope=scope,
        resources=tuple(server.resource for server in servers),
        exp=request.now + issuer.lifetime(servers),
        redemption=issuer.random(REDEMPTION_BYTES),
        now=request.now,
    )
    with used_once(grant, exchanger.grants):
        response: AccessTokenResponse = issuer.issue(
            grant_type=request.grant_type,
            client=client,
            sub=assertion.sub,
            scope=scope,
            servers=servers,
            now=request.now,
            grant=grant,
            delegation={"act": chain} if chain else {},
        )
    return Issued(response, grant)


def _resources(assertion: Assertion, request: AccessTokenRequest) -> tuple[str, ...]:
    """What is asked of what the assertion names; where it names none, what is asked."""
    for resource in request.resources:
        check_resource_syntax(resource)
        if assertion.resources and resource not in assertion.resources:
            raise InvalidTarget("The assertion does not name this resource.", reason="resource_not_granted")
    return request.resources or assertion.resources
