"""Metadata: RFC 8414 section 3 and OpenID Connect Discovery section 4, one document at both paths; and
OpenID Connect Discovery section 2, which leads from somebody's account to the issuer (WebFinger, RFC 7033).
"""

from functools import cache

from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.metadata import metadata

WEBFINGER_PATH = "/.well-known/webfinger"
KEPT = {"cache-control": "public, max-age=3600"}


@cache
def document() -> Response:
    """The answer, made once. Clients may keep it for an hour."""
    return json_response(metadata(settings()), headers=KEPT)


def resource_descriptor(request: Request) -> Response:
    """The JSON Resource Descriptor of the account that is asked about."""
    # Imported where it is asked for: apps read the document, and few ask for an account.
    from chalicelib.protocol.parameters import parse_parameters  # noqa: PLC0415
    from chalicelib.protocol.webfinger import web_finger  # noqa: PLC0415

    descriptor = web_finger(parse_parameters(request.query), issuer=settings().issuer)
    return json_response(descriptor, headers={**KEPT, "content-type": "application/jrd+json"})


@endpoint("metadata", methods=("GET", "HEAD"), cors=True, prepare=document)
def handler(request: Request) -> Response:
    """GET /.well-known/openid-configuration, oauth-authorization-server and webfinger."""
    return resource_descriptor(request) if request.path == WEBFINGER_PATH else document()
