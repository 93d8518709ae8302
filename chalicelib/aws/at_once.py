"""Calls made at the same time, without an executor: its import and its threads cost more than this."""

import _thread
import contextvars
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")
One = TypeVar("One")
Other = TypeVar("Other")


def at_once(call: Callable[[Argument], Result], arguments: Sequence[Argument]) -> list[Result]:
    """The results, in order, of calls side by side: the first one here, each other in a thread of its own,
    all of which have ended when this does.

    Raises what the first of those that failed raised. Every call sees this context's variables (deadline).
    """
    results: dict[int, Result] = {}
    failures: dict[int, Exception] = {}
    running: list[_thread.LockType] = []

    def run(number: int) -> None:
        try:
            results[number] = call(arguments[number])
        except Exception as failure:  # noqa: BLE001 - raised where the results are waited for
            failures[number] = failure

    def run_and_release(number: int, lock: _thread.LockType) -> None:
        try:
            run(number)
        finally:
            lock.release()

    for number in range(1, len(arguments)):
        lock = _thread.allocate_lock()
        lock.acquire()
        _thread.start_new_thread(contextvars.copy_context().run, (run_and_release, number, lock))
        running.append(lock)
    if arguments:
        run(0)
    for lock in running:
        lock.acquire()
    if failures:
        raise failures[min(failures)]
    return [results[number] for number in range(len(arguments))]


def both(one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """The results of two calls side by side, as of at_once."""
    results: list[Any] = at_once(lambda call: call(), [one, other])
    return results[0], results[1]
