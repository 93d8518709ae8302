"""The two cookies this server sets: RFC 6265bis.

`__Host-` ties a cookie to exactly this host over TLS, so that no neighbour can plant one. Only an
issuer on loopback has no TLS; its cookies go without the prefix, which browsers would refuse.
"""

from chalicelib.gateway.request import Request
from chalicelib.protocol.settings import Settings

SESSION = "session"
BROWSER = "browser"
BROWSER_LIFETIME = 400 * 86_400
MAX_COOKIE = 512


def read_cookie(request: Request, name: str, *, settings: Settings) -> str | None:
    """A cookie's value, None where it is absent or no value this server sets."""
    value = request.cookies.get(_full_name(name, settings), "")
    return value if 0 < len(value) <= MAX_COOKIE and value.isascii() and value.isprintable() else None


def set_cookie(name: str, value: str, *, lifetime: int | None, settings: Settings) -> str:
    """A Set-Cookie header; `lifetime` in seconds, None for as long as the browser runs."""
    age = "" if lifetime is None else f"; Max-Age={lifetime}"
    secure = "; Secure" if settings.secure else ""
    return f"{_full_name(name, settings)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"


def clear_cookie(name: str, *, settings: Settings) -> str:
    """A Set-Cookie header that ends the cookie."""
    return set_cookie(name, "", lifetime=0, settings=settings)


def _full_name(name: str, settings: Settings) -> str:
    return f"__Host-{name}" if settings.secure else f"keyturn_{name}"
