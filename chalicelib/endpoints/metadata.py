"""Metadata: RFC 8414 section 3 and OpenID Connect Discovery section 4, one document at both paths."""

from functools import cache

from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.protocol.metadata import metadata


@cache
def document() -> Response:
    """The answer, made once. Clients may keep it for an hour."""
    return json_response(metadata(settings()), headers={"cache-control": "public, max-age=3600"})


@endpoint("metadata", methods=("GET", "HEAD"), cors=True, prepare=document)
def handler(request: Request) -> Response:
    """GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server."""
    del request
    return document()
