"""Clients as their documents have them."""

import secrets

from chalicelib.administration.clients import new_client_secret

SPA = {
    "client_name": "Notes",
    "token_endpoint_auth_method": "none",
    "redirect_uris": ["https://app.example.com/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid read",
}
SERVICE = {"client_name": "Export", "grant_types": ["client_credentials"], "scope": "read"}


def secret() -> str:
    """A new one."""
    return new_client_secret(secrets.token_urlsafe)
