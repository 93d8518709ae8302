"""What stands before an MCP server: MCP authorization 2026-07-28, as an ASGI application around its own.

The SDK has the same, but for the scopes: its challenge names none, and needs the same ones for every tool.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken

from keyturn_resource_server import AccessToken as VerifiedToken
from keyturn_resource_server import RefusedError, Request, ResourceServer, well_known_path

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 256 * 1024


class ProtectedApplication:
    """An MCP server's application behind access tokens. Every request needs one (RFC 6750), with the scope
    values in `base` or, where it calls a tool of `scopes_of_tool`, with those.

    Its protected resource metadata (RFC 9728) is answered here, to anybody.
    """

    def __init__(
        self,
        application: Application,
        server: ResourceServer,
        *,
        base: tuple[str, ...],
        scopes_of_tool: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._application: Application = AuthContextMiddleware(application)
        self._server = server
        self._base = base
        self._scopes_of_tool = scopes_of_tool
        parts = urlsplit(server.resource.resource)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if scope["path"] == well_known_path(self._server.resource.resource):
            headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
            await _answer(send, 200, self._server.resource.document(), headers)
            return
        body = await _read(receive)
        if body is None:
            await _answer(send, 413, {"error": f"{MAX_BODY} bytes are enough."}, {})
            return
        request = self._request(scope)
        try:
            # In a thread, as it may fetch the issuer's keys.
            token = await asyncio.to_thread(self._server.authorize, request, *self._needed(body))
        except RefusedError as refused:
            await _answer(send, refused.status, refused.document, refused.headers)
            return
        scope["user"] = AuthenticatedUser(self._sdk_token(request, token))
        await self._application(scope, _again(body, receive), send)

    def _request(self, scope: Scope) -> Request:
        found: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            found[name] = f"{found[name]}, {value}" if name in found else value
        return Request(
            method=scope["method"],
            url=self._origin + scope["path"],
            authorization=found.get("authorization", ""),
            dpop=found.get("dpop", ""),
        )

    def _needed(self, body: bytes) -> tuple[str, ...]:
        """What the request's one message needs; several of them, as older protocols had, all they need."""
        try:
            document = json.loads(body or b"null")
        except (ValueError, RecursionError):
            return self._base  # the server itself refuses it
        needed = dict.fromkeys(self._base)
        for message in document if isinstance(document, list) else [document]:
            match message:
                case {"method": "tools/call", "params": {"name": str(tool)}}:
                    needed |= dict.fromkeys(self._scopes_of_tool.get(tool, ()))
        return tuple(needed)

    def _sdk_token(self, request: Request, token: VerifiedToken) -> AccessToken:
        """The same for the SDK, which gives it to the tools."""
        return AccessToken(
            token=request.authorization.partition(" ")[2],
            client_id=token.client_id,
            scopes=sorted(token.scope),
            expires_at=token.exp,
            resource=self._server.resource.resource,
            subject=token.sub,
            claims=dict(token.claims),
        )


async def _read(receive: Receive) -> bytes | None:
    """A request's body; None for one that is too long."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What was read, to be read again; then whatever comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received


async def _answer(send: Send, status: int, document: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    body = json.dumps(document).encode()
    told = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
