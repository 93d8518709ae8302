"""What an app sees of a person's session in the browser: OpenID Connect Session Management section 2.

The browser state is a cookie that scripts of this server's own page may read: another one after each
sign-in and sign-out, and nothing but that. It is made of the session's key, by a hash, so that an
authorization response needs neither the cookie nor a read to tell its session_state.
"""

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.accounts.session import Session
from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.settings import Settings

if TYPE_CHECKING:
    from chalicelib.protocol.authorization_request import AuthorizationRequest

SALT_BYTES = 16
_DEFAULT_PORTS = {"https": 443, "http": 80}


def browser_state(session_hash: str) -> str:
    """The browser state of a session, by its key."""
    return _digest(f"browser_state {session_hash}")


def session_state(*, client_id: str, redirect_uri: str, state: str, salt: str) -> str:
    """The parameter session_state: what the page at check_session_iframe computes again out of the cookie,
    the client_id it is told and the origin that asks (section 3.2).
    """
    return f"{_digest(f'{client_id} {origin_of(redirect_uri)} {state} {salt}')}.{salt}"


def session_state_member(
    request: "AuthorizationRequest", session: Session, *, settings: Settings, random: RandomText
) -> dict[str, str]:
    """The member of a successful authentication response, where the tenant has session management on.

    OpenID Connect Core section 3: without openid it is no authentication.
    """
    if not settings.session_management or "openid" not in request.scope:
        return {}
    made = session_state(
        client_id=request.client.client_id,
        redirect_uri=request.target.redirect_uri,
        state=browser_state(session.session_hash),
        salt=random(SALT_BYTES),
    )
    return {"session_state": made}


def origin_of(redirect_uri: str) -> str:
    """The origin of a page there, as a browser writes it: RFC 6454 sections 4 and 6.2."""
    parts = urlsplit(redirect_uri)
    default = _DEFAULT_PORTS.get(parts.scheme)
    if default is None:
        return "null"
    host = parts.hostname or ""
    authority = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{authority}{'' if parts.port in {None, default} else f':{parts.port}'}"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
