"""A small MCP server protected by a Keyturn tenant, to start your own from."""

import sys
from pathlib import Path

# What protects it is a package of its own, which is installed elsewhere and lies beside it here.
sys.path.append(str(Path(__file__).parents[2] / "resource-server"))
