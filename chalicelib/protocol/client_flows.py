"""By which flows a client may get tokens, and where they return to: RFC 7591 section 2.1, OpenID Connect
Dynamic Registration section 2, RFC 9700 section 4.1.3, RFC 8252.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from chalicelib.protocol.client import Client
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.redirect_uri import is_loopback, why_not_registrable
from chalicelib.protocol.response_type import grant_types_of, in_order
from chalicelib.protocol.supported import (
    CONFIDENTIAL_GRANT_TYPES,
    GRANT_TYPES,
    IMPLICIT,
    MIGRATION_GRANT_TYPES,
    REGISTRABLE_RESPONSE_TYPES,
)


def canonical(response_types: Iterable[str]) -> tuple[str, ...]:
    """Response types as this server writes them, each once."""
    return tuple(dict.fromkeys(map(in_order, response_types)))


def grant_types_of_all(response_types: Iterable[str]) -> tuple[str, ...]:
    """The grant types these take together."""
    needed = {grant_type for response_type in response_types for grant_type in grant_types_of(response_type)}
    return tuple(sorted(needed))


def check_redirect_uris(client: Client) -> None:
    """RFC 9700 section 4.1.3; private-use schemes and any-port loopback are for native apps (RFC 8252), and
    the implicit grant is on https, and of another host than the person's own, for all others (OpenID Connect
    Dynamic Registration section 2).
    """
    web = client.application_type == "web"
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in getattr(client, name):
            sentence = why_not_registrable(uri)
            if sentence is None and web and not uri.startswith("https://") and not is_loopback(uri):
                sentence = "A private-use scheme is for native apps: set application_type to native."
            if sentence is not None:
                raise InvalidClientMetadata(f"{name}: {sentence}", member=name)
    if web and IMPLICIT in client.grant_types and any(map(_is_local, client.redirect_uris)):
        raise InvalidClientMetadata(
            "redirect_uris: With the implicit grant, a web app's are on https and not on localhost. An app "
            "on the person's own device has application_type native.",
            member="redirect_uris",
        )


def check_flows(client: Client) -> None:
    """Grant types, response types and redirect URIs agree."""
    for name, values, known in (
        ("grant_types", client.grant_types, (*GRANT_TYPES, *MIGRATION_GRANT_TYPES)),
        ("response_types", canonical(client.response_types), REGISTRABLE_RESPONSE_TYPES),
    ):
        if not set(values) <= set(known):
            raise InvalidClientMetadata(f"{name} are of {', '.join(known)}.", member=name)
    for grant_type, word in (("authorization_code", "code"), (IMPLICIT, "token or id_token")):
        if grant_type in client.grant_types:
            _check_redirected(client, f"the grant type {grant_type}")
            if grant_type not in grant_types_of_all(client.response_types):
                raise InvalidClientMetadata(
                    f"response_types has one with {word} where grant_types has {grant_type}.",
                    member="response_types",
                )
    for response_type in canonical(client.response_types):
        # That of nobody's code is of no use, and no harm.
        if response_type != "code":
            _check_response_type(client, response_type)
    for grant_type in CONFIDENTIAL_GRANT_TYPES:
        if grant_type in client.grant_types and client.public:
            raise InvalidClientMetadata(
                f"grant_types has {grant_type}, which is for clients that authenticate; "
                "with token_endpoint_auth_method none it can't be used.",
                member="grant_types",
            )


def _check_response_type(client: Client, response_type: str) -> None:
    _check_redirected(client, f"the response type {response_type}")
    missing = sorted(grant_types_of(response_type) - set(client.grant_types))
    if missing:
        raise InvalidClientMetadata(
            f"response_types has {response_type} only where grant_types has {' and '.join(missing)}.",
            member="response_types",
        )


def _check_redirected(client: Client, what: str) -> None:
    if not client.redirect_uris:
        raise InvalidClientMetadata(
            f"redirect_uris are needed for {what}; a service has grant_types client_credentials alone.",
            member="redirect_uris",
        )


def _is_local(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme != "https" or parts.hostname == "localhost"
