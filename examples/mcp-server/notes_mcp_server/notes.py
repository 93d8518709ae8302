"""The MCP server itself: two tools, and notes of each caller's own."""

from collections import defaultdict

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import MCPServer

MAX_NOTES = 100
MAX_LENGTH = 500
READ, WRITE = "notes:read", "notes:write"
# Whoever talks to the server may read; a tool may need more.
SCOPES_OF_TOOL = {"add_note": (READ, WRITE)}


def notes_server() -> MCPServer:
    """A server with no notes yet."""
    notes: defaultdict[str, list[str]] = defaultdict(list)

    def list_notes() -> list[str]:
        """Your notes, the oldest first."""
        return notes[_caller()]

    def add_note(text: str) -> str:
        """Write a note."""
        if not 0 < len(text.strip()) <= MAX_LENGTH:
            raise ValueError(f"A note has 1 to {MAX_LENGTH} characters.")
        mine = notes[_caller()]
        if len(mine) >= MAX_NOTES:
            raise ValueError(f"{MAX_NOTES} notes are enough.")
        mine.append(text.strip())
        return f"Noted. You have {len(mine)}."

    server = MCPServer("Notes", instructions="The notes of the person whose access token you have.")
    server.add_tool(list_notes)
    server.add_tool(add_note)
    return server


def _caller() -> str:
    """The `sub` of the access token that the request came with."""
    token = get_access_token()
    if token is None or token.subject is None:
        raise PermissionError("Nobody is calling.")  # protection.py lets no such request pass
    return str(token.subject)
