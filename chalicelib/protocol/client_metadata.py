"""What a client may be registered with: RFC 7591 sections 2 and 2.1, RFC 9700, RFC 8252.

Whoever writes a client record checks it here first.
"""

import re
from collections.abc import Collection
from typing import get_args

from chalicelib.protocol.client import ApplicationType, Client
from chalicelib.protocol.client_algorithms import check_algorithms, check_credentials, check_encryption
from chalicelib.protocol.client_flows import check_flows, check_redirect_uris
from chalicelib.protocol.client_rule import InvalidClientMetadata, is_web
from chalicelib.protocol.errors import InvalidScope, InvalidTarget, OAuthError
from chalicelib.protocol.id_jag_policy import check_id_jag_audiences
from chalicelib.protocol.openid_client_metadata import check_openid
from chalicelib.protocol.resource import check_resource_syntax
from chalicelib.protocol.scope import parse_scope
from chalicelib.protocol.supported import MIGRATION_GRANT_TYPES

MAX_CLIENT_ID = 512
WEB_PAGES = ("client_uri", "logo_uri", "policy_uri", "tos_uri")
LOCALIZED = ("client_name", *WEB_PAGES)
# BCP 47, as far as its syntax matters here.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")


def check_client_metadata(client: Client, *, migration: Collection[str] = ()) -> None:
    """Every rule in turn; `migration` are the grant types for migration that the tenant has on. Raises
    InvalidClientMetadata.
    """
    check_migration(client, on=migration)
    rules = (
        check_identity,
        check_redirect_uris,
        check_flows,
        check_scope,
        check_rotation,
        check_exchange,
        check_credentials,
        check_algorithms,
        check_encryption,
        check_openid,
    )
    for rule in rules:
        rule(client)


def check_migration(client: Client, *, on: Collection[str]) -> None:
    """RFC 9700 sections 2.1.2 and 2.4: what is for migration only, the tenant must have switched on."""
    for grant_type in MIGRATION_GRANT_TYPES:
        if grant_type in client.grant_types and grant_type not in on:
            raise InvalidClientMetadata(
                f"grant_types has {grant_type}, which is for migration only and off at this tenant: "
                f"its parameter {grant_type.capitalize()}Grant switches it on."
            )


def check_identity(client: Client) -> None:
    """An identifier of printable ASCII (RFC 6749 appendix A.1), a name, web pages on https."""
    client_id = client.client_id
    if not 0 < len(client_id) <= MAX_CLIENT_ID or not client_id.isascii() or not client_id.isprintable():
        raise InvalidClientMetadata("client_id is 1 to 512 characters of printable ASCII.")
    if client.application_type not in get_args(ApplicationType):
        raise InvalidClientMetadata("application_type is web or native.")
    if not client.client_name.strip():
        raise InvalidClientMetadata("client_name is needed, for people to know the client by.")
    check_pages(client)


def check_pages(client: Client) -> None:
    """What a client shows of itself in one language or several (RFC 7591 section 2.2)."""
    for name in WEB_PAGES:
        uri = getattr(client, name)
        if uri is not None and not is_web(uri):
            raise InvalidClientMetadata(f"{name} is an https URL.")
    for name, text in client.localized.items():
        member, _, language = name.partition("#")
        if member not in LOCALIZED or not _LANGUAGE.fullmatch(language):
            raise InvalidClientMetadata(
                f"localized has names like client_name#fr, of {', '.join(LOCALIZED)} and a language tag."
            )
        if not (is_web(text) if member in WEB_PAGES else text.strip()):
            raise InvalidClientMetadata(f"localized: {member} is an https URL, or a name, in each language.")


def check_scope(client: Client) -> None:
    """RFC 6749 section 3.3, RFC 8707 section 2: a resource is named as a request would name it."""
    try:
        known = parse_scope(" ".join(client.scope)) or ()
        for resource in (*client.resources, *(client.allowed_resources or ())):
            check_resource_syntax(resource)
    except OAuthError as error:
        name = "scope" if isinstance(error, InvalidScope) else "resources and allowed_resources"
        raise InvalidClientMetadata(f"{name}: {error.description}") from None
    if known != client.scope:
        raise InvalidClientMetadata("scope has words, each of them once.")


def check_rotation(client: Client) -> None:
    """RFC 9700 section 4.14.2: by rotation alone a stolen refresh token of a public client is found out."""
    if client.public and client.rotate_refresh_tokens is False:
        raise InvalidClientMetadata(
            "rotate_refresh_tokens is false only for clients that authenticate; "
            "with token_endpoint_auth_method none refresh tokens always rotate."
        )


def check_exchange(client: Client) -> None:
    """What a client may exchange, and for whom: each target is named as a request would name it."""
    try:
        for resource in (*client.exchange_audiences, *client.exchange_subject_audiences):
            check_resource_syntax(resource)
        check_id_jag_audiences(client.id_jag_audiences)
    except (InvalidTarget, ValueError) as error:
        raise InvalidClientMetadata(f"token exchange: {error}") from None
