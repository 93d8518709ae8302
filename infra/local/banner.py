"""What a start prints: where everything is and what to try, within 80 columns."""

from infra.local.seed import LOGIN, PASSWORD, Demo

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def banner(demo: Demo, *, seconds: float, colour: bool, hook: str = "") -> str:
    """The text; `colour` allows ANSI sequences, which have no width. `hook` is a policy hook's file."""
    bold, dim, plain = (_BOLD, _DIM, _PLAIN) if colour else ("", "", "")

    def row(label: str, value: str) -> str:
        return f"  {dim}{label:<10}{plain} {value}"

    return "\n".join(
        (
            "",
            f"{bold}Keyturn is ready{plain} {dim}({seconds:.1f} s){plain}",
            "",
            row("Demo app", f"{bold}{demo.app}{plain}"),
            row("  login", LOGIN),
            row("  password", PASSWORD),
            "",
            row("Playground", f"{bold}{demo.issuer}/playground{plain}"),
            row("Issuer", demo.issuer),
            row("Discovery", f"{demo.issuer}/.well-known/openid-configuration"),
            row("Demo API", f"{demo.api}notes"),
            row("MCP server", f"{demo.mcp} {dim}(start it: examples/mcp-server){plain}"),
            *([row("Hook", hook)] if hook else []),
            "",
            f"{bold}Get an access token{plain} {dim}(client credentials){plain}",
            "",
            f"  curl -u demo-service:{demo.service_secret} \\",
            f"    -d grant_type=client_credentials {demo.issuer}/token",
            "",
            f"{bold}Call the API with it, or ask about it{plain} {dim}(TOKEN= its access_token){plain}",
            "",
            f'  curl -H "Authorization: Bearer $TOKEN" {demo.api}notes',
            f"  curl -u demo-api:{demo.api_secret} \\",
            f'    -d "token=$TOKEN" {demo.issuer}/introspect',
            "",
            f"{bold}Register a client of your own{plain} {dim}(docs/registration.md){plain}",
            "",
            f"  curl -H 'content-type: application/json' {demo.issuer}/register \\",
            """    -d '{"redirect_uris": ["http://127.0.0.1/"]}'""",
            "",
            f"{bold}Connect a device{plain} {dim}(it shows a code; another terminal){plain}",
            "",
            f"  .venv/bin/python -m examples.device {demo.issuer}",
            "",
            f"{dim}README.md is the guide, docs/ has the rest. Ctrl-C ends it; nothing is kept.",
            f"Below comes one line a request, as CloudWatch would have it.{plain}",
            "",
        )
    )
