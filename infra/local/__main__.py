"""`python -m infra.local`."""

import sys
import time

STARTED = time.monotonic()

try:
    from infra.local.command import main
except ImportError as error:
    sys.exit(f"{error}. Python 3.11 and the packages of requirements/local.txt are needed: try make run.")

sys.exit(main(started=STARTED))
