"""`python -m notes_mcp_server ISSUER [RESOURCE]`: the server on this machine, until Ctrl-C."""

import argparse
from urllib.parse import urlsplit

import uvicorn

from notes_mcp_server.app import create_app

parser = argparse.ArgumentParser(prog="notes_mcp_server", description="An MCP server protected by a tenant.")
parser.add_argument("issuer", help="such as http://localhost:8000, which is make run's")
told = "its own URL, as it is registered at the issuer (%(default)s)"
parser.add_argument("resource", nargs="?", default="http://localhost:8003/mcp", help=told)
options = parser.parse_args()
application = create_app(options.issuer, options.resource)
uvicorn.run(application, host="127.0.0.1", port=urlsplit(options.resource).port or 8003)
