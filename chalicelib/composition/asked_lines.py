"""What a person is asked to allow, in the words they read it in."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from chalicelib.pages.consent import ResourceLine, ScopeLine
from chalicelib.protocol.resource import ResourceServer
from chalicelib.protocol.supported import OPENID_SCOPES


def scope_lines(scope: tuple[str, ...], servers: Sequence[ResourceServer]) -> list[ScopeLine]:
    """What is asked, in each resource server's own words: one scope value may mean two things at two."""
    lines = [ScopeLine(name) for name in scope if name in OPENID_SCOPES]
    for server in servers:
        lines += [ScopeLine(name, server.scopes[name]) for name in scope if name in server.scopes]
    return list(dict.fromkeys(lines))


def resource_lines(servers: Sequence[ResourceServer]) -> list[ResourceLine]:
    """The resource servers that will accept the client's tokens; one that nobody registered has no name."""
    return [
        ResourceLine(server.resource_name, urlsplit(server.resource).netloc)
        for server in servers
        if server.resource_name
    ]
