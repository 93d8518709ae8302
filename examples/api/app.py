"""Notes: an API whose callers need an access token with the right scope.

GET /notes needs notes:read, POST /notes needs notes:write; each caller (the token's `sub`) has notes of
their own. Refusals are RFC 6750's. Runs alone too; see README.md.
"""

from typing import Any

import jwt
from flask import Flask, Response, jsonify, request

from examples.api.access_token import AccessTokenVerifier, has_scope
from examples.api.notes import Notes, NotesFullError

MAX_BODY = 8 * 1024


class RefusedError(Exception):
    """A call that is not served; without an `error` it says only that a token is needed."""

    def __init__(self, status: int, error: str = "", description: str = "", **parameters: str) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = {"error": error, "error_description": description, **parameters} if error else {}


def create_app(issuer: str, audience: str, *, allowed_origin: str | None = None) -> Flask:
    """The API. `audience` is its own identifier; `allowed_origin` the web app that may call it."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_error_handler(RefusedError, refuse)
    verifier = AccessTokenVerifier(issuer, audience)
    notes = Notes()

    @app.get("/notes")
    def read() -> Any:
        sub = authorize(verifier, scope="notes:read")
        return jsonify(notes=notes.of(sub))

    @app.post("/notes")
    def write() -> Any:
        sub = authorize(verifier, scope="notes:write")
        document = request.get_json(silent=True)
        try:
            notes.add(sub, document.get("text") if isinstance(document, dict) else None)
        except ValueError as error:
            return jsonify(error=str(error)), 400
        except NotesFullError as error:
            return jsonify(error=str(error)), 409
        return jsonify(notes=notes.of(sub)), 201

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        if allowed_origin is not None:
            allow(response, allowed_origin)
        return response

    return app


def authorize(verifier: AccessTokenVerifier, *, scope: str) -> str:
    """Who is calling, by an access token that has the scope. Raises RefusedError."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise RefusedError(401)
    try:
        claims = verifier.verify(token.strip())
    except jwt.InvalidTokenError as error:
        raise RefusedError(401, "invalid_token", str(error)) from error
    except (jwt.PyJWKClientConnectionError, OSError) as error:
        raise RefusedError(503, "temporarily_unavailable", "The issuer cannot be reached.") from error
    if not has_scope(claims, scope):
        raise RefusedError(403, "insufficient_scope", f"This needs {scope}.", scope=scope)
    return str(claims["sub"])


def refuse(refused: RefusedError) -> tuple[Response, int]:
    """The challenge that tells the client what to do (RFC 6750 section 3), and the same as JSON."""
    response = jsonify(refused.parameters or {"error": "An access token is needed."})
    if refused.status in {401, 403}:
        values = (f' {name}="{_quotable(value)}"' for name, value in refused.parameters.items())
        response.headers["WWW-Authenticate"] = "Bearer" + ",".join(values)
    return response, refused.status


def allow(response: Response, origin: str) -> None:
    """CORS (the Fetch standard) for one web app; access tokens travel in a header, so no cookies."""
    response.headers["Vary"] = "Origin"
    if request.headers.get("Origin") == origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
        response.headers["Access-Control-Expose-Headers"] = "www-authenticate"
        response.headers["Access-Control-Max-Age"] = "600"


def _quotable(text: str) -> str:
    """RFC 6750 section 3: printable ASCII without quotation mark and backslash."""
    return "".join(c for c in text if " " <= c <= "~" and c not in '"\\')
