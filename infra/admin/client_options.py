"""A client's metadata as options of a command, with what is usual for each kind of application."""

import argparse
from collections.abc import Mapping
from typing import Any

from chalicelib.administration.client_document import MEMBERS
from chalicelib.pages.playground import REDIRECT_PATH
from chalicelib.protocol.supported import (
    CLIENT_AUTH_METHODS,
    DEVICE_CODE,
    GRANT_TYPES,
    ID_TOKEN_ALGORITHMS,
    MIGRATION_GRANT_TYPES,
    REQUEST_OBJECT_ALGORITHMS,
    SIGNING_ALGORITHMS,
    SUBJECT_TYPES,
    USERINFO_ALGORITHMS,
)
from infra.admin.options import duration, read_document
from infra.admin.refused import CommandRefused

_BY_PERSON = ["authorization_code", "refresh_token"]
KINDS: dict[str, dict[str, Any]] = {
    "spa": {"token_endpoint_auth_method": "none", "grant_types": _BY_PERSON},
    "native": {"token_endpoint_auth_method": "none", "grant_types": _BY_PERSON, "application_type": "native"},
    "web": {"token_endpoint_auth_method": "client_secret_basic", "grant_types": _BY_PERSON},
    "device": {
        "token_endpoint_auth_method": "none",
        "grant_types": [DEVICE_CODE, "refresh_token"],
        "application_type": "native",
    },
    "service": {"token_endpoint_auth_method": "client_secret_basic", "grant_types": ["client_credentials"]},
    "api": {"token_endpoint_auth_method": "client_secret_basic", "grant_types": []},
    "playground": {
        "client_name": "Playground",
        "token_endpoint_auth_method": "none",
        "grant_types": [*_BY_PERSON, DEVICE_CODE],
        "scope": "openid profile email address phone offline_access",
    },
}
# Option, member, whether it is given several times.
_OPTIONS = (
    ("--name", "client_name", False, "what people know it by"),
    ("--redirect-uri", "redirect_uris", True, "where codes are sent; several times for several"),
    (
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        True,
        "where people are sent when signed out",
    ),
    ("--client-uri", "client_uri", False, "its page, on https"),
    ("--logo-uri", "logo_uri", False, "its logo, shown where people sign in"),
    ("--policy-uri", "policy_uri", False, "its privacy policy, linked there"),
    ("--tos-uri", "tos_uri", False, "its terms of service, linked there"),
    ("--scope", "scope", False, '"openid profile read": what it may ask for'),
    ("--auth-method", "token_endpoint_auth_method", False, ", ".join(CLIENT_AUTH_METHODS)),
    ("--grant-type", "grant_types", True, ", ".join((*GRANT_TYPES, *MIGRATION_GRANT_TYPES))),
    ("--response-type", "response_types", True, "follows from its grant types, if not given"),
    (
        "--assertion-alg",
        "token_endpoint_auth_signing_alg",
        False,
        "by what its assertions are signed; any (private_key_jwt), HS256 (client_secret_jwt), if not given",
    ),
    ("--jwks-uri", "jwks_uri", False, "where its public keys are"),
    (
        "--id-token-alg",
        "id_token_signed_response_alg",
        False,
        f"{ID_TOKEN_ALGORITHMS[0]} (otherwise), {', '.join(ID_TOKEN_ALGORITHMS[1:])}",
    ),
    (
        "--introspection-alg",
        "introspection_signed_response_alg",
        False,
        f"of introspection responses as JWTs: RS256 (otherwise), {', '.join(SIGNING_ALGORITHMS[1:])}",
    ),
    ("--resource", "resources", True, "it IS this resource server, and may introspect its tokens"),
    (
        "--allowed-resource",
        "allowed_resources",
        True,
        "it may ask tokens for this one; any, if none is named",
    ),
    ("--exchange-audience", "exchange_audiences", True, "it may exchange tokens for this resource server"),
    (
        "--exchange-subject-audience",
        "exchange_subject_audiences",
        True,
        "it may exchange tokens that are for this resource server, which it is not itself",
    ),
)

_OPENID_OPTIONS = (
    ("--subject-type", "subject_type", False, f"{SUBJECT_TYPES[0]} (otherwise), {SUBJECT_TYPES[1]}"),
    ("--sector-identifier-uri", "sector_identifier_uri", False, "lists the redirect URIs of one sector"),
    ("--userinfo-alg", "userinfo_signed_response_alg", False, ", ".join(USERINFO_ALGORITHMS)),
    (
        "--request-object-alg",
        "request_object_signing_alg",
        False,
        f"{', '.join(REQUEST_OBJECT_ALGORITHMS)}; any if not given",
    ),
    ("--request-uri", "request_uris", True, "where its request objects are"),
    ("--default-acr-value", "default_acr_values", True, "how people sign in, if a request does not say"),
    ("--initiate-login-uri", "initiate_login_uri", False, "where others send people to sign in to it"),
    (
        "--backchannel-logout-uri",
        "backchannel_logout_uri",
        False,
        "where it is told of logouts by the server",
    ),
    (
        "--frontchannel-logout-uri",
        "frontchannel_logout_uri",
        False,
        "where it is told of them in the browser",
    ),
)
_FLAGS = (
    ("--rotate-refresh-tokens", "rotate_refresh_tokens", "otherwise only a client without a secret does"),
    ("--impersonation", "impersonation", "what it exchanges for does not name it as the one who acts"),
)
_OPENID_FLAGS = (
    ("--require-auth-time", "require_auth_time", "its ID tokens always say when the person signed in"),
    (
        "--backchannel-logout-session",
        "backchannel_logout_session_required",
        "it is told which session ended, not only whose",
    ),
    ("--frontchannel-logout-session", "frontchannel_logout_session_required", "the same, in the browser"),
)


def add_metadata(parser: argparse.ArgumentParser) -> None:
    """The options that make up a client's metadata."""
    group = parser.add_argument_group("metadata (RFC 7591)")
    _add(group, _OPTIONS, _FLAGS)
    group.add_argument("--jwks", metavar="FILE", help="its public keys, a JWK set")
    group.add_argument(
        "--metadata",
        metavar="FILE",
        help="all of it as a JSON object (- for standard input); options go over it",
    )
    openid = parser.add_argument_group("metadata (OpenID Connect)")
    _add(openid, _OPENID_OPTIONS, _OPENID_FLAGS)
    openid.add_argument(
        "--default-max-age",
        dest="default_max_age",
        type=duration,
        metavar="TIME",
        help="how long ago the person may have signed in, if a request does not say: 1h, 0",
    )


def _add(
    group: Any, options: tuple[tuple[str, str, bool, str], ...], flags: tuple[tuple[str, str, str], ...]
) -> None:
    for option, member, several, summary in options:
        metavar = {"scope": "SCOPE"}.get(member, option.rsplit("-", 1)[-1].upper())
        action = {"action": "append"} if several else {}
        group.add_argument(option, dest=member, metavar=metavar, help=summary, **action)
    for option, member, summary in flags:
        group.add_argument(option, dest=member, action=argparse.BooleanOptionalAction, help=summary)


def given_metadata(options: argparse.Namespace) -> dict[str, Any]:
    """The metadata that the options give, and no other. Raises CommandRefused."""
    named = (member for _, member, _, _ in (*_OPTIONS, *_OPENID_OPTIONS))
    flags = (member for _, member, _ in (*_FLAGS, *_OPENID_FLAGS))
    members = (*named, *flags, "default_max_age")
    given = {name: getattr(options, name) for name in members if getattr(options, name) is not None}
    if options.jwks:
        given["jwks"] = read_document(options.jwks)
    base = read_document(options.metadata) if options.metadata else {}
    return {**base, **given}


def usual_metadata(kind: str | None, *, issuer: str) -> dict[str, Any]:
    """What is usual for a kind of application; the playground is at the server itself."""
    if kind != "playground":
        return KINDS.get(kind or "", {})
    address = [f"{issuer}{REDIRECT_PATH}"]
    return {**KINDS[kind], "redirect_uris": address, "post_logout_redirect_uris": address}


def unset_metadata(names: list[str]) -> Mapping[str, None]:
    """Members to set back to what they are by default. Raises CommandRefused."""
    for name in names:
        if name not in MEMBERS:
            raise CommandRefused(f"A client has no member {name}. It has {', '.join(sorted(MEMBERS))}.")
    return dict.fromkeys(names)
