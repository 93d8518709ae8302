"""What a protected resource says of itself: RFC 9728 sections 2 and 3."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit, urlunsplit

WELL_KNOWN = "/.well-known/oauth-protected-resource"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedResource:
    """The members of RFC 9728 section 2, by their names; what is empty is not told.

    `resource` is the identifier the API is registered with at its issuer: the `aud` of its tokens.
    `localized` has what people read in other languages: {"resource_name#de": "Notizen"}. `signed_metadata`
    is a JWT that was made elsewhere. Raises ValueError for a resource that is no https URL, or has a
    fragment (section 1.2); http is for loopback alone.
    """

    resource: str
    authorization_servers: tuple[str, ...] = ()
    jwks_uri: str = ""
    scopes_supported: tuple[str, ...] = ()
    bearer_methods_supported: tuple[str, ...] = ("header",)
    resource_signing_alg_values_supported: tuple[str, ...] = ()
    resource_name: str = ""
    resource_documentation: str = ""
    resource_policy_uri: str = ""
    resource_tos_uri: str = ""
    tls_client_certificate_bound_access_tokens: bool = False
    authorization_details_types_supported: tuple[str, ...] = ()
    dpop_signing_alg_values_supported: tuple[str, ...] = ()
    dpop_bound_access_tokens_required: bool = False
    signed_metadata: str = ""
    localized: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.resource)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not secure or not parts.netloc or "#" in self.resource:
            raise ValueError("A resource is identified by an https URL without a fragment.")

    def document(self) -> dict[str, Any]:
        """The metadata as JSON has it (section 3.2): members without a value are left out."""
        told: dict[str, Any] = {}
        for name in (one.name for one in fields(self) if one.name != "localized"):
            value = getattr(self, name)
            if value:
                told[name] = list(value) if isinstance(value, tuple) else value
        return told | dict(self.localized)

    @property
    def metadata_url(self) -> str:
        """Where the document is to be found."""
        parts = urlsplit(self.resource)
        return urlunsplit((parts.scheme, parts.netloc, well_known_path(self.resource), parts.query, ""))


def well_known_path(resource: str) -> str:
    """The path of a resource's metadata (section 3.1): before its own path, unless that is a mere slash."""
    path = urlsplit(resource).path
    return WELL_KNOWN + ("" if path == "/" else path)
