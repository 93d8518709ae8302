"""Clients of grants that are for migration only, as a tenant that has them on may register them."""

from typing import Any

from chalicelib.protocol.client import Client
from tests.support.client_app import ClientApp
from tests.support.http import Answer, Caller
from tests.support.tenant import Person, Tenant
from tests.support.visit import Visit, visit


def password_client(tenant: Tenant, **changes: Any) -> Client:
    """A confidential client that asks people for their passwords."""
    fields = {
        "grant_types": ("password", "refresh_token"),
        "redirect_uris": (),
        "response_types": (),
        **changes,
    }
    return tenant.client(**fields)


def by_password(app: ClientApp, person: Person, **changes: str | list[str] | None) -> Answer:
    """The token response to a person's password; None takes a parameter away."""
    fields = {
        "grant_type": "password",
        "username": person.login,
        "password": person.password,
        "scope": "read",
        **changes,
    }
    return app.token({name: value for name, value in fields.items() if value is not None})


def implicit_client(tenant: Tenant, **changes: Any) -> Client:
    """A single-page app that takes its access token from the redirect."""
    return tenant.public_client(**{"grant_types": ("implicit",), "response_types": ("token",), **changes})


def implicit_request(app: ClientApp, **changes: str | list[str] | None) -> dict[str, Any]:
    """The parameters of a good request; None takes one away."""
    fields = {
        "response_type": "token",
        "scope": "read",
        "nonce": None,
        "code_challenge": None,
        "code_challenge_method": None,
        **changes,
    }
    return app.request(**fields)


def by_implicit(here: Visit, **changes: str | list[str] | None) -> Answer:
    """The authorization response; nobody is asked anything."""
    return here.browser.open("/authorize", implicit_request(here.app, **changes))


def implicit_visit(caller: Caller, tenant: Tenant) -> Visit:
    """Somebody signed in before a single-page app that was registered for it, and has their consent."""
    known = visit(caller, tenant)
    known.app = ClientApp(implicit_client(tenant), caller)
    scope = "openid profile read write"
    known.browser.open("/authorize", implicit_request(known.app, scope=scope, prompt="consent"))
    known.browser.consent()
    return known
