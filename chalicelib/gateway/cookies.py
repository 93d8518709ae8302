"""The cookies this server sets: RFC 6265bis.

`__Host-` ties a cookie to exactly this host over TLS, so that no neighbour can plant one. Only an
issuer on loopback has no TLS; its cookies go without the prefix, which browsers would refuse.
"""

from chalicelib.gateway.request import Request
from chalicelib.protocol.settings import Settings

SESSION = "session"
BROWSER = "browser"
# For the script of the page at check_session_iframe; it is never read here.
SESSION_STATE = "session_state"
BROWSER_LIFETIME = 400 * 86_400
MAX_COOKIE = 512


def read_cookie(request: Request, name: str, *, settings: Settings) -> str | None:
    """A cookie's value, None where it is absent or no value this server sets."""
    value = request.cookies.get(full_name(name, settings=settings), "")
    return value if 0 < len(value) <= MAX_COOKIE and value.isascii() and value.isprintable() else None


def set_cookie(name: str, value: str, *, lifetime: int | None, settings: Settings) -> str:
    """A Set-Cookie header; `lifetime` in seconds, None for as long as the browser runs."""
    age = "" if lifetime is None else f"; Max-Age={lifetime}"
    secure = "; Secure" if settings.secure else ""
    return f"{full_name(name, settings=settings)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def set_session_state_cookie(value: str, *, settings: Settings) -> str:
    """A Set-Cookie header for what a script of this server reads in a frame of another site: so it is neither
    HttpOnly nor kept to this site, and holds nothing but that it changes. A browser takes Secure from a
    loopback address too, and SameSite=None from nobody without it.
    """
    return f"{full_name(SESSION_STATE, settings=settings)}={value}; Path=/; Secure; SameSite=None"


def clear_cookie(name: str, *, settings: Settings) -> str:
    """A Set-Cookie header that ends the cookie."""
    return set_cookie(name, "", lifetime=0, settings=settings)


def full_name(name: str, *, settings: Settings) -> str:
    """The name a browser knows it by."""
    return f"__Host-{name}" if settings.secure else f"keyturn_{name}"
