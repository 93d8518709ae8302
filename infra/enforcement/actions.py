"""The actions there are of the services enforced here, out of the services' own descriptions."""

from functools import cache

import botocore.session

SERVICES = ("dynamodb", "events", "kms", "secretsmanager")
# Actions that are no operation of their own: a part of a transaction, and PartiQL's.
_OF_NO_OPERATION = (
    "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
)


@cache
def operations(service: str) -> tuple[str, ...]:
    """The operations of a service, by their names in X-Amz-Target."""
    return tuple(botocore.session.get_session().get_service_model(service).operation_names)


KNOWN_ACTIONS = frozenset(
    (*(f"{service}:{name}" for service in SERVICES for name in operations(service)), *_OF_NO_OPERATION)
)
