"""CPU time of handlers: all of this process's threads, and what of it is spent on talking to AWS."""

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import wraps
from types import FunctionType
from typing import Any, TextIO

from chalicelib.aws import calls
from infra.local.resources import Template
from tests.support.http import Answer, function_at, lambda_event, to_answer

_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Cpu:
    """Milliseconds of one request: in all, and without the operations of chalicelib.aws.calls."""

    total: float
    without_aws: float


class AwsTime:
    """Adds up the CPU time of every operation of chalicelib.aws.calls, in whatever thread it runs."""

    def __init__(self) -> None:
        self._spent: list[int] = []
        self._thread = threading.local()

    def watch(self) -> None:
        """From now on, in every module of chalicelib that is loaded."""
        operations = [
            value
            for name, value in vars(calls).items()
            if isinstance(value, FunctionType) and value.__module__ == calls.__name__ and name[0] != "_"
        ]
        watched = {operation: self._watched(operation) for operation in operations}
        for name, module in list(sys.modules.items()):
            if not name.startswith("chalicelib"):
                continue
            for member, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in watched:
                    setattr(module, member, watched[value])

    def take(self) -> int:
        """Nanoseconds since they were last taken."""
        spent, self._spent = sum(self._spent), []
        return spent

    def _watched(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def timed(*arguments: Any, **named: Any) -> Any:
            # One operation is made of another: its time is the outer's.
            if getattr(self._thread, "inside", False):
                return operation(*arguments, **named)
            self._thread.inside = True
            started = time.thread_time_ns()
            try:
                return operation(*arguments, **named)
            finally:
                self._spent.append(time.thread_time_ns() - started)
                self._thread.inside = False

        return timed


class MeteredTransport:
    """Straight to the handlers, which run in this process; `cpu` is the last request's."""

    def __init__(self, template: Template, issuer: str) -> None:
        self.issuer = issuer
        self._template = template
        self._modules: Mapping[str, Any] = {
            function.logical_id: importlib.import_module(function.handler.rpartition(".")[0])
            for function in template.functions
        }
        self._aws_time = AwsTime()
        self._aws_time.watch()
        self._log: TextIO = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process
        self.cpu = Cpu(0, 0)

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], cookies: Mapping[str, str], body: bytes
    ) -> Answer:
        path, _, query = target.partition("?")
        host = self.issuer.partition("//")[2]
        event = lambda_event(
            method,
            path,
            query=query,
            headers={"host": host, **headers},
            cookies=[f"{name}={value}" for name, value in cookies.items()],
            body=body,
        )
        handler = self._modules[function_at(path, self._template).logical_id].handler
        with redirect_stdout(self._log):
            self._aws_time.take()
            started = time.process_time_ns()
            result = handler(event, None)
            total = time.process_time_ns() - started
        self.cpu = Cpu(total / _MS, (total - self._aws_time.take()) / _MS)
        return to_answer(result)
