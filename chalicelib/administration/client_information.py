"""A client information response: RFC 7591 section 3.2.1, RFC 7592 section 3."""

from typing import Any

from chalicelib.administration.registration_document import REGISTRABLE
from chalicelib.protocol.client import Client
from chalicelib.record import Record

# RFC 7592 section 3: where a client configuration endpoint is, at the registration endpoint.
PATH = "/register"


class Registration(Record, kw_only=True):
    """A client as it stands registered, and what is told of it this once: its secret, and the token it
    manages its record with, each None where there is none to tell. `known` says that the record was there
    before; `redirect_uris` are as they were asked for.
    """

    client: Client
    redirect_uris: tuple[str, ...]
    client_secret: str | None = None
    registration_access_token: str | None = None
    known: bool = False


def client_information(registration: Registration, *, issuer: str) -> dict[str, Any]:
    """All registered metadata, that in other languages by their own names, and what identifies the client. A
    secret is kept as a hash, so it is told when it is made and never again.
    """
    client = registration.client
    information: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": client.client_id_issued_at,
    }
    if registration.client_secret is not None:
        information |= {"client_secret": registration.client_secret, "client_secret_expires_at": 0}
    if registration.registration_access_token is not None:
        information |= {
            "registration_access_token": registration.registration_access_token,
            "registration_client_uri": f"{issuer}{PATH}/{client.client_id}",
        }
    for name in REGISTRABLE:
        value = getattr(client, name)
        if name in _ALWAYS or (value is not None and value != ()):
            information[name] = list(value) if isinstance(value, tuple) else value
    if client.scope:
        information["scope"] = " ".join(client.scope)
    if client.redirect_uris:
        information["redirect_uris"] = list(registration.redirect_uris)
    if client.software_statement is not None:
        information["software_statement"] = client.software_statement
    return {**information, **client.localized}


_ALWAYS = ("grant_types", "response_types", "token_endpoint_auth_method")
