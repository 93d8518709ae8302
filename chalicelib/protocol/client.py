"""A client as registered: RFC 6749 section 2, with the names of RFC 7591 section 2."""

from typing import Any, Literal, Protocol

from chalicelib.record import Record, field

AuthMethod = Literal[
    "none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"
]
ApplicationType = Literal["web", "native"]
SubjectType = Literal["public", "pairwise"]
# By whom: who runs the tenant, or a stack of theirs; anybody (RFC 7591); nobody, as its client_id is where
# the client says what it is.
Registration = Literal["operator", "dynamic", "metadata_document"]


# Seconds by which a client's token may seem older than the client: the clocks of two functions differ.
CLOCK_TOLERANCE = 5
# Seconds without use after which a client that registered itself is no more, and between two writes that say
# it was used.
UNUSED_LIFETIME = 90 * 86_400
EXTEND_AFTER = 86_400


class Client(Record, kw_only=True):
    """One registered client. `resources` are the resource servers it IS (it may introspect their
    tokens); `allowed_resources` those it may ask tokens for, None for any that exists. Of the secrets'
    hashes the first is the present one; the others are good until `former_secrets_expire_at`, None for no
    end. With `keeps_secrets` there are ciphertexts of the same secrets, in base64 and in the same order.
    `exchange_audiences` are the resource servers it may exchange tokens for; of tokens that are for none
    of its `resources`, those for `exchange_subject_audiences`. With `impersonation` its tokens do not name it
    as the one who acts. `id_jag_audiences`: protocol/id_jag_policy.py. Times are seconds since the epoch;
    `client_id_issued_at` is 0 where it is not known.

    Those from `subject_type` on are of OpenID Connect: Dynamic Registration section 2, Back-Channel and
    Front-Channel Logout section 2. `userinfo_signed_response_alg` None is plain JSON,
    `request_object_signing_alg` None any; each `_enc` is there exactly where its `_alg` is;
    `default_max_age` is seconds.

    Of one that registered itself, the hashes of the tokens it manages its record with, the present one first,
    and when the record ends unless it is used; `localized` has metadata in other languages under its whole
    name (`client_name#fr`).
    """

    client_id: str
    client_name: str
    token_endpoint_auth_method: AuthMethod
    registration: Registration = "operator"
    application_type: ApplicationType = "web"
    client_id_issued_at: int = 0
    client_secret_hashes: tuple[str, ...] = ()
    client_secret_ciphertexts: tuple[str, ...] = ()
    former_secrets_expire_at: int | None = None
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    scope: tuple[str, ...] = ()
    client_uri: str | None = None
    jwks: dict[str, Any] | None = field(default=None, hash=False)
    jwks_uri: str | None = None
    token_endpoint_auth_signing_alg: str | None = None
    id_token_signed_response_alg: str = "RS256"
    introspection_signed_response_alg: str = "RS256"
    resources: tuple[str, ...] = ()
    allowed_resources: tuple[str, ...] | None = None
    rotate_refresh_tokens: bool | None = None
    exchange_audiences: tuple[str, ...] = ()
    exchange_subject_audiences: tuple[str, ...] = ()
    impersonation: bool = False
    id_jag_audiences: dict[str, Any] = field(default_factory=dict, hash=False)
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    software_id: str | None = None
    software_version: str | None = None
    software_statement: str | None = None
    localized: dict[str, str] = field(default_factory=dict, hash=False)
    subject_type: SubjectType = "public"
    sector_identifier_uri: str | None = None
    id_token_encrypted_response_alg: str | None = None
    id_token_encrypted_response_enc: str | None = None
    userinfo_signed_response_alg: str | None = None
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    request_object_signing_alg: str | None = None
    request_object_encryption_alg: str | None = None
    request_object_encryption_enc: str | None = None
    request_uris: tuple[str, ...] = ()
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    registration_access_token_hashes: tuple[str, ...] = ()
    expires_at: int | None = None

    @property
    def public(self) -> bool:
        """Whether the client can keep no secret (RFC 6749 section 2.1)."""
        return self.token_endpoint_auth_method == "none"

    @property
    def unverified(self) -> bool:
        """Whether nobody of the tenant has looked at it, so that people are told so."""
        return self.registration != "operator"

    def is_expired(self, *, now: int) -> bool:
        """Whether it registered itself, and was not used for so long that it is as good as deleted."""
        return self.expires_at is not None and self.expires_at <= now

    def use_extends_to(self, *, now: int) -> int | None:
        """When the record ends now that it is used, None where it need not be written: once a day will do."""
        if self.expires_at is None or self.expires_at > now + UNUSED_LIFETIME - EXTEND_AFTER:
            return None
        return now + UNUSED_LIFETIME

    @property
    def document_uri(self) -> str | None:
        """Where the client says who it is, None where somebody registered it."""
        return self.client_id if self.registration == "metadata_document" else None

    def secret_hashes(self, *, now: int) -> tuple[str, ...]:
        """The hashes of the secrets that are good now."""
        return self._good(self.client_secret_hashes, now=now)

    def secret_ciphertexts(self, *, now: int) -> tuple[str, ...]:
        """The ciphertexts of the secrets that are good now."""
        return self._good(self.client_secret_ciphertexts, now=now)

    @property
    def keeps_secrets(self) -> bool:
        """Whether the secrets themselves are needed: with a hash no HMAC is made, nor verified."""
        return self.token_endpoint_auth_method == "client_secret_jwt" or "HS256" in (
            self.id_token_signed_response_alg,
            self.userinfo_signed_response_alg,
            self.request_object_signing_alg,
        )

    def was_registered(self, *, at: int) -> bool:
        """Whether what was issued at this time was issued to this client, and not to a deleted one that
        had its client_id before.
        """
        return at + CLOCK_TOLERANCE >= self.client_id_issued_at

    def _good(self, secrets: tuple[str, ...], *, now: int) -> tuple[str, ...]:
        end = self.former_secrets_expire_at
        return secrets[:1] if end is not None and end <= now else secrets

    @property
    def rotates_refresh_tokens(self) -> bool:
        """Public clients rotate, whatever is set (RFC 9700 section 4.14.2); confidential ones where set."""
        return self.public or bool(self.rotate_refresh_tokens)


class Clients(Protocol):
    """Where clients are found. A record may be up to 60 seconds old."""

    def get(self, client_id: str) -> Client | None: ...

    def look_again(self, client_id: str) -> Client | None:
        """The record as it stands now, for whom the one that was kept does not know; asked for again and
        again, it may be a second old.
        """
