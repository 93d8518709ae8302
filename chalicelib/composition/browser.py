"""The browser a person uses, told from others by a cookie of random text."""

from chalicelib.gateway.cookies import BROWSER, BROWSER_LIFETIME, read_cookie, set_cookie
from chalicelib.gateway.request import Request
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.interaction import BROWSER_BYTES
from chalicelib.protocol.settings import Settings


def known_or_new_browser(
    request: Request, *, settings: Settings, random: RandomText
) -> tuple[str, tuple[str, ...]]:
    """The browser's secret, and the Set-Cookie headers that give it one where it had none."""
    browser = read_cookie(request, BROWSER, settings=settings)
    if browser is not None:
        return browser, ()
    browser = random(BROWSER_BYTES)
    return browser, (set_cookie(BROWSER, browser, lifetime=BROWSER_LIFETIME, settings=settings),)
