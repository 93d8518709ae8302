"""What a tenant decides. A stack is a tenant, so there is one of these per deployment."""

from typing import Literal, get_args
from urllib.parse import urlsplit

from chalicelib.protocol.supported import (
    EDDSA,
    IMPLICIT_RESPONSE_TYPES,
    MIGRATION_GRANT_TYPES,
    RESPONSE_TYPES,
    SIGNING_ALGORITHMS,
    UI_LOCALES,
)
from chalicelib.record import Record

DynamicRegistration = Literal["off", "token", "open"]
MAX_REGISTRATIONS = 100_000


class Settings(Record, kw_only=True):
    """A tenant's settings. All lifetimes are seconds.

    Raises ValueError for an issuer that is no https URL (http only on loopback) with neither
    path, query nor fragment (RFC 8414 section 2), a default audience that is no resource indicator
    (RFC 8707 section 2), for a domain that is none, and for a number or a word out of its range.
    """

    issuer: str
    tenant_name: str = "Keyturn"
    # Of the pages, for who asks for none that there is.
    default_language: str = "en"
    default_audience: str = ""
    code_lifetime: int = 60
    access_token_lifetime: int = 600
    id_token_lifetime: int = 600
    refresh_token_lifetime: int = 30 * 86_400
    refresh_token_idle_lifetime: int = 14 * 86_400
    refresh_token_grace: int = 30
    session_lifetime: int = 24 * 3_600
    session_idle_lifetime: int = 8 * 3_600
    interaction_lifetime: int = 1_800
    device_code_lifetime: int = 600
    key_rotation_period: int = 90 * 86_400
    # Whether there is a key for EdDSA, which costs as much as any other.
    eddsa_key: bool = False
    # Clients whose client_id is the URL of their metadata (protocol/client_identifier_url.py): whether there
    # are any, and of which domains; none allowed means any.
    client_id_metadata_documents: bool = True
    client_id_metadata_allowed_domains: tuple[str, ...] = ()
    client_id_metadata_denied_domains: tuple[str, ...] = ()
    # Whether clients may register themselves (RFC 7591): not at all, with an initial access token, or all.
    dynamic_registration: DynamicRegistration = "off"
    # Of all networks a day, and of one in an hour.
    dynamic_registrations_per_day: int = 1_000
    dynamic_registrations_per_network: int = 20
    # The ARN of a function of the tenant's, empty for none, and what becomes of requests where it fails.
    policy_hook: str = ""
    policy_hook_timeout: int = 2
    policy_hook_failure: str = "refuse"
    # Grants for migration, which no new client should use (RFC 9700 sections 2.1.2 and 2.4).
    password_grant: bool = False
    implicit_grant: bool = False
    # Whether apps may watch a person's session in the browser (OpenID Connect Session Management).
    session_management: bool = False
    # Whether there are keys that clients encrypt requests to.
    request_object_encryption: bool = False
    # Origins exempt from the https and address rules of a fetch; for tests and conformance runs.
    fetch_allowed_origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise ValueError("ISSUER must be an https URL (http only on loopback).")
        # The scheme in small letters too: issuers are compared, and `secure` is read, as text.
        if not parts.hostname or "@" in parts.netloc or self.issuer != f"{parts.scheme}://{parts.netloc}":
            raise ValueError("ISSUER must be scheme and host alone, without a path or a trailing slash.")
        audience = urlsplit(self.audience)
        if not audience.scheme or not (audience.netloc or audience.path) or "#" in self.audience:
            raise ValueError("DEFAULT_AUDIENCE must be an absolute URI without a fragment.")
        for domain in (*self.client_id_metadata_allowed_domains, *self.client_id_metadata_denied_domains):
            if domain != domain.lower().strip(".") or not domain or set(domain) & set("*/:@[]"):
                raise ValueError(f"{domain} is no domain: write it as in example.com, in small letters.")
        self._check_registration()
        self._check_exempt_origins()
        if self.default_language not in UI_LOCALES:
            raise ValueError(f"DEFAULT_LANGUAGE must be one of {', '.join(UI_LOCALES)}.")
        if self.policy_hook_failure not in POLICY_HOOK_FAILURE:
            raise ValueError("POLICY_HOOK_FAILURE must be refuse or ignore.")
        for name, low, high in LIMITS:
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name.upper()} must be between {low} and {high} seconds.")

    def _check_exempt_origins(self) -> None:
        if self.fetch_allowed_origins:
            # Imported where it is first needed: as deployed there are none.
            from chalicelib.protocol.exempt_origin import check_exempt_origin  # noqa: PLC0415

            for origin in self.fetch_allowed_origins:
                check_exempt_origin(origin)

    def _check_registration(self) -> None:
        if self.dynamic_registration not in get_args(DynamicRegistration):
            raise ValueError("DYNAMIC_REGISTRATION must be off, token or open.")
        for name in REGISTRATION_COUNTS:
            if not 0 < getattr(self, name) <= MAX_REGISTRATIONS:
                raise ValueError(f"{name.upper()} must be 1 to {MAX_REGISTRATIONS}.")

    @property
    def audience(self) -> str:
        """The audience of a token whose request named no resource (RFC 9068 section 3)."""
        return self.default_audience or self.issuer

    @property
    def migration_grant_types(self) -> tuple[str, ...]:
        """The grant types for migration that this tenant has on."""
        on = (self.password_grant, self.implicit_grant)
        return tuple(name for name, is_on in zip(MIGRATION_GRANT_TYPES, on, strict=True) if is_on)

    @property
    def signing_algorithms(self) -> tuple[str, ...]:
        """What this tenant's keys sign with (RFC 7518 section 3.1)."""
        return tuple(alg for alg in SIGNING_ALGORITHMS if alg != EDDSA or self.eddsa_key)

    @property
    def response_types(self) -> tuple[str, ...]:
        """What the authorization endpoint answers with."""
        return (*RESPONSE_TYPES, *(IMPLICIT_RESPONSE_TYPES if self.implicit_grant else ()))

    @property
    def host(self) -> str:
        """The authority requests must name: host, with its port where it is not the scheme's."""
        return urlsplit(self.issuer).netloc.lower()

    @property
    def secure(self) -> bool:
        """Whether cookies can be Secure; only an issuer on loopback may be without TLS."""
        return self.issuer.startswith("https://")


POLICY_HOOK_FAILURE = ("refuse", "ignore")
LIMITS = (
    ("code_lifetime", 5, 60),
    ("access_token_lifetime", 60, 86_400),
    ("id_token_lifetime", 60, 86_400),
    ("refresh_token_lifetime", 300, 365 * 86_400),
    ("refresh_token_idle_lifetime", 300, 365 * 86_400),
    ("refresh_token_grace", 0, 600),
    ("session_lifetime", 300, 90 * 86_400),
    ("session_idle_lifetime", 300, 90 * 86_400),
    ("interaction_lifetime", 60, 3_600),
    ("device_code_lifetime", 60, 1_800),
    ("key_rotation_period", 7 * 86_400, 365 * 86_400),
    ("policy_hook_timeout", 1, 5),
)
REGISTRATION_COUNTS = ("dynamic_registrations_per_day", "dynamic_registrations_per_network")
# Variables that are "on" or "off".
SWITCHES = (
    "password_grant",
    "implicit_grant",
    "eddsa_key",
    "session_management",
    "request_object_encryption",
)
