"""A client as its metadata document has it: draft-ietf-oauth-client-id-metadata-document-02 section 4.

Nobody of the tenant has looked at such a client: it is unverified, may have no secret, and gets tokens for
nobody but people who allow it.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.administration.client_document import changed_client, check_client
from chalicelib.administration.refusals import InvalidMember
from chalicelib.protocol.client import Client
from chalicelib.protocol.redirect_uri import why_not_registrable
from chalicelib.protocol.supported import DEVICE_CODE
from chalicelib.record import replace

# Section 8.7: what is read of a document, in bytes.
MAX_BYTES = 5 * 1024

# All else a document has is ignored: logos are not shown, so not fetched either.
MEMBERS = frozenset(
    {
        "application_type",
        "backchannel_logout_session_required",
        "backchannel_logout_uri",
        "client_name",
        "client_uri",
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
        "post_logout_redirect_uris",
        "redirect_uris",
        "request_object_encryption_alg",
        "request_object_encryption_enc",
        "request_object_signing_alg",
        "request_uris",
        "require_auth_time",
        "response_types",
        "scope",
        "token_endpoint_auth_method",
        "token_endpoint_auth_signing_alg",
        "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc",
        "userinfo_signed_response_alg",
    }
)
# Section 4.1: there is no way to agree on a secret.
_SECRETS = ("client_secret", "client_secret_expires_at")
AUTH_METHODS = ("none", "private_key_jwt")
# Others that a document names are for other servers.
_GRANT_TYPES = ("authorization_code", "refresh_token", DEVICE_CODE)
_RESPONSE_TYPES = ("code",)


def metadata_document_client(client_id: str, document: Mapping[str, Any]) -> Client:
    """The client of a document that was read at its client_id. Raises InvalidMember, with a sentence for who
    wrote the document.
    """
    if document.get("client_id") != client_id:
        raise InvalidMember("client_id is not the URL of the document.", member="client_id")
    for name in _SECRETS:
        if name in document:
            raise InvalidMember(f"{name} can't stand in a document that anybody may read.", member=name)
    if document.get("token_endpoint_auth_method", "none") not in AUTH_METHODS:
        raise InvalidMember(
            f"token_endpoint_auth_method is one of {', '.join(AUTH_METHODS)}.",
            member="token_endpoint_auth_method",
        )
    bare = Client(
        client_id=client_id,
        client_name="",
        token_endpoint_auth_method="none",  # noqa: S106 - a method, no password
        registration="metadata_document",
    )
    known = {name: value for name, value in document.items() if name in MEMBERS and value is not None}
    client = _used_here(changed_client(bare, known))
    check_client(client, migration=())
    if not {"authorization_code", DEVICE_CODE} & set(client.grant_types):
        raise InvalidMember(f"grant_types has authorization_code or {DEVICE_CODE}.", member="grant_types")
    return client


def _used_here(client: Client) -> Client:
    """What this server makes no use of, left out; and what a document need not say, said."""
    # A document is for every server: a URI that can't be registered here is no reason to refuse the others.
    redirect_uris, post_logout_redirect_uris = (
        tuple(uri for uri in uris if why_not_registrable(uri) is None)
        for uris in (client.redirect_uris, client.post_logout_redirect_uris)
    )
    local = any(not uri.startswith("https://") for uri in redirect_uris)
    return replace(
        client,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        grant_types=tuple(one for one in client.grant_types if one in _GRANT_TYPES),
        response_types=tuple(one for one in client.response_types if one in _RESPONSE_TYPES),
        # RFC 8252 section 7.3: any port of a loopback address, of which documents write one or none.
        application_type="native" if local and client.public else client.application_type,
        **({"jwks": None, "jwks_uri": None} if client.public else {}),
    )


def kept_members(client: Client) -> dict[str, Any]:
    """What is kept of a client's document, from which the same client can be made."""
    kept = {name: getattr(client, name) for name in MEMBERS if name != "scope"}
    return {
        "client_id": client.client_id,
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in kept.items()
            if value is not None
        },
        **({"scope": " ".join(client.scope)} if client.scope else {}),
    }
