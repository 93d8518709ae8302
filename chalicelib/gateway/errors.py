"""The channels an error can take as JSON or as a challenge: RFC 6749 section 5.2, RFC 6750 section 3."""

from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.errors import (
    InsufficientScope,
    InvalidClient,
    InvalidRequest,
    InvalidToken,
    OAuthError,
    TemporarilyUnavailable,
    TooManyFailures,
    TooManyRequests,
)


def json_error(error: OAuthError, request: Request | None = None) -> Response:
    """The error as JSON (RFC 6749 section 5.2); a failed client authentication with its challenge."""
    del request
    headers = retry_after(error)
    if isinstance(error, InvalidClient):
        headers = {"www-authenticate": 'Basic realm="client", charset="UTF-8"'}
    return json_response(
        {"error": error.code, "error_description": error.description}, status=error.status, headers=headers
    )


def bearer_error(error: OAuthError, request: Request | None) -> Response:
    """The error as a Bearer challenge (RFC 6750 section 3), and as JSON for who reads the body."""
    response = json_error(error, request)
    if isinstance(error, InvalidToken | InsufficientScope | InvalidRequest):
        members = [f'error="{error.code}"', f'error_description="{error.description}"']
        # RFC 6750 section 3.1: a request without any token learns only that one is needed.
        if error.reason == "token_missing":
            members = []
        challenge = ", ".join(['Bearer realm="userinfo"', *members])
        response = response.with_headers({"www-authenticate": challenge})
    return response


def registration_error(error: OAuthError, request: Request | None) -> Response:
    """The error as JSON (RFC 7591 section 3.2.2); of a token that is missing or wrong, with its challenge."""
    response = json_error(error, request)
    if isinstance(error, InvalidToken):
        wrong = "" if error.reason == "token_missing" else ', error="invalid_token"'
        response = response.with_headers({"www-authenticate": f'Bearer realm="registration"{wrong}'})
    return response


def retry_after(error: OAuthError) -> dict[str, str]:
    """When to come again, in seconds (RFC 9110 section 10.2.3)."""
    if isinstance(error, TemporarilyUnavailable | TooManyFailures | TooManyRequests):
        return {"retry-after": str(error.retry_after)}
    return {}
