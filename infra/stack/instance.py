"""One instance of a function: a process of the emulator, which runs the real runtime and the handler."""

import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from infra.local.resources import Function
from infra.stack.emulator import Emulator

_PATH = "/2015-03-31/functions/function/invocations"
_STARTING_SECONDS = 10
_ENDING_SECONDS = 5
_REPORTING_SECONDS = 2
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
_INVOKED = re.compile(r"INVOKE RTDONE\(.*duration: ([\d.]+)ms\)")
_LINES_KEPT = 2_000


Log = Callable[[str], None]


class InvocationError(Exception):
    """A function that ended with an error, or did not answer in its time. The text is the runtime's."""

    @property
    def told_by_the_function(self) -> str:
        """The text without the emulator's own words."""
        return "\n".join(line for line in str(self).splitlines() if "(rapid)" not in line)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What all instances share: the emulator and the unzipped package."""

    emulator: Emulator
    task_root: Path


class Instance:
    """Started by making it; `environment` is all the function's process has. One invocation at a time.

    `log` gets the lines of JSON the function writes; `lines` has all, the emulator's too.
    """

    def __init__(
        self, function: Function, deployment: Deployment, environment: Mapping[str, str], log: Log
    ) -> None:
        self._function = function
        self._log = log
        self._reported = threading.Event()
        self.lines: deque[str] = deque(maxlen=_LINES_KEPT)
        # The runtime's own report of how long importing the handler took; None until the first invocation.
        self.init_ms: float | None = None
        # The same of that invocation, without the start.
        self.first_invoke_ms: float | None = None
        self.port, runtime_port = _free_ports()
        self._process = subprocess.Popen(  # noqa: S603 - no shell, every argument is made here
            [
                str(deployment.emulator.program),
                "--runtime-interface-emulator-address",
                f"127.0.0.1:{self.port}",
                "--runtime-api-address",
                f"127.0.0.1:{runtime_port}",
                # Without site-packages: what the zip lacks is missing here too.
                sys.executable,
                "-S",
                "-m",
                "awslambdaric",
                function.handler,
            ],
            cwd=deployment.task_root,
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for the stack, which then ends this one in its turn.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"log-{function.logical_id}", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether it can be invoked (again)."""
        return self._process.poll() is None

    def invoke(self, event: Any) -> Any:
        """The handler's answer. Raises InvocationError."""
        connection = self._connect()
        self._reported.clear()
        try:
            connection.request("POST", _PATH, body=json.dumps(event))
            answer = connection.getresponse().read()
        except (OSError, http.client.HTTPException) as error:
            self._fail(str(error))
        finally:
            connection.close()
        # Its last word on this invocation: then it can take the next, and all that was logged is read.
        self._reported.wait(_REPORTING_SECONDS)
        try:
            result = json.loads(answer)
        except ValueError:
            self._fail(answer.decode(errors="replace"))
        # Where Lambda sets X-Amz-Function-Error, the emulator shows an error by its members alone.
        if isinstance(result, dict) and "errorMessage" in result and "statusCode" not in result:
            self._fail(f"{result.get('errorType')}: {result['errorMessage']}")
        return result

    def close(self) -> None:
        """Ends the process and, through it, the runtime's. May be called twice."""
        self._process.terminate()
        try:
            self._process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_ENDING_SECONDS)
        if self._process.stdout:
            self._process.stdout.close()

    def _connect(self) -> http.client.HTTPConnection:
        # The emulator ends what takes longer than the function's timeout; a little later, so does this.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self._function.timeout + 5)
        until = time.monotonic() + _STARTING_SECONDS
        while True:
            try:
                connection.connect()
            except ConnectionRefusedError:
                if not self.alive or time.monotonic() > until:
                    self._fail("The emulator does not start.")
                time.sleep(0.01)
            else:
                return connection

    def _read(self) -> None:
        for line in self._process.stdout or ():
            report = _INIT.search(line)
            if report and self.init_ms is None:
                self.init_ms = float(report[1])
            invoked = _INVOKED.search(line)
            if invoked and self.first_invoke_ms is None:
                self.first_invoke_ms = float(invoked[1])
            self.lines.append(line.rstrip("\n"))
            if line.startswith("{"):
                self._log(line)
            # The last the emulator writes of an invocation.
            if line.startswith("REPORT RequestId"):
                self._reported.set()

    def _fail(self, what: str) -> NoReturn:
        last = "\n".join(list(self.lines)[-20:])
        raise InvocationError(f"{self._function.logical_id}: {what.strip()}\n{last}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]
