"""`python -m examples.device [issuer] [client_id] [scope]`: by default that of `make run`."""

import sys

from examples.device.app import main

DEFAULTS = ("http://localhost:8000", "demo-device", "openid profile offline_access notes:read")

given = sys.argv[1:4]
sys.exit(main(*given, *DEFAULTS[len(given) :]))
