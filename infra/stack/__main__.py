"""`python -m infra.stack`: as `python -m infra.local`, with the stack as it is deployed."""

import sys
import time

STARTED = time.monotonic()

from infra.build_error import BuildError  # noqa: E402 - the clock starts first
from infra.local.command import main  # noqa: E402
from infra.stack.deployed_stack import DeployedStack, StartError  # noqa: E402

try:
    code = main(
        started=STARTED,
        make_stack=lambda **options: DeployedStack(**options, echo=True),
        program="infra.stack",
    )
except BuildError as error:
    sys.exit(f"No stack: {error}")
except StartError as error:
    sys.exit(f"\nNo stack: functions do not start with what infra/template.yaml gives them.\n\n{error}")
sys.exit(code)
