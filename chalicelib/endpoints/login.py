"""Login endpoint: where a person proves who they are (RFC 6749 section 3.1, OpenID Connect Core 3.1.2.3).

A page with one form, for one interaction. Signing in makes a session; the endpoint the interaction
began at takes it from there.
"""

import time
from functools import cache

from chalicelib.accounts.password import (
    MAX_LOGIN_LENGTH,
)
from chalicelib.accounts.session import Sessions
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.composition.authorization_answer import client_error, redirect_on
from chalicelib.composition.client_pages import LOGO_PATH, client_pages
from chalicelib.composition.look import name_of
from chalicelib.composition.open_interaction import OpenInteraction, OpenInteractions, open_interactions
from chalicelib.composition.page_response import page_error, page_response
from chalicelib.composition.password_sign_in import OVER, PasswordSignIn, Refusal, password_sign_in
from chalicelib.composition.session_cookies import begun_session
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.pages.client_pages import NO_PAGES
from chalicelib.pages.login import device_waits_page, login_page
from chalicelib.protocol.authorization_step import meets_acr, needs_login
from chalicelib.protocol.errors import AccessDenied, MethodNotAllowed
from chalicelib.protocol.interaction import Kind
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

# Where each kind of interaction goes on.
RESUME_PATHS: dict[Kind, str] = {"authorization": "/authorize/resume", "device": "/device"}


class Ports(Record, kw_only=True):
    """What the login endpoint works with."""

    settings: Settings
    interactions: OpenInteractions
    sessions: Sessions
    sign_in: PasswordSignIn


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """The page, or what the person did on it."""
    if request.path == LOGO_PATH and request.method != "GET":
        raise MethodNotAllowed("The method is not allowed here.", reason="method", allow=("GET",))
    opened = ports.interactions.open(request, now=now, kinds=tuple(RESUME_PATHS))
    if request.path == LOGO_PATH:
        # Imported where it is first needed: few clients have a logo.
        from chalicelib.composition.client_logo import logo_answer  # noqa: PLC0415

        return logo_answer(opened, attempts=ports.sign_in.check.attempts, now=now)
    if request.method == "GET":
        return show(opened, ports, now=now)
    opened.check_csrf("login")
    match opened.form.get("action"):
        case "cancel":
            return cancel(opened, ports)
        case "continue" if may_continue(opened, now=now) and opened.session is not None:
            ports.sessions.select(opened.session, interaction=opened.interaction_hash)
            return resume(opened)
        case "continue":
            return show(opened, ports, now=now, refusal=OVER)
        case _:
            return sign_in(request, opened, ports, now=now)


def cancel(opened: OpenInteraction, ports: Ports) -> Response:
    """Back to the client, where one waits in this browser."""
    if opened.request is None:
        page = device_waits_page(look=opened.look, tenant_name=ports.settings.tenant_name)
        return page_response(page, log={"outcome": "cancelled"})
    denied = AccessDenied("The person did not sign in.", reason="login_cancelled")
    return client_error(opened.request.target, denied, look=opened.look)


def resume(opened: OpenInteraction, *, cookies: tuple[str, ...] = (), outcome: str | None = None) -> Response:
    """Back to the endpoint that wants to know who the person is."""
    path = RESUME_PATHS[opened.interaction.kind]
    return redirect_on(path, opened.interaction_id, cookies=cookies, outcome=outcome)


def show(
    opened: OpenInteraction,
    ports: Ports,
    *,
    now: int,
    login: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    """The page, with what was typed and what is wrong where something is."""
    user = opened.user if may_continue(opened, now=now) else None
    waiting = opened.request
    page = login_page(
        look=opened.look,
        tenant_name=ports.settings.tenant_name,
        client_name=name_of(waiting.client, opened.look) if waiting else None,
        redirect_uri=waiting.target.redirect_uri if waiting else None,
        interaction=opened.interaction_id,
        csrf=opened.csrf("login"),
        login=(waiting.login_hint if waiting else "") if login is None else login,
        error=refusal.error if refusal else None,
        continue_as=user.display_name if user else None,
        unverified=waiting is not None and waiting.client.unverified,
        document_uri=waiting.client.document_uri if waiting else None,
        client_pages=client_pages(waiting.client, opened.look, interaction=opened.interaction_id)
        if waiting
        else NO_PAGES,
    )
    if refusal is None:
        return page_response(page, log={"outcome": "asked"})
    return page_response(
        page,
        status=refusal.status,
        headers={"retry-after": str(refusal.wait)} if refusal.wait else None,
        log={"outcome": "refused", "reason": refusal.reason},
    )


def may_continue(opened: OpenInteraction, *, now: int) -> bool:
    """Whether the person of the live session may go on without proving who they are. Where the client
    expects somebody else, going on would only lead back here.
    """
    session, waiting = opened.session, opened.request
    if session is None or waiting is None:
        return session is not None
    if waiting.expects_somebody or not meets_acr(waiting, session):
        return False
    return not needs_login(waiting, session, interaction=opened.interaction_hash, now=now)


def sign_in(request: Request, opened: OpenInteraction, ports: Ports, *, now: int) -> Response:
    """A login name and a password: a new session and back to what waits, or the page with what is wrong."""
    login = (opened.form.get("login") or "")[: MAX_LOGIN_LENGTH + 1]
    password = opened.form.get("password") or ""
    outcome = ports.sign_in.attempt(request, opened, login=login, password=password, now=now)
    if isinstance(outcome, Refusal):
        return show(opened, ports, now=now, login=login, refusal=outcome)
    return resume(opened, cookies=begun_session(outcome, settings=ports.settings), outcome="signed_in")


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    interactions = open_interactions()
    return Ports(
        settings=settings(),
        interactions=interactions,
        sessions=interactions.states.sessions,
        sign_in=password_sign_in(interactions.states),
    )


@endpoint("login", methods=("GET", "POST"), errors=page_error, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """GET and POST /login, GET /login/logo."""
    return respond(request, ports(), now=int(time.time()))
