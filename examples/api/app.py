"""Notes: an API whose callers need an access token with the right scope.

GET /notes needs notes:read, POST /notes needs notes:write; each caller (the token's `sub`) has notes of
their own. Runs alone too; see README.md.
"""

from typing import Any

from flask import Flask, Response, jsonify, request

from examples.api.notes import Notes, NotesFullError
from keyturn_resource_server import (
    Issuer,
    JwtAccessTokens,
    ProtectedResource,
    RefusedError,
    Request,
    ResourceServer,
    well_known_path,
)

MAX_BODY = 8 * 1024
SCOPES = ("notes:read", "notes:write")


def create_app(issuer: str, audience: str, *, allowed_origin: str | None = None) -> Flask:
    """The API. `audience` is its own identifier; `allowed_origin` the web app that may call it."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_error_handler(RefusedError, refuse)
    resource = ProtectedResource(
        resource=audience,
        authorization_servers=(issuer,),
        scopes_supported=SCOPES,
        resource_name="Notes API",
    )
    server = ResourceServer(resource, JwtAccessTokens(Issuer(issuer), audience))
    notes = Notes()

    @app.get("/notes")
    def read() -> Any:
        sub = authorize(server, "notes:read")
        return jsonify(notes=notes.of(sub))

    @app.post("/notes")
    def write() -> Any:
        sub = authorize(server, "notes:write")
        document = request.get_json(silent=True)
        try:
            notes.add(sub, document.get("text") if isinstance(document, dict) else None)
        except ValueError as error:
            return jsonify(error=str(error)), 400
        except NotesFullError as error:
            return jsonify(error=str(error)), 409
        return jsonify(notes=notes.of(sub)), 201

    @app.get(well_known_path(audience))
    def tell() -> Any:
        return jsonify(server.resource.document())

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        if allowed_origin is not None:
            allow(response, allowed_origin)
        return response

    return app


def authorize(server: ResourceServer, *scopes: str) -> str:
    """Who is calling, by an access token that has the scopes. Raises RefusedError."""
    presented = Request(
        method=request.method,
        url=request.base_url,
        authorization=request.headers.get("Authorization", ""),
        dpop=request.headers.get("DPoP", ""),
    )
    return server.authorize(presented, *scopes).sub


def refuse(refused: RefusedError) -> tuple[Response, int, dict[str, str]]:
    """The challenge that tells the client what to do, and the same as JSON."""
    return jsonify(refused.document), refused.status, refused.headers


def allow(response: Response, origin: str) -> None:
    """CORS (the Fetch standard) for one web app; access tokens travel in a header, so no cookies."""
    response.headers["Vary"] = "Origin"
    if request.headers.get("Origin") == origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
        response.headers["Access-Control-Expose-Headers"] = "www-authenticate"
        response.headers["Access-Control-Max-Age"] = "600"
