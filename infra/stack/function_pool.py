"""The instances of one function: each takes one event at a time, the others wait, as in Lambda."""

import queue
from collections.abc import Mapping
from typing import Any

from infra.local.resources import Function
from infra.local.template import REGION
from infra.stack.instance import Deployment, Instance, Log


class FunctionPool:
    """`aws` are the variables by which the function finds AWS as its own role."""

    def __init__(
        self,
        function: Function,
        deployment: Deployment,
        aws: Mapping[str, str],
        *,
        instances: int,
        log: Log,
    ) -> None:
        self._function = function
        self._deployment = deployment
        self._log = log
        self._environment = {**lambda_environment(function, deployment), **function.environment, **aws}
        self._ended: list[Instance] = []
        self._all = [self._start() for _ in range(instances)]
        # The last to be free is the first to be asked, as Lambda does: others stay cold until needed.
        self._free: queue.LifoQueue[Instance] = queue.LifoQueue()
        for instance in reversed(self._all):
            self._free.put(instance)

    def invoke(self, event: Any) -> Any:
        """The function's answer to an event, once an instance is free. Raises InvocationError."""
        instance = self._free.get()
        if not instance.alive:
            instance = self._replace(instance)
        try:
            return instance.invoke(event)
        finally:
            self._free.put(instance)

    def lines(self) -> list[str]:
        """What the instances wrote, each in its order."""
        return [line for instance in (*self._ended, *self._all) for line in list(instance.lines)]

    def init_ms(self) -> list[float]:
        """How long the start of each instance took that was invoked."""
        return [instance.init_ms for instance in self._all if instance.init_ms is not None]

    def close(self) -> None:
        """Ends all instances. May be called twice."""
        for instance in self._all:
            instance.close()

    def _start(self) -> Instance:
        return Instance(self._function, self._deployment, self._environment, self._log)

    def _replace(self, dead: Instance) -> Instance:
        dead.close()
        self._ended.append(dead)
        new = self._start()
        self._all[self._all.index(dead)] = new
        return new


def lambda_environment(function: Function, deployment: Deployment) -> dict[str, str]:
    """What Lambda itself sets, and where the runtime is: nothing of this process's environment."""
    return {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout),
        "AWS_REGION": REGION,
        "LAMBDA_TASK_ROOT": str(deployment.task_root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(deployment.emulator.runtime),
        "TZ": ":UTC",
    }
