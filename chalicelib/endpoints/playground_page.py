"""Playground: a page where a developer tries every flow of this tenant, there only where it is switched on.

It is files and nothing else: what it asks, the browser asks of the other endpoints, as any client would.
"""

from chalicelib.gateway.endpoint import endpoint
from chalicelib.gateway.environment import settings
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response, json_response
from chalicelib.pages.playground import (
    DEMO_PATH,
    DOCUMENT_PATH,
    IMPOSTOR_PATH,
    REDIRECT_PATH,
    ROOT,
    client_document,
    file_at,
    page,
)


def respond(request: Request, *, issuer: str) -> Response:
    """The page, or one of its files."""
    if request.path == DEMO_PATH:
        return json_response({}, log={"outcome": "file"})
    if request.path in {DOCUMENT_PATH, IMPOSTOR_PATH}:
        return json_response(client_document(issuer), log={"outcome": "file"})
    found = page(issuer) if request.path in {ROOT, REDIRECT_PATH} else file_at(request.path)
    if found is None:
        missing = {"error": "not_found", "error_description": "There is no such file of this release."}
        return json_response(missing, status=404, log={"outcome": "not_found"})
    return Response(headers=found.headers, body=found.body, log={"outcome": "file"})


@endpoint("playground_page", methods=("GET", "HEAD"))
def handler(request: Request) -> Response:
    """GET /playground and what is below it."""
    return respond(request, issuer=settings().issuer)
