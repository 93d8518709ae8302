"""What a request to Secrets Manager touches: one secret, by its name or its ARN.

Service Authorization Reference, "Actions, resources, and condition keys for AWS Secrets Manager".
"""

from collections.abc import Mapping
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
# A secret's ARN ends with six characters that nobody knows before.
_SUFFIX = "-AbCdEf"
_OF_ONE_SECRET = {
    "CreateSecret",
    "DeleteSecret",
    "DescribeSecret",
    "GetSecretValue",
    "ListSecretVersionIds",
    "PutSecretValue",
    "RestoreSecret",
    "RotateSecret",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
    "UpdateSecretVersionStage",
}


def secrets_accesses(operation: str, body: Mapping[str, Any]) -> list[Access]:
    """What the operation touches. Raises UnknownAccessError for what cannot be told."""
    if operation not in _OF_ONE_SECRET:
        raise UnknownAccessError(f"what {operation} touches")
    name = body.get("Name" if operation == "CreateSecret" else "SecretId")
    if not isinstance(name, str) or not name:
        raise UnknownAccessError("a secret of this name")
    if {"KmsKeyId", "AddReplicaRegions", "RotationLambdaARN"} & set(body):
        raise UnknownAccessError(f"a {operation} with another service's part in it")
    resource = name if name.startswith("arn:") else _ARN + name + _SUFFIX
    # Tags given at creation are a permission of their own.
    actions = [operation, *(["TagResource"] if operation == "CreateSecret" and body.get("Tags") else [])]
    return [Access(f"secretsmanager:{action}", resource) for action in actions]
