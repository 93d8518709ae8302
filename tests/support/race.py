"""Real threads that begin at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE = 60


def at_once(act: Callable[[], Result], times: int) -> list[Result]:
    """What so many threads got that did this together."""
    barrier = threading.Barrier(times)

    def run() -> Result:
        barrier.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(times) as threads:
        return [future.result() for future in [threads.submit(run) for _ in range(times)]]
