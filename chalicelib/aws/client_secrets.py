"""Secrets of clients in AWS Secrets Manager, one a client: nobody else has them but who uses them.

A secret is `<prefix><client_id>`, a JSON object of client_id and client_secret, encrypted with the account's
key aws/secretsmanager. The version is named by whoever asks for it, so that asking again makes no other one.
"""

import json
import time
from typing import Any

from chalicelib.administration.declared_client import ClientSecret
from chalicelib.administration.refusals import OwnedByAnother
from chalicelib.aws.calls import secret_operation
from chalicelib.aws.refusal import Refusal
from chalicelib.aws.retries import jittered_delay
from chalicelib.protocol.errors import TemporarilyUnavailable

MAX_TRIES = 4
OWNER_TAG = "keyturn:declared-by"
# Characters of a tag's value; an owner is longer where names of stacks and resources are.
MAX_TAG = 256

_CURRENT = "AWSCURRENT"


class ClientSecretStore:
    """Implements the port ClientSecrets. `prefix` ends with a slash, so that no other begins with it."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def ensure(self, client_id: str, *, version: str, new: str, owner: str) -> ClientSecret:
        name = self._prefix + client_id
        for _ in range(MAX_TRIES):
            found = self._find(name, client_id, owner)
            if found is None:
                made = _unless_taken("CreateSecret", **_creation(name, client_id, version, new, owner))
            elif found.get("DeletedDate"):
                _unless_taken("RestoreSecret", SecretId=name)
                continue
            elif version in found.get("VersionIdsToStages", {}):
                return _current(name, version, found)
            else:
                made = _unless_taken(
                    "PutSecretValue",
                    SecretId=name,
                    ClientRequestToken=version,
                    SecretString=_document(client_id, new),
                )
            if made is not None:
                return ClientSecret(arn=made["ARN"], value=new)
            time.sleep(jittered_delay(1))
        raise TemporarilyUnavailable("A store is busy. Try again.", reason="aws_throttled")

    def remove(self, client_id: str, *, owner: str) -> None:
        name = self._prefix + client_id
        try:
            found = self._find(name, client_id, owner)
        except OwnedByAnother:
            return
        if found is not None:
            # At once: it opens nothing any more, and its name shall be free for a client made anew.
            secret_operation("DeleteSecret", SecretId=name, ForceDeleteWithoutRecovery=True)

    def _find(self, name: str, client_id: str, owner: str) -> dict[str, Any] | None:
        try:
            found = secret_operation("DescribeSecret", SecretId=name)
        except Refusal as refusal:
            if refusal.code == "ResourceNotFoundException":
                return None
            raise
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}
        if tags.get(OWNER_TAG) != _tag(owner):
            raise OwnedByAnother(f"The secret of the client {client_id} was made elsewhere.")
        return found


def _creation(name: str, client_id: str, version: str, new: str, owner: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Description": f"The secret of the OAuth client {client_id}, made by Keyturn.",
        "ClientRequestToken": version,
        "SecretString": _document(client_id, new),
        "Tags": [{"Key": OWNER_TAG, "Value": _tag(owner)}],
    }


def _current(name: str, version: str, found: dict[str, Any]) -> ClientSecret:
    """The secret of a version that exists, made the current one where another is."""
    stages = found["VersionIdsToStages"]
    if _CURRENT not in stages[version]:
        holders = [{"RemoveFromVersionId": other} for other in stages if _CURRENT in stages[other]]
        secret_operation(
            "UpdateSecretVersionStage",
            SecretId=name,
            VersionStage=_CURRENT,
            MoveToVersionId=version,
            **(holders[0] if holders else {}),
        )
    kept = secret_operation("GetSecretValue", SecretId=name, VersionId=version)
    return ClientSecret(arn=found["ARN"], value=json.loads(kept["SecretString"])["client_secret"])


def _unless_taken(operation: str, **members: Any) -> dict[str, Any] | None:
    """The answer, None where another call was there first, or a deletion is not over yet."""
    try:
        return secret_operation(operation, **members)
    except Refusal as refusal:
        if refusal.code in {"ResourceExistsException", "InvalidRequestException"}:
            return None
        raise


def _document(client_id: str, secret: str) -> str:
    return json.dumps({"client_id": client_id, "client_secret": secret})


def _tag(owner: str) -> str:
    # The end tells most: the stack's GUID and the resource.
    return owner[-MAX_TAG:]
