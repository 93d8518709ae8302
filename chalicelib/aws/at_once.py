"""Calls made at the same time, without an executor: its import and its threads cost more than this."""

import _thread
import contextvars
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")


def at_once(call: Callable[[Argument], Result], arguments: Sequence[Argument]) -> list[Result]:
    """The results, in order, of calls side by side: the first one here, each other in a thread of its own,
    all of which have ended when this does.

    Raises what the first of those that failed raised. Every call sees this context's variables (deadline).
    """
    results: dict[int, Result] = {}
    failures: dict[int, Exception] = {}
    ended: SimpleQueue[int] = SimpleQueue()

    def run(number: int) -> None:
        try:
            results[number] = call(arguments[number])
        except Exception as failure:  # noqa: BLE001 - raised where the results are waited for
            failures[number] = failure
        finally:
            ended.put(number)

    for number in range(1, len(arguments)):
        _thread.start_new_thread(contextvars.copy_context().run, (run, number))
    if arguments:
        run(0)
    for _ in arguments:
        ended.get()
    if failures:
        raise failures[min(failures)]
    return [results[number] for number in range(len(arguments))]
