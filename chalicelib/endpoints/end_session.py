"""End session endpoint: OpenID Connect RP-Initiated Logout.

A client that shows an ID token of the very session ends it at once; anybody else makes us ask.
"""

import time
from functools import cache, partial
from typing import Protocol

from chalicelib.accounts.session import Session, Sessions, live_session, parse_session_cookie
from chalicelib.accounts.user import Users
from chalicelib.aws.connections import connect_dynamodb, connect_lambda
from chalicelib.aws.logout_notices import LogoutEvents
from chalicelib.aws.session_grants import SessionGrantStore
from chalicelib.aws.sessions import SessionStore
from chalicelib.aws.users import UserStore
from chalicelib.composition.as_get import as_get
from chalicelib.composition.browser import known_or_new_browser
from chalicelib.composition.clients import known_clients
from chalicelib.composition.id_token_hints import id_token_hints
from chalicelib.composition.key_ring import key_ring
from chalicelib.composition.look import look_of, name_of, note_wishes
from chalicelib.composition.page_response import page_error, page_response
from chalicelib.composition.session_cookies import ended_session
from chalicelib.composition.session_ending import SessionEnding
from chalicelib.composition.sign_out_everywhere import sign_out_everywhere
from chalicelib.gateway.cookies import BROWSER, SESSION, read_cookie
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.form import query_or_form_parameters
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, redirect
from chalicelib.gateway.security_events import event_of_request
from chalicelib.pages.display_text import host_of
from chalicelib.pages.logout import logout_page, signed_out_page, stayed_page, told_page
from chalicelib.pages.look import Look
from chalicelib.pages.page import Link
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Clients
from chalicelib.protocol.errors import ContentTooLarge
from chalicelib.protocol.id_token_hint import IdTokenHints
from chalicelib.protocol.interaction import check_csrf_token, csrf_token
from chalicelib.protocol.logout_request import PARAMETERS, LogoutRequest, check_logout_request
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record


class StoredSessions(Sessions, Protocol):
    """Where sessions are kept and found."""

    def get(self, session_hash: str) -> Session | None: ...


class Ports(Record, kw_only=True):
    """What the end session endpoint works with."""

    settings: Settings
    clients: Clients
    hints: IdTokenHints
    sessions: StoredSessions
    users: Users
    ending: SessionEnding
    random: RandomText


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """Ends the session, or asks first."""
    parameters = query_or_form_parameters(request)
    note_wishes(request, parameters)
    logout = check_logout_request(parameters, clients=ports.clients, hints=ports.hints, now=now)
    if logout.client is not None:
        request.facts["client_id"] = logout.client.client_id
    value = read_cookie(request, SESSION, settings=ports.settings)
    if request.method == "POST" and value is None:
        # A POST from another site comes without SameSite=Lax cookies; the same as a GET brings them, and
        # only there is the person asked.
        location = as_get("/end_session", parameters, names=PARAMETERS)
        if location is None:
            raise ContentTooLarge("The request is too long.", reason="query_too_large")
        return redirect(location, log={"outcome": "as_get"})
    decision = parameters.get("decision") if request.method == "POST" else None
    cookie = parse_session_cookie(value)
    stored = ports.sessions.get(cookie.session_hash) if cookie else None
    session = live_session(stored, cookie, now=now)
    if session is None:
        return leave(request, logout, ports, outcome="no_session", clear=value is not None)
    request.facts["sub"] = session.sub
    if decision is None and logout.names(session, subjects=ports.hints.subjects):
        return end(request, session, logout, ports, everywhere=False)
    if decision is None:
        return ask(request, session, parameters, logout, ports)
    browser = read_cookie(request, BROWSER, settings=ports.settings) or ""
    check_csrf_token(parameters.get("csrf"), browser=browser, purpose=_purpose(session))
    if decision in {"sign_out", "sign_out_everywhere"}:
        return end(request, session, logout, ports, everywhere=decision == "sign_out_everywhere")
    page = stayed_page(look=look_of(request), tenant_name=ports.settings.tenant_name)
    return page_response(page, log={"outcome": "stayed"})


def ask(
    request: Request, session: Session, parameters: Parameters, logout: LogoutRequest, ports: Ports
) -> Response:
    """The page that asks whether to sign out."""
    browser, cookies = known_or_new_browser(request, settings=ports.settings, random=ports.random)
    user = ports.users.get(session.sub)
    look = look_of(request)
    page = logout_page(
        look=look,
        tenant_name=ports.settings.tenant_name,
        person=user.display_name if user else session.sub,
        client_name=name_of(logout.client, look) if logout.client else None,
        csrf=csrf_token(browser=browser, purpose=_purpose(session)),
        fields={name: values[0] for name, values in parameters.select(PARAMETERS).items()},
        post_logout_redirect_uri=logout.location,
    )
    return page_response(page, cookies=cookies, log={"outcome": "asked"})


def end(
    request: Request, session: Session, logout: LogoutRequest, ports: Ports, *, everywhere: bool
) -> Response:
    """The session ends, and its clients are told: in the browser before the person goes on."""
    told = ports.ending.end(session, everywhere=everywhere)
    outcome = "signed_out_everywhere" if everywhere else "signed_out"
    return leave(request, logout, ports, outcome=outcome, clear=True, told=told)


def leave(
    request: Request,
    logout: LogoutRequest,
    ports: Ports,
    *,
    outcome: str,
    clear: bool,
    told: tuple[str, ...] = (),
) -> Response:
    """Back to the client, or the page that says it is done; the browser forgets a session it showed. With
    clients to be told in the browser there is always a page, which leads on to the client.
    """
    cookies = ended_session(settings=ports.settings, random=ports.random) if clear else ()
    log = {"outcome": outcome}
    look, tenant_name = look_of(request), ports.settings.tenant_name
    offered = _offered(logout, look) if outcome == "no_session" else None
    everywhere = outcome == "signed_out_everywhere"
    if told:
        page = told_page(
            look=look,
            tenant_name=tenant_name,
            frames=told,
            location=logout.location,
            everywhere=everywhere,
        )
    elif logout.location is not None and offered is None:
        return redirect(logout.location, cookies=cookies, log=log)
    else:
        page = signed_out_page(look=look, tenant_name=tenant_name, everywhere=everywhere, way_on=offered)
    return page_response(page, cookies=cookies, log=log)


def _offered(logout: LogoutRequest, look: Look) -> Link | None:
    """Where nothing ended, nobody is sent on to the web site of a client that anybody may publish until they
    say so (RFC 9700 section 4.11.2): its ID token may be its maker's own, in a link to here.
    """
    if logout.location is None or logout.client is None or logout.client.document_uri is None:
        return None
    host = host_of(logout.location)
    return None if host is None else Link(look.say("Go back to {host}", host=host), logout.location)


def _purpose(session: Session) -> str:
    return f"end_session {session.session_hash}"


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    connect_lambda()
    notices = LogoutEvents(required("BACKCHANNEL_LOGOUT_FUNCTION"))
    clients, sessions = known_clients(), SessionStore(required("SESSIONS_TABLE"))
    hints = id_token_hints(clients=clients, keys=key_ring())
    return Ports(
        settings=settings(),
        clients=clients,
        hints=hints,
        sessions=sessions,
        users=UserStore(required("USERS_TABLE")),
        ending=SessionEnding(
            settings=settings(),
            clients=clients,
            subjects=hints.subjects,
            sessions=sessions,
            grants=SessionGrantStore(required("GRANTS_TABLE")),
            notices=notices,
            everywhere=partial(
                sign_out_everywhere,
                users_table=required("USERS_TABLE"),
                grants_table=required("GRANTS_TABLE"),
                random=random_text,
                notices=notices,
            ),
        ),
        random=random_text,
    )


@endpoint("end_session", methods=("GET", "POST"), errors=page_error, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """GET and POST /end_session."""
    return respond(request, ports(), now=int(time.time()))
