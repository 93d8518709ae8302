"""The cookies of a session: the one that carries it, and what scripts may see of it where that is on."""

from chalicelib.accounts.session import SID_BYTES, parse_session_cookie
from chalicelib.gateway.cookies import SESSION, clear_cookie, set_cookie, set_session_state_cookie
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.session_state import browser_state
from chalicelib.protocol.settings import Settings


def begun_session(value: str, *, settings: Settings) -> tuple[str, ...]:
    """The Set-Cookie headers of a session that just began, by its cookie's value."""
    cookies = (set_cookie(SESSION, value, lifetime=None, settings=settings),)
    parsed = parse_session_cookie(value)
    if not settings.session_management or parsed is None:
        return cookies
    return (*cookies, set_session_state_cookie(browser_state(parsed.session_hash), settings=settings))


def ended_session(*, settings: Settings, random: RandomText) -> tuple[str, ...]:
    """The Set-Cookie headers of a session that is over. The browser state becomes another one and does not
    go: without any, apps could not tell who signed out from a browser that shows them no cookies.
    """
    cookies = (clear_cookie(SESSION, settings=settings),)
    if not settings.session_management:
        return cookies
    return (*cookies, set_session_state_cookie(random(SID_BYTES), settings=settings))
