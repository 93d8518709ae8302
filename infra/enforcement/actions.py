"""The actions there are of the services enforced here, out of the services' own descriptions."""

from functools import cache
from typing import Any

import botocore.session

SERVICES = ("dynamodb", "events", "kms", "lambda", "scheduler", "secretsmanager")
# Actions that are no operation of their own: a part of a transaction, PartiQL's, what Invoke takes, and that
# a service is given a role.
_OF_NO_OPERATION = (
    "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "iam:PassRole",
    "lambda:InvokeFunction",
)


@cache
def operations(service: str) -> tuple[str, ...]:
    """The operations of a service, by its own names."""
    return tuple(service_model(service).operation_names)


@cache
def service_model(service: str) -> Any:
    """A service as botocore describes it."""
    return botocore.session.get_session().get_service_model(service)


KNOWN_ACTIONS = frozenset(
    (*(f"{service}:{name}" for service in SERVICES for name in operations(service)), *_OF_NO_OPERATION)
)
