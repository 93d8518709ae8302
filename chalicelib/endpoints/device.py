"""Device endpoint: where a person connects a device (RFC 8628 section 3.3).

They type the code of the device, or come with it in the URL and compare it (section 3.3.1); sign in; and
decide. Nothing is decided by arriving, and nothing is remembered: the next device asks again.

    /device                   the code: POST makes an interaction of it, and goes on to
    /device?interaction=...   /login where nobody is signed in; then the question, and what came of it

A code is looked up only for somebody who is signed in, and each time as an attempt that counts, so that
nothing here tells guesses from codes any faster.
"""

import time
from functools import cache

from chalicelib.accounts.attempts import Attempts, begin_user_code, user_code_keys
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.device_decisions import DeviceDecisionStore
from chalicelib.aws.user_codes import UserCodeStore
from chalicelib.composition.authorization_answer import redirect_on
from chalicelib.composition.browser import known_or_new_browser
from chalicelib.composition.device_question import question
from chalicelib.composition.look import look_of, name_of
from chalicelib.composition.open_interaction import OpenInteractions, open_interactions
from chalicelib.composition.page_response import page_error, page_response
from chalicelib.gateway.cookies import BROWSER, read_cookie
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import query_or_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.pages import device as pages
from chalicelib.pages.login import too_many_attempts
from chalicelib.pages.look import Text
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.approval import APPROVAL_SECONDS
from chalicelib.protocol.device_authorization_request import check_device_request
from chalicelib.protocol.device_grant import DeviceDecisions, device_approval, outcome_of
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.interaction import (
    INTERACTION_BYTES,
    Interaction,
    Interactions,
    check_csrf_token,
    csrf_token,
    hash_identifier,
)
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.requesting_client import known_client
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.user_code import UserCodes, parse_user_code, shown_user_code
from chalicelib.record import Record, replace

PATH = "/device"
DECISIONS = {"allowed": "allow", "refused": "deny"}


class Ports(Record, kw_only=True):
    """What the device endpoint works with."""

    settings: Settings
    opened: OpenInteractions
    interactions: Interactions
    user_codes: UserCodes
    grants: DeviceDecisions
    attempts: Attempts
    random: RandomText


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """The page for the code, or the one of an interaction that has one."""
    form = query_or_form_parameters(request)
    form.check_none_repeated()
    if form.get("interaction") is not None:
        return decide(request, ports, now=now)
    if request.method == "GET":
        return ask_for_code(request, ports, user_code=form.get("user_code") or "")
    return take_code(request, form, ports, now=now)


def ask_for_code(
    request: Request,
    ports: Ports,
    *,
    user_code: str,
    error: Text | None = None,
    log: dict[str, str] | None = None,
) -> Response:
    """The page for the code. One that came in the URL is shown, to be compared with the device's."""
    browser, cookies = known_or_new_browser(request, settings=ports.settings, random=ports.random)
    code = parse_user_code(user_code)
    page = pages.user_code_page(
        look=look_of(request),
        tenant_name=ports.settings.tenant_name,
        csrf=csrf_token(browser=browser, purpose=PATH),
        user_code=shown_user_code(code) if code else user_code,
        arrived=bool(code),
        error=error,
    )
    return page_response(
        page, status=400 if error else None, cookies=cookies, log={"outcome": "asked", **(log or {})}
    )


def take_code(request: Request, form: Parameters, ports: Ports, *, now: int) -> Response:
    """Keeps the code with this browser, and goes on."""
    browser = read_cookie(request, BROWSER, settings=ports.settings) or ""
    check_csrf_token(form.get("csrf"), browser=browser, purpose=PATH)
    typed = form.get("user_code") or ""
    code = parse_user_code(typed)
    if code is None:
        log = {"outcome": "refused", "reason": "user_code_malformed"}
        return ask_for_code(request, ports, user_code=typed, error=pages.NO_CODE, log=log)
    interaction_id = ports.random(INTERACTION_BYTES)
    ports.interactions.put(
        Interaction(
            interaction_hash=hash_identifier(interaction_id),
            browser_hash=hash_identifier(browser),
            kind="device",
            parameters={"user_code": (code,)},
            exp=now + ports.settings.interaction_lifetime,
        )
    )
    return redirect_on(PATH, interaction_id)


def decide(request: Request, ports: Ports, *, now: int) -> Response:
    """The question, and the answer to it."""
    opened = ports.opened.open(request, now=now, kinds=("device",))
    session, user = opened.session, opened.user
    if session is None or user is None:
        return redirect_on("/login", opened.interaction_id)
    (user_code,) = opened.interaction.parameters["user_code"]
    keys = user_code_keys(session.sub, source_ip=request.source_ip)
    wait, counted = begin_user_code(ports.attempts, keys, now=now)
    if wait:
        return throttled(request, ports, user_code=user_code, wait=wait)
    reserved = ports.user_codes.find(user_code)
    grant = ports.grants.get(reserved.grant_id) if reserved else None
    if reserved is None or grant is None:
        log = {"outcome": "refused", "reason": "user_code_unknown"}
        return ask_for_code(request, ports, user_code=user_code, error=pages.UNKNOWN, log=log)
    for key in counted:
        ports.attempts.take_back(key)
    client = known_client(grant.client_id, clients=ports.opened.clients)
    request.facts.update(client_id=client.client_id, grant_id=grant.grant_id)
    own = opened.interaction_hash
    outcome = outcome_of(grant, approval=own, now=now)
    if outcome is not None:
        told = pages.outcome_page(
            outcome,
            look=opened.look,
            tenant_name=ports.settings.tenant_name,
            client_name=name_of(client, opened.look),
        )
        return page_response(told, log={"outcome": outcome})
    asked = check_device_request(
        grant.scope,
        grant.resources,
        client=client,
        resource_servers=ports.opened.resource_servers,
        settings=ports.settings,
    )
    # The decision is that of the person who saw the page, on the device they saw it of.
    page = f"device {session.sub} {grant.grant_id}"
    if request.method == "GET":
        when = pages.Asked(now - grant.created_at, reserved.source_ip, request.source_ip)
        shown = question(
            opened,
            asked,
            user,
            user_code,
            tenant_name=ports.settings.tenant_name,
            when=when,
            csrf=opened.csrf(page),
        )
        return page_response(shown, log={"outcome": "asked"})
    opened.check_csrf(page)
    match opened.form.get("decision"):
        case "allow":
            given = device_approval(grant, asked, session, approval=own, settings=ports.settings, now=now)
            decided = ports.grants.approve(given)
        case "deny":
            decided = ports.grants.deny(grant.grant_id, approval=own, now=now)
        case _:
            raise InvalidRequest("The form holds no decision.", reason="parameter_missing")
    # What became of it is told by the grant: to this decision, also where its answer was lost, and to others.
    found = decided if isinstance(decided, Grant) else decided.found or grant
    done = outcome_of(found, approval=own, now=now) or ""
    return redirect_on(PATH, opened.interaction_id, outcome=DECISIONS.get(done, done))


def throttled(request: Request, ports: Ports, *, user_code: str, wait: int) -> Response:
    """The page for the code again; `wait` is in seconds."""
    error = too_many_attempts(wait)
    log = {"outcome": "refused", "reason": "user_code_throttled"}
    answer = ask_for_code(request, ports, user_code=user_code, error=error, log=log)
    return replace(answer, status=429, headers={**answer.headers, "retry-after": str(wait)})


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    opened = open_interactions()
    requests_table = required("REQUESTS_TABLE")
    return Ports(
        settings=settings(),
        opened=opened,
        interactions=opened.states.interactions,
        user_codes=UserCodeStore(requests_table),
        grants=DeviceDecisionStore(required("GRANTS_TABLE")),
        attempts=AttemptStore(requests_table),
        random=random_text,
    )


@endpoint(
    "device",
    methods=("GET", "POST"),
    errors=page_error,
    prepare=ports,
    event_of=event_of_request,
    within=APPROVAL_SECONDS,
)
def handler(request: Request) -> Response:
    """GET and POST /device."""
    return respond(request, ports(), now=int(time.time()))
