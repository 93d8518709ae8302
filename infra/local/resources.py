"""What a template declares, of what a laptop can have: tables, keys, functions, routes and buses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.intrinsics import TemplateError


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table: create_table's arguments, and the attribute its TTL is read from."""

    logical_id: str
    arguments: Mapping[str, Any] = field(hash=False)
    ttl_attribute: str | None

    @property
    def name(self) -> str:
        return str(self.arguments["TableName"])


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key, its id made from its logical id, with the aliases that name it. `policy` is JSON."""

    logical_id: str
    key_id: str
    key_spec: str
    key_usage: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    policy: str = "{}"


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function: the module and name of its handler, its environment, seconds and MB at most."""

    logical_id: str
    handler: str
    environment: Mapping[str, str] = field(hash=False)
    timeout: int = 3
    memory_size: int = 128
    # Its name where it has one of its own, and what becomes of events nobody waits for: how often one that
    # failed is tried again, and the ARN of the queue it then ends in.
    name: str = ""
    retries: int = 2
    on_failure: str | None = None

    @property
    def endpoint(self) -> str:
        """The stem of its file: `token` of chalicelib.endpoints.token.handler."""
        return self.handler.split(".")[-2]


@dataclass(frozen=True, slots=True)
class EventBus:
    """An event bus of EventBridge."""

    logical_id: str
    arn: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of SQS."""

    logical_id: str
    arn: str
    url: str


@dataclass(frozen=True, slots=True)
class Route:
    """A route of the HTTP API; `function` is a logical id."""

    route_key: str
    function: str


@dataclass(frozen=True, slots=True)
class Policies:
    """Statements, resolved: of each function's role, with the role's name, and of each key, by its ARN."""

    of_functions: Mapping[str, tuple[str, tuple[Mapping[str, Any], ...]]]
    of_keys: Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Template:
    """What a template says, resolved for one set of parameters."""

    tables: tuple[Table, ...]
    keys: tuple[Key, ...]
    functions: tuple[Function, ...]
    routes: tuple[Route, ...]
    event_buses: tuple[EventBus, ...] = ()
    queues: tuple[Queue, ...] = ()

    def environment(self) -> dict[str, str]:
        """All functions' variables as one environment, which one process can have.

        Raises TemplateError where two functions give a variable different values.
        """
        merged: dict[str, str] = {}
        for function in self.functions:
            for name, value in function.environment.items():
                if merged.setdefault(name, value) != value:
                    raise TemplateError(f"{name} has another value in {function.logical_id} than elsewhere.")
        return merged

    def function(self, endpoint: str) -> Function:
        """The function of an endpoint, by its stem. Raises KeyError."""
        found = next((function for function in self.functions if function.endpoint == endpoint), None)
        if found is None:
            raise KeyError(endpoint)
        return found
