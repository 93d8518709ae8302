"""The stack as built: what build/package holds, run by AWS's runtime, each function as its role."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Self

from infra.build import ROOT
from infra.enforcement.forwarding import Forwarder
from infra.enforcement.front import EnforcedAws, Upstreams
from infra.enforcement.record import Refusal
from infra.local.functions import Handler
from infra.local.log_view import readable
from infra.local.stack import LocalStack
from infra.stack.emulator import Emulator, emulator
from infra.stack.function_pool import FunctionPool
from infra.stack.instance import Deployment, InvocationError
from infra.stack.package import package, unzip

# Of what people and their apps call most there is more than one.
_INSTANCES = {"authorization": 2, "introspection": 2, "login": 2, "token": 3, "userinfo": 2}


class StartError(Exception):
    """Functions that do not start as they would be deployed, and what each of them said."""


def prepare() -> tuple[Path, Emulator]:
    """The package and the emulator, made where they are not there yet. Raises BuildError."""
    return package(ROOT), emulator(ROOT)


def start_all(functions: Sequence[Callable[[Any], Any]]) -> None:
    """Has each of them start, all at once. Raises StartError, which tells of all that do not."""
    nothing: dict[str, Any] = {"requestContext": {"http": {"method": "OPTIONS"}}}
    with ThreadPoolExecutor() as pool:
        started = [pool.submit(invoke, nothing) for invoke in functions]
    failed = [error for one in started if (error := one.exception()) is not None]
    said = [one.told_by_the_function for one in failed if isinstance(one, InvocationError)]
    if said:
        raise StartError("\n\n".join(said))
    for error in failed:
        raise error


class DeployedStack(LocalStack):
    """A LocalStack whose functions are the deployed ones. Whoever makes it keeps all rights: records are
    written past the roles, at `dynamodb_endpoint`.

    `echo` has the functions' log lines written to standard output, once requests are served.
    Raises BuildError, PolicyError besides.
    """

    # Of every function, beside the template's: what no deployed stack has, for tests.
    variables: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        *,
        port: int = 0,
        parameters: Mapping[str, str] | None = None,
        dynamodb_endpoint: str | None = None,
        functions: Mapping[str, Handler] | None = None,
        fetch_from: tuple[str, ...] = (),
        echo: bool = False,
    ) -> None:
        self._deployment_source, self._emulator = prepare()
        self._parameters, self._echo = parameters, echo
        self._expanded = self._deployment_source / "expanded.yaml"
        self._pools: dict[str, FunctionPool] = {}
        self._aws: EnforcedAws | None = None
        self._dynamodb: Forwarder | None = None
        self._log: list[str] = []
        self._serving = False
        self._home: Path | None = None
        super().__init__(
            port=port,
            parameters=parameters,
            template=self._expanded,
            dynamodb_endpoint=dynamodb_endpoint,
            functions=functions,
            fetch_from=fetch_from,
        )

    @property
    def aws(self) -> EnforcedAws:
        """The services as the functions see them, and the record of their calls."""
        if self._aws is None:
            raise RuntimeError("The stack is not started.")
        return self._aws

    def start(self) -> Self:
        """Starts the services and every function's instances."""
        super().start()
        self._dynamodb = Forwarder(self.dynamodb_endpoint)
        self._aws = EnforcedAws(
            self._expanded,
            Upstreams(
                self._dynamodb,
                self.kms,
                self.event_bus,
                self.secrets_manager,
                self.functions,
                self.scheduler,
            ),
            parameters=self._parameters,
            tell=self._tell_refusal,
        )
        self._home = Path(tempfile.mkdtemp(prefix="keyturn-stack-"))
        unzip(self._deployment_source, self._home)
        deployment = Deployment(self._emulator, self._home)
        for function in self.template.functions:
            given = {
                "FETCH_ALLOWED_ORIGINS": self.environment["FETCH_ALLOWED_ORIGINS"],
                **self.variables,
                **self._aws.environment(function.logical_id),
                # Where CloudFormation reads answers, which takes no credentials.
                "AWS_ENDPOINT_URL_S3": self.s3_endpoint,
            }
            self._pools[function.logical_id] = FunctionPool(
                function,
                deployment,
                given,
                instances=_INSTANCES.get(function.endpoint, 1),
                log=self._write,
            )
        return self

    def load(self) -> None:
        """Has one instance of every endpoint start: an instance imports its handler at its first event.

        Raises StartError.
        """
        endpoints = dict.fromkeys(route.function for route in self.template.routes)
        start_all([self._pools[one].invoke for one in endpoints])

    def log(self) -> list[str]:
        """The functions' own lines, in the order they were invoked in."""
        return list(self._log)

    def serve(self, documents: Mapping[str, Any] | None = None) -> Self:
        """Answers HTTP at `issuer` from now on."""
        self._serving = True
        return super().serve(documents)

    def lines(self, endpoint: str) -> list[str]:
        """What an endpoint's function and the runtime around it wrote."""
        return self._pools[self.template.function(endpoint).logical_id].lines()

    def init_ms(self) -> dict[str, list[float]]:
        """By endpoint, how long its instances took to start, in milliseconds, by the runtime's report."""
        return {one.endpoint: self._pools[one.logical_id].init_ms() for one in self.template.functions}

    def close(self) -> None:
        """Ends everything. May be called twice."""
        try:
            for pool in self._pools.values():
                pool.close()
            if self._aws:
                self._aws.close()
            if self._dynamodb:
                self._dynamodb.close()
        finally:
            super().close()
            if self._home:
                shutil.rmtree(self._home, ignore_errors=True)

    def _write(self, line: str) -> None:
        self._log.append(line)
        if self._echo and self._serving:
            sys.stdout.write(readable(line))
            sys.stdout.flush()

    def _tell_refusal(self, refusal: Refusal) -> None:
        if self._echo:
            sys.stdout.write(f"REFUSED  {refusal}\n")
            sys.stdout.flush()

    def _invoke(self, logical_id: str, event: dict[str, Any]) -> Any:
        return self._pools[logical_id].invoke(event)
