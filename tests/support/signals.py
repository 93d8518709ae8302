"""Signals as a terminal leaves them, also for tests behind `nohup` or in the background of a shell."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers


@contextmanager
def handled(number: signal.Signals, handler: Handler) -> Iterator[None]:
    """This signal has this handler here, and in what is started here if it is the default one."""
    former = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, former)
