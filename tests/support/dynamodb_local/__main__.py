"""`python -m tests.support.dynamodb_local [arguments of pytest]`."""

import os
import sys

from tests.support.dynamodb_local.namespace import INSIDE, raise_loopback
from tests.support.dynamodb_local.run import run, why_not

if INSIDE not in os.environ:
    sys.exit(why_not() or run(sys.argv[1:]))
raise_loopback()
os.execv(sys.executable, [sys.executable, "-m", "pytest", "--dynamodb=local", *sys.argv[1:]])  # noqa: S606 - a developer's own arguments
