"""Every error this server can answer, one class a wire code.

An error says WHAT is wrong. How it is told (JSON, redirect, page, challenge) is the endpoint's
channel. `description` is constant text that may be shown to anyone; `reason` is a slug out of a
closed list, for the log and the metric only.

OAuthError
├── InvalidRequest             RFC 6749 sections 4.1.2.1, 5.2
│   ├── MethodNotAllowed       405
│   ├── NotServed              404
│   ├── ContentTooLarge        413
│   └── TooManyRequests        429
├── InvalidClient              RFC 6749 section 5.2
├── InvalidGrant               RFC 6749 section 5.2
├── UnauthorizedClient         RFC 6749 sections 4.1.2.1, 5.2
├── UnsupportedGrantType       RFC 6749 section 5.2
├── UnsupportedResponseType    RFC 6749 section 4.1.2.1
├── InvalidScope               RFC 6749 sections 4.1.2.1, 5.2
├── AccessDenied               RFC 6749 section 4.1.2.1
├── ServerError                RFC 6749 section 4.1.2.1
├── TemporarilyUnavailable     RFC 6749 section 4.1.2.1
├── AuthorizationPending       RFC 8628 section 3.5
├── SlowDown                   RFC 8628 section 3.5
│   └── TooManyFailures        429
├── ExpiredToken               RFC 8628 section 3.5
├── InvalidTarget              RFC 8707 section 2
├── InvalidToken               RFC 6750 section 3.1
├── InsufficientScope          RFC 6750 section 3.1
├── LoginRequired              OpenID Connect Core section 3.1.2.6
├── ConsentRequired            OpenID Connect Core section 3.1.2.6
├── InteractionRequired        OpenID Connect Core section 3.1.2.6
├── InvalidRequestObject       OpenID Connect Core section 3.1.2.6
├── InvalidRequestUri          OpenID Connect Core section 3.1.2.6
├── RegistrationNotSupported   OpenID Connect Core section 3.1.2.6
├── InvalidRedirectUri         RFC 7591 section 3.2.2
├── InvalidMetadata            RFC 7591 section 3.2.2
├── InvalidSoftwareStatement   RFC 7591 section 3.2.2
├── UnapprovedSoftwareStatement  RFC 7591 section 3.2.2
└── UnmetAuthenticationRequirements  OpenID Connect Unmet Authentication Requirements section 2
"""

from typing import ClassVar

from chalicelib.protocol.reasons import Reason


class OAuthError(Exception):
    """An error with its wire code and HTTP status; `facts` are log fields (never secrets)."""

    code: ClassVar[str]
    status: ClassVar[int] = 400

    def __init__(self, description: str, *, reason: Reason, facts: dict[str, str] | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.reason = reason
        self.facts = facts or {}


class InvalidRequest(OAuthError):
    code = "invalid_request"


class MethodNotAllowed(InvalidRequest):
    """`allow` are the methods this path has (RFC 9110 section 15.5.6)."""

    status = 405

    def __init__(self, description: str, *, reason: Reason, allow: tuple[str, ...]) -> None:
        super().__init__(description, reason=reason)
        self.allow = allow


class NotServed(InvalidRequest):
    status = 404


class ContentTooLarge(InvalidRequest):
    status = 413


class TooManyRequests(InvalidRequest):
    """`retry_after` is in seconds."""

    status = 429

    def __init__(self, description: str, *, reason: Reason, retry_after: int) -> None:
        super().__init__(description, reason=reason)
        self.retry_after = retry_after


class InvalidClient(OAuthError):
    code = "invalid_client"
    status = 401


class InvalidGrant(OAuthError):
    code = "invalid_grant"


class UnauthorizedClient(OAuthError):
    code = "unauthorized_client"


class UnsupportedGrantType(OAuthError):
    code = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    code = "unsupported_response_type"


class InvalidScope(OAuthError):
    code = "invalid_scope"


class AccessDenied(OAuthError):
    code = "access_denied"


class ServerError(OAuthError):
    code = "server_error"
    status = 500


class TemporarilyUnavailable(OAuthError):
    """Something this server needs did not answer; `retry_after` is in seconds."""

    code = "temporarily_unavailable"
    status = 503
    retry_after: ClassVar[int] = 2


class AuthorizationPending(OAuthError):
    code = "authorization_pending"


class SlowDown(OAuthError):
    code = "slow_down"


class TooManyFailures(SlowDown):
    """Too much of one source failed to authenticate; `retry_after` is in seconds (RFC 6585 section 4)."""

    status = 429

    def __init__(
        self, description: str, *, reason: Reason, retry_after: int, facts: dict[str, str] | None = None
    ) -> None:
        super().__init__(description, reason=reason, facts=facts)
        self.retry_after = retry_after


class ExpiredToken(OAuthError):
    code = "expired_token"


class InvalidTarget(OAuthError):
    code = "invalid_target"


class InvalidToken(OAuthError):
    code = "invalid_token"
    status = 401


class InsufficientScope(OAuthError):
    code = "insufficient_scope"
    status = 403


class LoginRequired(OAuthError):
    code = "login_required"


class ConsentRequired(OAuthError):
    code = "consent_required"


class InteractionRequired(OAuthError):
    code = "interaction_required"


class InvalidRequestObject(OAuthError):
    code = "invalid_request_object"


class InvalidRequestUri(OAuthError):
    code = "invalid_request_uri"


class RegistrationNotSupported(OAuthError):
    code = "registration_not_supported"


class UnmetAuthenticationRequirements(OAuthError):
    code = "unmet_authentication_requirements"


class InvalidRedirectUri(OAuthError):
    code = "invalid_redirect_uri"


class InvalidMetadata(OAuthError):
    code = "invalid_client_metadata"


class InvalidSoftwareStatement(OAuthError):
    code = "invalid_software_statement"


class UnapprovedSoftwareStatement(OAuthError):
    code = "unapproved_software_statement"
