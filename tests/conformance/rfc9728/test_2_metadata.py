"""RFC 9728 section 2: what a resource server of examples/resource-server says of itself."""

from typing import Any

import pytest

from keyturn_resource_server import ProtectedResource
from tests.conformance.rfc9728.conftest import Make, Resource
from tests.support.resource_client import by_identifier
from tests.support.traceability import spec

ALL: dict[str, Any] = {
    "authorization_servers": ("https://login.example.com", "https://other.example.com"),
    "jwks_uri": "https://notes.example.com/jwks",
    "scopes_supported": ("notes:read", "notes:write"),
    "bearer_methods_supported": ("header",),
    "resource_signing_alg_values_supported": ("ES256",),
    "resource_name": "Notes",
    "resource_documentation": "https://notes.example.com/docs",
    "resource_policy_uri": "https://notes.example.com/policy",
    "resource_tos_uri": "https://notes.example.com/terms",
    "tls_client_certificate_bound_access_tokens": True,
    "authorization_details_types_supported": ("note",),
    "dpop_signing_alg_values_supported": ("ES256",),
    "dpop_bound_access_tokens_required": True,
    "signed_metadata": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
}


@spec("RFC9728-2")
def test_every_member_of_the_specification_can_be_told() -> None:
    told = ProtectedResource(resource="https://notes.example.com", **ALL).document()
    as_json = {name: list(value) if isinstance(value, tuple) else value for name, value in ALL.items()}
    assert told == {"resource": "https://notes.example.com", **as_json}


@spec("RFC9728-2")
@spec("RFC9728-3.2")
def test_a_member_without_a_value_is_left_out() -> None:
    told = ProtectedResource(resource="https://notes.example.com", bearer_methods_supported=()).document()
    assert told == {"resource": "https://notes.example.com"}


@spec("RFC9728-2.1")
def test_what_people_read_is_told_in_several_languages() -> None:
    localized = {"resource_name#de": "Notizen", "resource_name#fr": "Notes"}
    told = ProtectedResource(
        resource="https://a.example", resource_name="Notes", localized=localized
    ).document()
    assert told["resource_name"] == "Notes"
    assert told["resource_name#de"] == "Notizen"


@spec("RFC9728-1.2")
@pytest.mark.parametrize(
    "identifier",
    [
        "http://notes.example.com",
        "https://notes.example.com/#top",
        "https://a.example#",
        "notes",
        "https:///a",
        "",
    ],
)
def test_an_identifier_is_an_https_url_without_a_fragment(identifier: str) -> None:
    with pytest.raises(ValueError, match="https URL without a fragment"):
        ProtectedResource(resource=identifier)


@spec("RFC9728-2")
def test_dpop_is_told_of_by_who_verifies_proofs_alone(make: Make) -> None:
    resource: Resource = make(dpop_signing_alg_values_supported=("ES256",))
    assert "dpop_signing_alg_values_supported" not in by_identifier(resource.get, resource.document.resource)
