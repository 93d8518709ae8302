"""Authorization endpoint: RFC 6749 section 3.1, OpenID Connect Core section 3.1.2.

A request is checked, and then the person taken through what is missing: signing in, consenting.
Each of these is an endpoint of its own, which sends the browser back to /authorize/resume; only here
are codes made, and tokens of the implicit grant.
"""

import time
from functools import cache

from chalicelib.aws.connections import connect_dynamodb
from chalicelib.composition.authorization_answer import client_error, is_fault, offer_error, redirect_on
from chalicelib.composition.authorization_completion import AuthorizationCompletion, authorization_completion
from chalicelib.composition.authorization_cookies import misses_cookies, with_cookies
from chalicelib.composition.authorization_state import AuthorizationStates, authorization_states
from chalicelib.composition.browser import known_or_new_browser
from chalicelib.composition.clients import known_clients
from chalicelib.composition.fresh_clients import FreshClients, fresh_clients
from chalicelib.composition.id_token_hints import id_token_hints
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.look import look_of, note_wishes, note_wishes_of
from chalicelib.composition.page_response import page_error
from chalicelib.composition.request_objects import (
    has_request_object,
    resolve_request_object,
    target_outside,
)
from chalicelib.composition.resource_servers import resource_servers
from chalicelib.gateway.cookies import BROWSER, read_cookie
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import settings
from chalicelib.gateway.form import query_or_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, redirect
from chalicelib.gateway.security_events import event_of_request
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.approval import APPROVAL_SECONDS, GRANT_ID_BYTES, grant_id_of
from chalicelib.protocol.authorization_request import (
    PARAMETERS,
    AuthorizationRequest,
    check,
    check_again,
)
from chalicelib.protocol.authorization_step import Step, expected_subs, next_step
from chalicelib.protocol.errors import InvalidRequest, MethodNotAllowed, OAuthError, TemporarilyUnavailable
from chalicelib.protocol.id_token_hint import IdTokenHints
from chalicelib.protocol.interaction import (
    INTERACTION_BYTES,
    Interaction,
    Interactions,
    check_interaction,
    completed_before,
    hash_identifier,
)
from chalicelib.protocol.parameters import Parameters, parse_parameters
from chalicelib.protocol.requesting_client import find_client, find_redirect_target
from chalicelib.protocol.resource import ResourceServers
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record, replace

RESUME_PATH = "/authorize/resume"


class Ports(Record, kw_only=True):
    """What the authorization endpoint works with."""

    settings: Settings
    clients: FreshClients
    resource_servers: ResourceServers
    hints: IdTokenHints
    states: AuthorizationStates
    interactions: Interactions
    completion: AuthorizationCompletion
    random: RandomText


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """A new request, or one that comes back from a page."""
    if request.path == RESUME_PATH:
        if request.method != "GET":
            raise MethodNotAllowed("The method is not allowed here.", reason="method", allow=("GET",))
        return resume(request, ports, now=now)
    return begin(request, ports, now=now)


def begin(request: Request, ports: Ports, *, now: int) -> Response:
    """A new request. Until its client and redirect_uri hold, errors are for the person alone."""
    parameters = query_or_form_parameters(request)
    note_wishes(request, parameters)
    arriving = replace(ports.clients, source_ip=request.source_ip, browser=True)
    client = find_client(parameters, clients=arriving)
    request.facts["client_id"] = client.client_id
    if has_request_object(parameters):
        try:
            if misses_cookies(request, settings=ports.settings):
                return redirect(with_cookies(parameters), log={"outcome": "as_get"})
            client, parameters = resolve_request_object(parameters, client=client, clients=arriving, now=now)
            note_wishes(request, parameters)
        except OAuthError as error:
            if is_fault(error):
                raise
            target = target_outside(parameters, error, client=client, settings=ports.settings)
            return offer_error(request, target, error, client=client)
    target = find_redirect_target(parameters, client=client, settings=ports.settings)
    try:
        authorization_request = check(
            parameters,
            client=client,
            target=target,
            resource_servers=ports.resource_servers,
            settings=ports.settings,
        )
        expected = expected_subs(
            authorization_request, hinted=read_hint(authorization_request, ports, now=now)
        )
        if misses_cookies(request, settings=ports.settings):
            return redirect(with_cookies(parameters), log={"outcome": "as_get"})
        state = ports.states.read(request, now=now, client_id=client.client_id)
        step = next_step(
            authorization_request,
            session=state.session,
            consent=state.consent,
            expected=expected,
            subjects=ports.hints.subjects,
            interaction=None,
            now=now,
        )
        if step is not Step.ANSWER or state.session is None:
            return interact(request, parameters, step, ports, now=now)
        grant_id = ports.random(GRANT_ID_BYTES)
        answer = ports.completion.complete(
            authorization_request,
            state.session,
            grant_id,
            user=state.user,
            look=look_of(request),
            now=now,
        )
        if answer is None:
            raise TemporarilyUnavailable("This could not be completed. Try again.", reason="fault")
    except OAuthError as error:
        if is_fault(error):
            raise
        return offer_error(request, target, error, client=client)
    return answer


def resume(request: Request, ports: Ports, *, now: int) -> Response:
    """A request that comes back from a page: what is still missing, or the answer."""
    interaction_id = parse_parameters(request.query).require("interaction")
    state = ports.states.read(request, now=now, interaction_id=interaction_id)
    browser = read_cookie(request, BROWSER, settings=ports.settings)
    note_wishes_of(request, state.interaction)
    interaction = check_interaction(state.interaction, browser=browser, now=now)
    authorization_request = check_again(
        Parameters(interaction.parameters),
        clients=ports.clients.known,
        resource_servers=ports.resource_servers,
        settings=ports.settings,
    )
    session, client = state.session, authorization_request.client
    request.facts["client_id"] = client.client_id
    try:
        step = next_step(
            authorization_request,
            session=session,
            consent=ports.states.read_consent(session, client.client_id) if session else None,
            expected=expected_subs(
                authorization_request, hinted=read_hint(authorization_request, ports, now=now)
            ),
            subjects=ports.hints.subjects,
            interaction=interaction.interaction_hash,
            now=now,
        )
        if step is not Step.ANSWER or session is None:
            return redirect_on(f"/{step.value}", interaction_id)
        grant_id = grant_id_of(interaction.interaction_hash)
        answer = ports.completion.complete(
            authorization_request, session, grant_id, user=state.user, look=look_of(request), now=now
        )
    except OAuthError as error:
        if is_fault(error):
            raise
        return client_error(authorization_request.target, error, look=look_of(request))
    if answer is None:
        raise completed_before(interaction, initiate_login_uri=client.initiate_login_uri)
    return answer


def interact(request: Request, parameters: Parameters, step: Step, ports: Ports, *, now: int) -> Response:
    """Keeps the request, bound to this browser, and sends the person to the page that comes next."""
    browser, cookies = known_or_new_browser(request, settings=ports.settings, random=ports.random)
    interaction_id = ports.random(INTERACTION_BYTES)
    ports.interactions.put(
        Interaction(
            interaction_hash=hash_identifier(interaction_id),
            browser_hash=hash_identifier(browser),
            parameters=parameters.select(PARAMETERS),
            exp=now + ports.settings.interaction_lifetime,
        )
    )
    return redirect_on(f"/{step.value}", interaction_id, cookies=cookies)


def read_hint(request: AuthorizationRequest, ports: Ports, *, now: int) -> str | None:
    """Whom the client expects (OpenID Connect Core section 3.1.2.1 id_token_hint). Raises InvalidRequest."""
    if request.id_token_hint is None:
        return None
    hint = ports.hints.parse(request.id_token_hint, now=now)
    if hint.client_id != request.client.client_id:
        raise InvalidRequest("The id_token_hint is another client's.", reason="hint_invalid")
    return hint.sub


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    states, keys = authorization_states(), key_ring()
    return Ports(
        settings=settings(),
        clients=fresh_clients(),
        resource_servers=resource_servers(),
        hints=id_token_hints(clients=known_clients(), keys=keys),
        states=states,
        interactions=states.interactions,
        completion=authorization_completion(states.sessions, keys),
        random=random_text,
    )


@endpoint(
    "authorization",
    methods=("GET", "POST"),
    errors=page_error,
    prepare=ports,
    event_of=event_of_request,
    within=APPROVAL_SECONDS,
)
def handler(request: Request) -> Response:
    """GET and POST /authorize, GET /authorize/resume."""
    return respond(request, ports(), now=int(time.time()))
