"""Exchanging a token for one to another resource server: the rule behind RFC 8693 and its other wire form,
Entra's on-behalf-of.

Nothing is allowed unless it is said: the client's record names the resource server it exchanges for, and the
resource server's record names the client. The token exchanged is one for the client itself.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.assertion import Assertion, AssertionVerifier, Unacceptable
from chalicelib.protocol.assertion_use import REDEMPTION_BYTES, AssertionGrants, begun_grant, used_once
from chalicelib.protocol.client import Client
from chalicelib.protocol.delegation import (
    Actor,
    DelegationRefused,
    acting,
    actor_chain,
    check_may_act,
)
from chalicelib.protocol.errors import InvalidScope, InvalidTarget, UnauthorizedClient
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.scope import scope_of
from chalicelib.protocol.subject_token import Subject, SubjectTokens
from chalicelib.protocol.unsigned_tokens import GRANTED_TO
from chalicelib.record import Record, replace


class TokenExchanger(Record, kw_only=True):
    """What exchanging tokens needs, in all its forms."""

    issuer: TokenIssuer
    subject_tokens: SubjectTokens
    assertions: AssertionVerifier
    grants: AssertionGrants


def check_confidential(client: Client) -> None:
    """Only a client that proved who it is acts for others. Raises UnauthorizedClient."""
    if client.public:
        raise UnauthorizedClient("A public client cannot act for others.", reason="client_public")


def exchange(
    request: AccessTokenRequest,
    subject: Subject,
    *,
    actor: Actor | None,
    resources: tuple[str, ...],
    scope: tuple[str, ...] | None,
    exchanger: TokenExchanger,
) -> Issued:
    """An access token for these resources, about the subject, by which the client (or the actor) acts.

    It has no scope that the subject's token does not carry, and ends with it at the latest. Raises
    Unacceptable, InvalidTarget, InvalidScope, TemporarilyUnavailable.
    """
    client, issuer = request.client, exchanger.issuer
    own = issuer.settings.issuer
    check_is_for(subject, client)
    try:
        acts = actor or Actor(sub=client.client_id, issuer=own, client_id=client.client_id)
        check_may_act(subject.claims, acts, issuer=subject.issuer)
        chain = actor_chain(subject.claims, issuer=subject.issuer, own=own)
        if actor is not None or not client.impersonation:
            chain = acting(_told(acts, request, issuer), chain, own=own)
    except DelegationRefused as refused:
        raise Unacceptable(reason=refused.reason, facts=subject.facts) from None
    servers = issuer.find_servers(resources, client=client)
    check_targets(servers, client=client)
    given = carried_scope(scope, carried=subject.scope, servers=servers)
    grant, used = subject.grant, []
    if subject.assertion is not None:
        grant = begun_grant(
            subject.assertion,
            client=client,
            scope=given,
            resources=tuple(server.resource for server in servers),
            exp=subject.exp,
            redemption=issuer.random(REDEMPTION_BYTES),
            now=request.now,
        )
        used.append(grant)
    if acts.assertion is not None:
        used.append(actors_use(acts.assertion, request, redemption=issuer.random(REDEMPTION_BYTES)))
    if grant is None:
        raise Unacceptable(reason="token_of_no_person", facts=subject.facts)
    delegation: dict[str, Any] = {"act": chain} if chain else {}
    if grant.client_id != client.client_id:
        delegation[GRANTED_TO] = grant.client_id
    with ExitStack() as stack:
        for one in used:
            stack.enter_context(used_once(one, exchanger.grants))
        response = issuer.issue(
            grant_type=request.grant_type,
            client=client,
            sub=subject.sub,
            scope=given,
            servers=servers,
            now=request.now,
            grant=grant,
            not_after=subject.exp,
            delegation=delegation,
        )
    return Issued(response, grant)


def actors_use(assertion: Assertion, request: AccessTokenRequest, *, redemption: str) -> Grant:
    """What notes that an actor's assertion was used: a grant of nothing, which ends with it."""
    return begun_grant(
        assertion,
        client=request.client,
        scope=(),
        resources=(),
        exp=request.now,
        redemption=redemption,
        now=request.now,
    )


def check_is_for(subject: Subject, client: Client) -> None:
    """Raises Unacceptable unless the token was meant for this client: it is one of the token's audience, or
    its record names one of them. A token that is the client's own has no audience.
    """
    for_client = {*client.resources, *client.exchange_subject_audiences}
    if subject.audience and for_client.isdisjoint(subject.audience):
        raise Unacceptable(reason="token_of_another", facts=subject.facts)


def _told(acts: Actor, request: AccessTokenRequest, issuer: TokenIssuer) -> Actor:
    """The actor as the client knows them, where they are a person of this server."""
    if acts.client_id is not None or acts.issuer != issuer.settings.issuer:
        return acts
    return replace(acts, sub=issuer.subjects.of(request.client, acts.sub))


def check_targets(servers: Sequence[ResourceServer], *, client: Client) -> None:
    """Raises InvalidTarget unless both sides say so, for each of them."""
    for server in servers:
        if (
            server.resource not in client.exchange_audiences
            or client.client_id not in server.exchange_clients
        ):
            raise InvalidTarget(
                "The client may not exchange tokens for this resource.", reason="resource_not_exchangeable"
            )


def carried_scope(
    requested: tuple[str, ...] | None, *, carried: tuple[str, ...], servers: Sequence[ResourceServer]
) -> tuple[str, ...]:
    """The scope of the new token: what is asked, or all, of what the scope `carried` gives at these resource
    servers. A value that several of them have is given where each of them gives it. Raises InvalidScope.
    """
    given = tuple(
        dict.fromkeys(
            scope
            for server in servers
            for scope in server.scopes
            if all(_gives(one, scope, carried) for one in servers if scope in one.scopes)
        )
    )
    if requested is None:
        return given
    if not set(requested) <= scope_of(servers):
        raise InvalidScope("A scope value is not known for this resource.", reason="scope_unknown")
    if not set(requested) <= set(given):
        raise InvalidScope("The scope is wider than the token's.", reason="scope_wider")
    return requested


def _gives(server: ResourceServer, scope: str, carried: tuple[str, ...]) -> bool:
    return not set(server.exchange_scopes.get(scope, (scope,))).isdisjoint(carried)
