"""The stack of infra/template.yaml in one process: its tables, keys, functions and API."""

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.local import dynamodb
from infra.local.event_bus import EmbeddedEventBus
from infra.local.first_rotation import rotate_once
from infra.local.functions import EmbeddedLambda, Handler
from infra.local.gateway import Gateway
from infra.local.http_server import LoopbackServer
from infra.local.kms import EmbeddedKms
from infra.local.later import EmbeddedScheduler, Later
from infra.local.programs_only import programs_only
from infra.local.queues import EmbeddedQueues
from infra.local.resources import Function, Template
from infra.local.response_bucket import ResponseBucket
from infra.local.secrets_manager import EmbeddedSecretsManager
from infra.local.template import ACCOUNT, REGION, TEMPLATE, read_template

_ROOMS = ("chalicelib.endpoints.", "chalicelib.operations.")
# Of the caller's own AWS set-up nothing may reach the functions: neither a profile nor an instruction
# to leave out the endpoints below, with which they would call the real AWS.
_UNWANTED = (
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The second argument of a handler, as the Lambda runtime gives it."""

    function_name: str
    memory_limit_in_mb: str = "512"
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline: float = field(default_factory=lambda: time.monotonic() + 15)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class LocalStack:
    """The stack as a context manager: entered, its tables and keys exist and the environment is set.

    `port` is the gateway's (0: a free one), `parameters` override the template's, `dynamodb_endpoint`
    uses a DynamoDB that runs already, `functions` are other people's, by their ARNs, for the stack to invoke,
    `fetch_from` origins exempt from the rules of a fetch.
    The environment is the process's own, so enter one at a time: entering forgets the endpoint modules loaded
    before, and what chalicelib cached; leaving restores the environment, deletes the tables and ends every
    thread.

    Raises PortTakenError, TemplateError.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        parameters: Mapping[str, str] | None = None,
        template: Path = TEMPLATE,
        dynamodb_endpoint: str | None = None,
        functions: Mapping[str, Handler] | None = None,
        fetch_from: tuple[str, ...] = (),
    ) -> None:
        # The issuer must be known before a handler is imported, so the port is taken first.
        self._gateway = LoopbackServer(port)
        self.port = self._gateway.port
        self.issuer = f"http://localhost:{self.port}"
        try:
            self.template: Template = read_template(template, parameters=parameters, address=self.issuer)
            self._functions = {function.logical_id: function for function in self.template.functions}
            self.kms = EmbeddedKms()
            self._kms_server = LoopbackServer()
            self.event_bus = EmbeddedEventBus()
            self._events_server = LoopbackServer()
            self.secrets_manager, self.response_bucket = EmbeddedSecretsManager(), ResponseBucket()
            self._secrets_manager_server, self._s3_server = LoopbackServer(), LoopbackServer()
            self.queues = EmbeddedQueues(self.template.queues)
            self.later = Later(self._invoke, self.queues)
            self.functions = EmbeddedLambda(self.template.functions, self._invoke, functions, self.later.put)
            self.scheduler = EmbeddedScheduler(self.later, self.functions.find)
            self._lambda_server, self._scheduler_server = LoopbackServer(), LoopbackServer()
            self._sqs_server = LoopbackServer()
            self._dynamodb_server = None if dynamodb_endpoint else LoopbackServer()
        except BaseException:
            self._gateway.close()
            raise
        self.dynamodb_endpoint = dynamodb_endpoint or _address(self._dynamodb_server)
        self.kms_endpoint = _address(self._kms_server)
        self.events_endpoint = _address(self._events_server)
        self.secrets_manager_endpoint = _address(self._secrets_manager_server)
        self.s3_endpoint = _address(self._s3_server)
        self.lambda_endpoint = _address(self._lambda_server)
        self.scheduler_endpoint = _address(self._scheduler_server)
        self.sqs_endpoint = _address(self._sqs_server)
        self.environment = self._environment() | {"FETCH_ALLOWED_ORIGINS": " ".join(fetch_from)}
        self._before: dict[str, str] | None = None
        self._has_tables = False

    def start(self) -> Self:
        """Starts the services, makes tables and keys, sets the environment."""
        self._before = dict(os.environ)
        for name in _UNWANTED:
            os.environ.pop(name, None)
        os.environ.update(self.environment)
        _forget()
        self._kms_server.start(programs_only(self.kms))
        self._events_server.start(programs_only(self.event_bus))
        self._secrets_manager_server.start(programs_only(self.secrets_manager))
        self._s3_server.start(programs_only(self.response_bucket, json=False))
        self._lambda_server.start(programs_only(self.functions, json=False))
        self._scheduler_server.start(programs_only(self.scheduler, json=False))
        self._sqs_server.start(programs_only(self.queues))
        if self._dynamodb_server:
            self._dynamodb_server.start(programs_only(dynamodb.embedded_dynamodb()))
        for key in self.template.keys:
            self.kms.create_key(
                key.key_spec, key_id=key.key_id, tags=key.tags, policy=key.policy, usage=key.key_usage
            )
            for alias in key.aliases:
                self.kms.create_alias(alias, key.key_id)
        dynamodb.create_tables(self.dynamodb_endpoint, self.template.tables)
        self._has_tables = True
        if self.environment.get("EDDSA_KEY") == "on":
            rotate_once()
        return self

    def load(self) -> None:
        """Imports every handler ahead of its first request."""
        for function in self.template.functions:
            _handler(function)

    def serve(self, documents: Mapping[str, Any] | None = None) -> Self:
        """Answers HTTP at `issuer` from now on; `documents` are JSON by path, which no function answers."""
        host = self.issuer.partition("://")[2]
        self._gateway.start(Gateway(self.template.routes, self._invoke, documents=documents, host=host))
        return self

    def invoke(self, endpoint: str, event: Mapping[str, Any]) -> Any:
        """What an endpoint's handler answers to an event, both handed over as JSON, as Lambda does.

        `endpoint` is a stem such as "token". Raises KeyError for an unknown one, and what the handler raises.
        """
        function = self.template.function(endpoint).logical_id
        return json.loads(json.dumps(self._invoke(function, json.loads(json.dumps(dict(event))))))

    def close(self) -> None:
        """Ends everything and restores the environment. May be called twice."""
        self._gateway.close()
        self.later.close()
        try:
            if self._has_tables:
                self._has_tables = False
                dynamodb.delete_tables(self.dynamodb_endpoint, self.template.tables)
        finally:
            if self._before is not None:
                os.environ.clear()
                os.environ.update(self._before)
                self._before = None
                _forget()
            for server in (
                *(self._kms_server, self._events_server, self._secrets_manager_server, self._s3_server),
                *(self._lambda_server, self._scheduler_server, self._sqs_server, self._dynamodb_server),
            ):
                if server:
                    server.close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _invoke(self, logical_id: str, event: dict[str, Any]) -> Any:
        return _handler(self._functions[logical_id])(event, LambdaContext(logical_id))

    def _environment(self) -> dict[str, str]:
        direct = {name: _without_proxy(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")}
        return {
            **self.template.environment(),
            **direct,
            "AWS_ACCESS_KEY_ID": dynamodb.ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": dynamodb.SECRET_ACCESS_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_endpoint,
            "AWS_ENDPOINT_URL_EVENTS": self.events_endpoint,
            "AWS_ENDPOINT_URL_KMS": self.kms_endpoint,
            "AWS_ENDPOINT_URL_LAMBDA": self.lambda_endpoint,
            "AWS_ENDPOINT_URL_S3": self.s3_endpoint,
            "AWS_ENDPOINT_URL_SCHEDULER": self.scheduler_endpoint,
            "AWS_ENDPOINT_URL_SQS": self.sqs_endpoint,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.secrets_manager_endpoint,
        }


def _handler(function: Function) -> Any:
    module, name = function.handler.rsplit(".", 1)
    return getattr(import_module(module), name)


def _address(server: LoopbackServer | None) -> str:
    return f"http://127.0.0.1:{server.port}" if server else ""


def _without_proxy(hosts: str) -> str:
    return ",".join(filter(None, (hosts, "localhost,127.0.0.1,::1")))


def _forget() -> None:
    """Drops what was read from another environment: the endpoint modules, and every functools.cache."""
    for name, module in list(sys.modules.items()):
        if name.startswith(_ROOMS):
            del sys.modules[name]
            room, _, stem = name.rpartition(".")
            if room in sys.modules:
                vars(sys.modules[room]).pop(stem, None)
        elif name.startswith("chalicelib"):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if callable(clear):
                    clear()
