"""A client as a JSON document: the metadata of RFC 7591 section 2, and members of our own.

`resources`, `allowed_resources`, `rotate_refresh_tokens` and those about exchanging tokens are those of
chalicelib.protocol.client. What
identifies and authenticates a client (client_id, secrets) is no metadata and stands beside it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.administration import members
from chalicelib.administration.members import Parse, members_of
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client import Client
from chalicelib.protocol.client_algorithms import ENCRYPTED, SECRET_METHODS
from chalicelib.protocol.client_flows import canonical
from chalicelib.protocol.client_metadata import check_client_metadata
from chalicelib.protocol.client_rule import InvalidClientMetadata
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import DEFAULT_CONTENT_ENCRYPTION, EDDSA, IMPLICIT
from chalicelib.record import defaults_of, replace

DEFAULT_AUTH_METHOD = "client_secret_basic"
_SIGNED_BY_KEYS = (
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
)

MEMBERS: dict[str, Parse] = {
    "client_name": members.text,
    "client_uri": members.text,
    "application_type": members.text,
    "token_endpoint_auth_method": members.text,
    "token_endpoint_auth_signing_alg": members.text,
    "redirect_uris": members.texts,
    "post_logout_redirect_uris": members.texts,
    "grant_types": members.texts,
    "response_types": members.texts,
    "scope": members.words,
    "jwks": members.jwks,
    "jwks_uri": members.text,
    "id_token_signed_response_alg": members.text,
    "introspection_signed_response_alg": members.text,
    "resources": members.texts,
    "allowed_resources": members.texts,
    "rotate_refresh_tokens": members.flag,
    "exchange_audiences": members.texts,
    "exchange_subject_audiences": members.texts,
    "impersonation": members.flag,
    "id_jag_audiences": members.objects,
    "logo_uri": members.text,
    "policy_uri": members.text,
    "tos_uri": members.text,
    "contacts": members.texts,
    "software_id": members.text,
    "software_version": members.text,
    "localized": members.texts_by_name,
    "subject_type": members.text,
    "sector_identifier_uri": members.text,
    "id_token_encrypted_response_alg": members.text,
    "id_token_encrypted_response_enc": members.text,
    "userinfo_signed_response_alg": members.text,
    "userinfo_encrypted_response_alg": members.text,
    "userinfo_encrypted_response_enc": members.text,
    "request_object_signing_alg": members.text,
    "request_object_encryption_alg": members.text,
    "request_object_encryption_enc": members.text,
    "request_uris": members.texts,
    "default_max_age": members.number,
    "require_auth_time": members.flag,
    "default_acr_values": members.texts,
    "initiate_login_uri": members.text,
    "backchannel_logout_uri": members.text,
    "backchannel_logout_session_required": members.flag,
    "frontchannel_logout_uri": members.text,
    "frontchannel_logout_session_required": members.flag,
}

# What a member is where the document does not have it, or has null (RFC 7591 section 2).
DEFAULTS: dict[str, Any] = {
    **{name: value for name, value in defaults_of(Client).items() if name in MEMBERS},
    "jwks": None,
    "id_jag_audiences": {},
    "localized": {},
    "client_name": "",
    "token_endpoint_auth_method": DEFAULT_AUTH_METHOD,
}


_SHOWN = ("token_endpoint_auth_method", "grant_types", "response_types")


def changed_client(client: Client, document: Mapping[str, Any]) -> Client:
    """The client with these members as the document has them, null for the default; secrets go where the
    method has no use of them. Raises InvalidMember.
    """
    parsed = members_of(document, MEMBERS, kind="client")
    given = {name: DEFAULTS[name] if value is None else value for name, value in parsed.items()}
    if "grant_types" in given and parsed.get("response_types") is None:
        # RFC 7591 section 2.1: the two agree.
        given["response_types"] = tuple(
            response_type
            for grant_type, response_type in (("authorization_code", "code"), (IMPLICIT, "token"))
            if grant_type in given["grant_types"]
        )
    if "response_types" in given:
        given["response_types"] = canonical(given["response_types"])
    for name in ENCRYPTED:
        # OpenID Connect Dynamic Registration section 2: one goes with the other.
        if f"{name}_alg" in given and parsed.get(f"{name}_enc") is None:
            given[f"{name}_enc"] = None if given[f"{name}_alg"] is None else DEFAULT_CONTENT_ENCRYPTION
    changed = replace(client, **given)
    if not changed.keeps_secrets:
        changed = replace(changed, client_secret_ciphertexts=())
    if uses_secret(changed):
        return changed
    return replace(changed, client_secret_hashes=(), former_secrets_expire_at=None)


def client_metadata(client: Client) -> dict[str, Any]:
    """The client's metadata, without the members that are as they are by default; what says how it gets its
    tokens is always there.
    """
    found = {name: getattr(client, name) for name in MEMBERS if name != "scope"}
    document = {name: value for name, value in found.items() if name in _SHOWN or value != DEFAULTS[name]}
    if client.scope:
        document["scope"] = " ".join(client.scope)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in document.items()}


def complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with null for every member it does not have: all of a client, not a change of it."""
    return {**dict.fromkeys(MEMBERS), **document}


def uses_secret(client: Client) -> bool:
    """Whether the client's method has a secret."""
    return client.token_endpoint_auth_method in SECRET_METHODS


def lacks_secret(client: Client) -> bool:
    """Whether the client's method has a secret, and the client none yet, or none that can be decrypted."""
    kept = client.client_secret_ciphertexts if client.keeps_secrets else client.client_secret_hashes
    return uses_secret(client) and not kept


def check_client(client: Client, *, migration: Collection[str]) -> None:
    """Raises InvalidMember where the client can't be registered at a tenant that has these grant types for
    migration on.
    """
    try:
        check_client_metadata(client, migration=migration)
    except InvalidClientMetadata as error:
        raise InvalidMember(str(error), member=error.member) from None


def check_keys(client: Client, settings: Settings) -> None:
    """That nothing is for a key the tenant has not: no response to the client is signed by one, and none of
    its requests is encrypted to one. Raises InvalidMember.
    """
    for member in _SIGNED_BY_KEYS:
        if getattr(client, member) == EDDSA and EDDSA not in settings.signing_algorithms:
            raise InvalidMember(
                f"{member} is not {EDDSA} here: this server has no key for it.", member=member
            )
    if client.request_object_encryption_alg is not None and not settings.request_object_encryption:
        raise InvalidMember(
            "request_object_encryption_alg is for nothing here: this server has no key for it.",
            member="request_object_encryption_alg",
        )
