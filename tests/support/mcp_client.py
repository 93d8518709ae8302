"""The official MCP SDK's client, doing OAuth by itself, and the MCP server of the examples before it."""

import asyncio
import importlib.util
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.browser import Browser
from tests.support.http import Answer
from tests.support.tenant import Person
from tests.support.tools import missing

if importlib.util.find_spec("mcp") is None:
    missing("the MCP SDK is not installed: make test does")

import httpx2
import uvicorn
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from pydantic import AnyUrl

from notes_mcp_server.app import create_app

REDIRECT_URI = "http://127.0.0.1:43110/callback"
_PATIENCE = 60


@dataclass
class Storage:
    """What an MCP client keeps: one registration and its tokens."""

    client: OAuthClientInformationFull | None = None
    tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class Assistant:
    """An MCP client, and the person who has it, at a browser. `asked` are the authorization requests it made,
    `requests` method, URL and status of all it sent itself, `forms` what it sent to the token endpoint.
    """

    url: str
    browser: Browser
    person: Person
    storage: Storage = field(default_factory=Storage)
    client_metadata_url: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    answer: Answer | None = None

    def call(self, tool: str, **arguments: Any) -> Any:
        """A connection, and what a tool says in it."""
        # On a thread of its own: in this one a browser's loop may be at work.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(lambda: asyncio.run(self._call(tool, arguments))).result()

    def forget_the_time(self) -> None:
        """As if the access token had expired by the client's own clock."""
        self._provider.context.token_expiry_time = 1

    def __post_init__(self) -> None:
        metadata = OAuthClientMetadata(
            client_name="Assistant",
            redirect_uris=[AnyUrl(REDIRECT_URI)],
            token_endpoint_auth_method="none",
        )
        self._provider = OAuthClientProvider(
            self.url,
            metadata,
            self.storage,
            redirect_handler=self._open,
            callback_handler=self._return,
            client_metadata_url=self.client_metadata_url,
        )

    async def _call(self, tool: str, arguments: dict[str, Any]) -> Any:
        hooks: Any = {"response": [self._note]}
        async with (
            httpx2.AsyncClient(
                auth=self._provider, event_hooks=hooks, trust_env=False, timeout=_PATIENCE
            ) as http,
            Client(streamable_http_client(self.url, http_client=http)) as client,
        ):
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content
            return (result.structured_content or {}).get("result")

    async def _note(self, response: httpx2.Response) -> None:
        request = response.request
        self.requests.append((request.method, str(request.url), response.status_code))
        if request.headers.get("content-type") == "application/x-www-form-urlencoded":
            self.forms.append({k: v[0] for k, v in parse_qs(request.content.decode()).items()})

    async def _open(self, url: str) -> None:
        """The person's part: the pages, in their browser."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == self.browser.caller.issuer
        fields = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(fields)
        self.answer = await asyncio.to_thread(self.browser.authorize, self.person, fields)

    async def _return(self) -> AuthorizationCodeResult:
        """What the redirect brings back to the client."""
        assert self.answer is not None
        assert self.answer.location.startswith(f"{REDIRECT_URI}?")
        query = self.answer.query
        return AuthorizationCodeResult(code=query["code"], state=query["state"], iss=query["iss"])


def preregistered(client_id: str) -> OAuthClientInformationFull:
    """What an MCP client knows that was registered by hand: public, at REDIRECT_URI."""
    return OAuthClientInformationFull(
        client_id=client_id, redirect_uris=[AnyUrl(REDIRECT_URI)], token_endpoint_auth_method="none"
    )


@contextmanager
def notes_mcp_server(issuer: str) -> Iterator[str]:
    """The URL of the example at work, on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://localhost:{listener.getsockname()[1]}/mcp"
        config = uvicorn.Config(create_app(issuer, url), log_level="warning", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + _PATIENCE
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
