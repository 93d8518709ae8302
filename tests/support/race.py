"""Real threads that begin at the same moment."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE = 60


def at_once(act: Callable[[], Result], times: int, *, patience: float = PATIENCE) -> list[Result]:
    """What so many threads got that did this together. Those that never end fail the test, not hang it."""
    barrier = threading.Barrier(times)
    got: list[Result] = []

    def run() -> None:
        barrier.wait(patience)
        got.append(act())

    threads = [threading.Thread(target=run, daemon=True) for _ in range(times)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    assert len(got) == times, f"{times - len(got)} of {times} threads failed or never ended"
    return got
