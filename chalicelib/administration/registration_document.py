"""What a client that registers itself may say of itself: RFC 7591 sections 2 and 2.2, read from its document.

Members this server does not know, and those only an operator sets, are ignored (section 2). A refusal's
sentence is made of constants and of names in REGISTRABLE: never of what was sent.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.administration.client_document import DEFAULT_AUTH_METHOD, MEMBERS
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client_flows import grant_types_of_all
from chalicelib.protocol.client_metadata import LOCALIZED
from chalicelib.protocol.errors import InvalidScope
from chalicelib.protocol.redirect_uri import redirect_host, why_not_registrable
from chalicelib.protocol.scope import parse_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import CLIENT_AUTH_METHODS, DYNAMIC_GRANT_TYPES, IMPLICIT
from chalicelib.record import Record

REGISTRABLE = (
    "application_type",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "client_name",
    "client_uri",
    "contacts",
    "default_acr_values",
    "default_max_age",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_id",
    "software_version",
    "subject_type",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
)
UNNAMED = "Unnamed app"
MAX_TEXT = 200
MAX_URI = 2_048
MAX_SCOPE = 2_048
MAX_VALUES = 32
MAX_LOCALIZED = 64
MAX_KEYS = 16
# Zero-width joiners: languages and emoji need them.
_JOINERS = "\u200c\u200d"
_NOT_SHOWN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


class RegistrationPolicy(Record, kw_only=True):
    """What a registration may ask for: grant types, and scope values, None for any. A document without a
    scope asks for all of these.
    """

    grant_types: tuple[str, ...]
    scope: tuple[str, ...] | None = None


def open_policy(settings: Settings) -> RegistrationPolicy:
    """What anybody may register at this tenant."""
    implicit = (IMPLICIT,) if settings.implicit_grant else ()
    return RegistrationPolicy(grant_types=(*DYNAMIC_GRANT_TYPES, *implicit))


def known_members(document: Mapping[str, Any]) -> dict[str, Any]:
    """The members a registration reads, those in other languages too; null is as if left out."""
    return {
        name: value
        for name, value in document.items()
        if value is not None and (name in REGISTRABLE or is_localized(name))
    }


def is_localized(name: str) -> bool:
    """Whether it names a member in a language (RFC 7591 section 2.2)."""
    member, hash_sign, _ = name.partition("#")
    return bool(hash_sign) and member in LOCALIZED


def registration_metadata(document: Mapping[str, Any], *, policy: RegistrationPolicy) -> dict[str, Any]:
    """The client's metadata as administration has it: of the right types, within bounds, with the defaults of
    RFC 7591 section 2 and those this server sets. Raises InvalidMember, which names the member at fault.
    """
    given = known_members(document)
    localized = {name: given.pop(name) for name in [*given] if is_localized(name)}
    if len(localized) > MAX_LOCALIZED:
        raise InvalidMember("There are too many members in other languages.")
    metadata = {name: _parsed(name, value) for name, value in given.items()}
    metadata["localized"] = {name: _text(name.partition("#")[0], text) for name, text in localized.items()}
    for uri in metadata.get("redirect_uris", ()):
        sentence = why_not_registrable(uri)
        if sentence is not None:
            raise InvalidMember(sentence, member="redirect_uris")
    _check_method(metadata.setdefault("token_endpoint_auth_method", DEFAULT_AUTH_METHOD))
    if "application_type" not in metadata:
        # RFC 7591 has no such member: an app on a device is known by where it is returned to.
        apart = any(not uri.startswith("https:") for uri in metadata.get("redirect_uris", ()))
        metadata["application_type"] = "native" if apart else "web"
    metadata.setdefault("client_name", _name(metadata))
    _check_flows(metadata, policy)
    metadata["scope"] = _scope(metadata.get("scope"), policy)
    # What is left out is as by default; of what is an operator's to say, nothing is said.
    return {**dict.fromkeys(REGISTRABLE), **metadata}


def _parsed(name: str, value: Any) -> Any:
    if MEMBERS[name] is MEMBERS["client_name"]:
        return _text(name, value)
    if name == "scope":
        return _words(value)
    parsed = MEMBERS[name](name, value)
    if name == "jwks" and len(parsed["keys"]) > MAX_KEYS:
        raise InvalidMember(f"{name} holds more than {MAX_KEYS} keys.", member=name)
    if isinstance(parsed, tuple):
        if len(parsed) > MAX_VALUES:
            raise InvalidMember(f"{name} has more than {MAX_VALUES} values.", member=name)
        return tuple(_text(name, one) for one in parsed)
    return parsed


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str) or len(value) > MAX_SCOPE:
        raise InvalidMember("scope is one text of words with spaces between, not too long.", member="scope")
    try:
        return parse_scope(value) or ()
    except InvalidScope as error:
        raise InvalidMember(f"scope: {error.description}", member="scope") from None


def _text(name: str, value: Any) -> str:
    """Text that people read, or machines compare: what it looks like is what it is."""
    if not isinstance(value, str):
        raise InvalidMember(f"{name} is a string.", member=name)
    longest = MAX_URI if name.endswith(("_uri", "_uris")) else MAX_TEXT
    if len(value) > longest:
        raise InvalidMember(f"{name} is longer than {longest} characters.", member=name)
    for character in value:
        if unicodedata.category(character) in _NOT_SHOWN and character not in _JOINERS:
            raise InvalidMember(
                f"{name} holds a character that is not shown, or that changes how others are shown.",
                member=name,
            )
    return value


def _name(metadata: Mapping[str, Any]) -> str:
    """Where the client is to be found, for people to know it by, where it has no name."""
    for uri in metadata.get("redirect_uris", ()):
        host = redirect_host(uri)
        if host is not None:
            return host
    try:
        return urlsplit(metadata.get("client_uri", "")).hostname or UNNAMED
    except ValueError:
        return UNNAMED


def _check_method(method: str) -> None:
    if method not in CLIENT_AUTH_METHODS:
        raise InvalidMember(
            f"token_endpoint_auth_method is one of {', '.join(CLIENT_AUTH_METHODS)}.",
            member="token_endpoint_auth_method",
        )


def _check_flows(metadata: dict[str, Any], policy: RegistrationPolicy) -> None:
    """RFC 7591 section 2.1: what is left out follows; what is given must agree, and be allowed here."""
    response_types = metadata.get("response_types")
    needed = grant_types_of_all(("code",) if response_types is None else response_types)
    grant_types = metadata.setdefault("grant_types", needed)
    if not set(grant_types) <= set(policy.grant_types):
        raise InvalidMember(
            f"grant_types are of {', '.join(policy.grant_types)} for a client that registers itself.",
            member="grant_types",
        )
    if response_types is not None and ("authorization_code" in needed) is not (
        "authorization_code" in grant_types
    ):
        raise InvalidMember(
            "response_types has one with code exactly where grant_types has authorization_code.",
            member="response_types",
        )


def _scope(asked: tuple[str, ...] | None, policy: RegistrationPolicy) -> tuple[str, ...]:
    """What is asked, as far as it is allowed; RFC 7591 section 2 lets a server choose. Words that no resource
    server has yet may have one tomorrow.

    Where nothing is limited nothing is registered: it may ask people for all that is open to such clients.
    Its own word for less protects nobody, as it could register again; and MCP clients register with what
    they are asked for first, and ask for more when a tool needs it.
    """
    if policy.scope is None:
        return ()
    wanted = asked or policy.scope
    kept = tuple(token for token in wanted if token in policy.scope)
    if wanted and not kept:
        raise InvalidMember("scope holds nothing that the client may ask for.", member="scope")
    return kept
