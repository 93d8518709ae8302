"""The demo as a child of the tests: `python -m infra.local` that ends with whoever holds its standard input,
so that none stays behind where tests are killed.
"""

import os
import runpy
import signal
import threading


def _end_with_input() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    threading.Thread(target=_end_with_input, daemon=True).start()
    runpy.run_module("infra.local", run_name="__main__", alter_sys=True)
