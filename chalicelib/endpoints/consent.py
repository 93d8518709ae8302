"""Consent endpoint: where a person decides what a client gets (OpenID Connect Core section 3.1.2.4)."""

import time
from functools import cache
from urllib.parse import urlencode

from chalicelib.accounts.consent import Consent, Consents
from chalicelib.accounts.session import Session
from chalicelib.accounts.user import User
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.composition.asked_lines import resource_lines, scope_lines
from chalicelib.composition.authorization_answer import client_error, redirect_on
from chalicelib.composition.authorization_state import AuthorizationStates
from chalicelib.composition.client_pages import client_pages
from chalicelib.composition.look import name_of
from chalicelib.composition.open_interaction import OpenInteraction, OpenInteractions, open_interactions
from chalicelib.composition.page_response import page_error, page_response
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.pages.asked_claims import claim_lines
from chalicelib.pages.consent import consent_page
from chalicelib.protocol.authorization_step import needs_login, standing_consent
from chalicelib.protocol.errors import AccessDenied, InvalidRequest
from chalicelib.protocol.redirect_uri import is_loopback
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

RESUME_PATH = "/authorize/resume"


class Ports(Record, kw_only=True):
    """What the consent endpoint works with."""

    settings: Settings
    interactions: OpenInteractions
    states: AuthorizationStates
    consents: Consents


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """The page, or what the person decided on it."""
    opened = ports.interactions.open(request, now=now)
    session, user = opened.session, opened.user
    if session is None or user is None or not is_signed_in(opened, session, now=now):
        return redirect_on("/login", opened.interaction_id)
    # The decision is that of the person who saw the page, not of whoever signed in since.
    page = f"consent {session.sub}"
    if request.method == "GET":
        return show(opened, user, ports, csrf=opened.csrf(page))
    opened.check_csrf(page)
    match opened.form.get("decision"):
        case "allow":
            return allow(opened, session, ports, now=now)
        case "deny":
            denied = AccessDenied("The person refused.", reason="consent_refused")
            return client_error(opened.authorization.target, denied, look=opened.look)
        case _:
            raise InvalidRequest("The form holds no decision.", reason="parameter_missing")


def is_signed_in(opened: OpenInteraction, session: Session, *, now: int) -> bool:
    """Whether the session is good enough for this request."""
    return not needs_login(opened.authorization, session, interaction=opened.interaction_hash, now=now)


def show(opened: OpenInteraction, user: User, ports: Ports, *, csrf: str) -> Response:
    """The page: who asks, where they return to, and what they get."""
    request = opened.authorization
    redirect_uri = request.target.redirect_uri
    page = consent_page(
        look=opened.look,
        tenant_name=ports.settings.tenant_name,
        client_name=name_of(request.client, opened.look),
        client_uri=request.client.client_uri,
        redirect_uri=redirect_uri,
        person=user.display_name,
        interaction=opened.interaction_id,
        csrf=csrf,
        scopes=[*scope_lines(request.scope, request.servers), *claim_lines(request.claims_asked)],
        resources=resource_lines(request.servers),
        offline="offline_access" in request.scope,
        switch_url="/login?" + urlencode({"interaction": opened.interaction_id}),
        unverified=request.client.unverified,
        document_uri=request.client.document_uri,
        client_pages=client_pages(request.client, opened.look, interaction=opened.interaction_id),
        local_redirect=is_loopback(redirect_uri),
    )
    return page_response(page, log={"outcome": "asked"})


def allow(opened: OpenInteraction, session: Session, ports: Ports, *, now: int) -> Response:
    """Remembers what was allowed, and goes back to the authorization."""
    request = opened.authorization
    client_id = request.client.client_id
    before = standing_consent(ports.states.read_consent(session, client_id), client=request.client)
    before = before or Consent(sub=session.sub, client_id=client_id)
    ports.consents.put(before.extended(request.asked, interaction=opened.interaction_hash, now=now))
    return redirect_on(RESUME_PATH, opened.interaction_id, outcome="allow")


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    interactions = open_interactions()
    return Ports(
        settings=settings(),
        interactions=interactions,
        states=interactions.states,
        consents=interactions.states.consents,
    )


@endpoint("consent", methods=("GET", "POST"), errors=page_error, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """GET and POST /consent."""
    return respond(request, ports(), now=int(time.time()))
