"""Login endpoint: where a person proves who they are (RFC 6749 section 3.1, OpenID Connect Core 3.1.2.3).

A page with one form, for one interaction. Signing in makes a session; the endpoint the interaction
began at takes it from there.
"""

import os
import time
from collections.abc import Callable
from functools import cache

from chalicelib.accounts.attempts import AttemptKey, Attempts, attempt_keys
from chalicelib.accounts.password import (
    MAX_LOGIN_LENGTH,
    SALT_BYTES,
    PasswordCredentials,
    hash_password,
    needs_rehash,
    normalize_login,
    verify_password,
)
from chalicelib.accounts.session import SECRET_BYTES, SID_BYTES, Sessions, session_cookie, started_session
from chalicelib.accounts.user import Users
from chalicelib.aws.attempts import AttemptStore
from chalicelib.aws.connections import connect_dynamodb
from chalicelib.aws.users import PasswordStore
from chalicelib.composition.authorization_answer import redirect_error, redirect_on
from chalicelib.composition.open_interaction import OpenInteraction, OpenInteractions, open_interactions
from chalicelib.composition.page_response import page_error, page_response
from chalicelib.gateway.cookies import SESSION, set_cookie
from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.entropy import random_text
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.gateway.security_events import event_of_request
from chalicelib.pages.login import device_waits_page, login_page
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.authorization_step import needs_login
from chalicelib.protocol.errors import AccessDenied
from chalicelib.protocol.interaction import Kind, hash_identifier
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.settings import Settings
from chalicelib.record import Record

# Where each kind of interaction goes on.
RESUME_PATHS: dict[Kind, str] = {"authorization": "/authorize/resume", "device": "/device"}
AMR_PASSWORD = ("pwd",)


class Refusal(Record, kw_only=True):
    """Why nobody is signed in, for the log and on the page. `wait` is in seconds, until the next attempt."""

    reason: Reason
    error: str
    status: int = 400
    wait: int | None = None


# One answer for all three: nobody learns which accounts there are.
WRONG = "The email or password is not right. Check both and try again."
INCOMPLETE = Refusal(reason="login_incomplete", error=WRONG)
UNKNOWN = Refusal(reason="login_unknown", error=WRONG)
WRONG_PASSWORD = Refusal(reason="password_wrong", error=WRONG)
NOT_ACTIVE = "This account is not active. Ask the people who run this service."
DISABLED = Refusal(reason="account_disabled", error=NOT_ACTIVE, status=403)
OVER = Refusal(reason="login_needed", error="Your session is over. Sign in again.")


class Ports(Record, kw_only=True):
    """What the login endpoint works with."""

    settings: Settings
    interactions: OpenInteractions
    sessions: Sessions
    users: Users
    passwords: PasswordCredentials
    attempts: Attempts
    random: RandomText
    salt: Callable[[], bytes]


def respond(request: Request, ports: Ports, *, now: int) -> Response:
    """The page, or what the person did on it."""
    opened = ports.interactions.open(request, now=now, kinds=tuple(RESUME_PATHS))
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
        page = device_waits_page(tenant_name=ports.settings.tenant_name)
        return page_response(page, log={"outcome": "cancelled"})
    denied = AccessDenied("The person did not sign in.", reason="login_cancelled")
    return redirect_error(opened.request.target, denied)


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
        tenant_name=ports.settings.tenant_name,
        client_name=waiting.client.client_name if waiting else None,
        redirect_uri=waiting.target.redirect_uri if waiting else None,
        interaction=opened.interaction_id,
        csrf=opened.csrf("login"),
        login=(waiting.login_hint if waiting else "") if login is None else login,
        error=refusal.error if refusal else None,
        continue_as=user.display_name if user else None,
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
    if waiting.id_token_hint is not None:
        return False
    return not needs_login(waiting, session, interaction=opened.interaction_hash, now=now)


def sign_in(request: Request, opened: OpenInteraction, ports: Ports, *, now: int) -> Response:
    """A login name and a password: a new session, or the page again with what is wrong."""
    login = (opened.form.get("login") or "")[: MAX_LOGIN_LENGTH + 1]
    name = normalize_login(login)
    password = opened.form.get("password") or ""
    if not name or not password or len(name) > MAX_LOGIN_LENGTH:
        return show(opened, ports, now=now, login=login, refusal=INCOMPLETE)
    credential = ports.passwords.get(name)
    # Whom it is about, and not who was signed in before.
    request.facts.pop("sub", None)
    if credential is not None:
        request.facts["sub"] = credential.sub
    browser = hash_identifier(opened.browser)
    known = credential is not None and browser in credential.browsers
    counted = attempt_keys(name, known_browser=browser if known else None, source_ip=request.source_ip)
    wait = begin_attempt(counted, ports, now=now)
    if wait:
        error = f"Too many attempts. Wait {wait} seconds, then try again."
        throttled = Refusal(reason="login_throttled", error=error, status=429, wait=wait)
        return show(opened, ports, now=now, login=login, refusal=throttled)
    if not verify_password(password, credential) or credential is None:
        wrong = WRONG_PASSWORD if credential else UNKNOWN
        return show(opened, ports, now=now, login=login, refusal=wrong)
    user = ports.users.get(credential.sub)
    if user is None or user.disabled:
        return show(opened, ports, now=now, login=login, refusal=DISABLED)
    for key in counted:
        clear = ports.attempts.take_back if key.shared else ports.attempts.forget
        clear(key)
    if not known:
        ports.passwords.remember_browser(credential, browser)
    if needs_rehash(credential):
        new_hash = hash_password(password, salt=ports.salt())
        ports.passwords.replace_hash(credential, new_hash)
    return start_session(opened, credential.sub, ports, now=now)


def begin_attempt(counted: tuple[AttemptKey, ...], ports: Ports, *, now: int) -> int:
    """Counts an attempt under every key, and returns 0; the seconds to wait where one of them says so."""
    for key in counted:
        wait = ports.attempts.begin(key, now=now)
        if wait:
            return wait
    return 0


def start_session(opened: OpenInteraction, sub: str, ports: Ports, *, now: int) -> Response:
    """A new session in place of the one there was, against fixation; and back to what waits."""
    secret = ports.random(SECRET_BYTES)
    previous = opened.session
    ports.sessions.put(
        started_session(
            secret=secret,
            sid=ports.random(SID_BYTES),
            sub=sub,
            amr=AMR_PASSWORD,
            interaction=opened.interaction_hash,
            previous=previous,
            lifetime=ports.settings.session_lifetime,
            idle_lifetime=ports.settings.session_idle_lifetime,
            now=now,
        )
    )
    if previous is not None:
        ports.sessions.delete(previous.session_hash)
    cookie = set_cookie(SESSION, session_cookie(sub, secret), lifetime=None, settings=ports.settings)
    return resume(opened, cookies=(cookie,), outcome="signed_in")


@cache
def ports() -> Ports:
    """The adapters, made once an instance."""
    connect_dynamodb()
    interactions = open_interactions()
    return Ports(
        settings=settings(),
        interactions=interactions,
        sessions=interactions.states.sessions,
        users=interactions.states.users,
        passwords=PasswordStore(required("USERS_TABLE")),
        attempts=AttemptStore(required("REQUESTS_TABLE")),
        random=random_text,
        salt=lambda: os.urandom(SALT_BYTES),
    )


@endpoint("login", methods=("GET", "POST"), errors=page_error, prepare=ports, event_of=event_of_request)
def handler(request: Request) -> Response:
    """GET and POST /login."""
    return respond(request, ports(), now=int(time.time()))
