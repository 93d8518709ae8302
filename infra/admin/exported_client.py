"""A client as a line of an export, and back."""

import re
from typing import Any, get_args

from chalicelib.administration.client_document import changed_client, check_client, client_metadata, complete
from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.registry import Registered
from chalicelib.protocol.client import Client, Registration
from chalicelib.protocol.supported import MIGRATION_GRANT_TYPES
from infra.admin.exported_members import optional, taken

_SHA256 = re.compile(r"[0-9a-f]{64}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{1,8192}={0,2}")
_BY_DEFAULT = "operator"


def exported_client(found: Registered[Client]) -> dict[str, Any]:
    """The client, of its secrets the hashes; None is left out."""
    client = found.record
    return {
        "client_id": client.client_id,
        "client_id_issued_at": client.client_id_issued_at,
        "registration": client.registration if client.registration != _BY_DEFAULT else None,
        **client_metadata(client),
        "client_secret_hashes": list(client.client_secret_hashes),
        "client_secret_ciphertexts": list(client.client_secret_ciphertexts) or None,
        "former_secrets_expire_at": client.former_secrets_expire_at,
        "software_statement": client.software_statement,
        "registration_access_token_hashes": list(client.registration_access_token_hashes) or None,
        "expires_at": client.expires_at,
        "declared_by": found.owner,
    }


def parsed_client(document: dict[str, Any]) -> Registered[Client]:
    """What was exported, checked as if it were registered now at a tenant that has everything on. Raises
    InvalidMember.
    """
    client_id, owner = taken(document, "client_id", str), optional(document, "declared_by", str)
    hashes = _hashes(document, "client_secret_hashes")
    ciphertexts = tuple(optional(document, "client_secret_ciphertexts", list) or ())
    if not all(isinstance(one, str) and _BASE64.fullmatch(one) for one in ciphertexts):
        raise InvalidMember("client_secret_ciphertexts are of KMS, in base64.")
    registration: Any = optional(document, "registration", str) or _BY_DEFAULT
    if registration not in get_args(Registration):
        raise InvalidMember(f"registration is one of {', '.join(get_args(Registration))}.")
    blank = Client(
        client_id=client_id,
        client_name="",
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method
        registration=registration,
        client_id_issued_at=optional(document, "client_id_issued_at", int) or 0,
        client_secret_hashes=hashes,
        client_secret_ciphertexts=ciphertexts,
        former_secrets_expire_at=optional(document, "former_secrets_expire_at", int),
        software_statement=optional(document, "software_statement", str),
        registration_access_token_hashes=_hashes(document, "registration_access_token_hashes"),
        expires_at=optional(document, "expires_at", int),
    )
    client = changed_client(blank, complete(document))
    if hashes != client.client_secret_hashes:
        raise InvalidMember("A client that authenticates without a secret has no client_secret_hashes.")
    if ciphertexts != client.client_secret_ciphertexts:
        raise InvalidMember("Only of a client whose secret makes HMACs there are client_secret_ciphertexts.")
    check_client(client, migration=MIGRATION_GRANT_TYPES)
    return Registered(record=client, owner=owner)


def _hashes(document: dict[str, Any], name: str) -> tuple[str, ...]:
    hashes = tuple(optional(document, name, list) or ())
    if not all(isinstance(one, str) and _SHA256.fullmatch(one) for one in hashes):
        raise InvalidMember(f"{name} are SHA-256, in hexadecimal.")
    return hashes
