"""An embedded KMS: keys that sign and keys that encrypt, over HTTP as AWS KMS speaks it (AWS JSON 1.1).

Keys live in memory. Signs by RAW and DIGEST, keeps the limit of 4096 bytes, refuses with disabled
keys and with those to be deleted, and names its errors as KMS does. It asks for no
credentials: it listens on loopback alone.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.kms_keys import KEY_SPECS, SYMMETRIC, KeyRecord, KmsError, generate, usages
from infra.local.kms_uses import decrypt, derive_shared_secret, encrypt, public_key, sign
from infra.local.template import ACCOUNT, REGION

_ALIAS_PREFIX = "alias/"


class EmbeddedKms:
    """The keys, and an application that answers KMS's requests about them. Safe to use from threads."""

    def __init__(self) -> None:
        self._keys: dict[str, KeyRecord] = {}
        self._aliases: dict[str, str] = {}
        self._lock = threading.Lock()
        self._operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "CreateAlias": self._create_alias,
            "CreateKey": self._create_key,
            "Decrypt": lambda request: decrypt(self._find_enabled, request),
            "DeriveSharedSecret": lambda request: derive_shared_secret(self._find_enabled(request), request),
            "DescribeKey": lambda request: {"KeyMetadata": self._find(request).metadata()},
            "DisableKey": lambda request: self._enable(request, enabled=False),
            "EnableKey": lambda request: self._enable(request, enabled=True),
            "Encrypt": lambda request: encrypt(self._find_enabled(request), request),
            "GetKeyPolicy": lambda request: {"Policy": self._find(request).policy, "PolicyName": "default"},
            "GetPublicKey": lambda request: public_key(self._find_enabled(request)),
            "ListAliases": self._list_aliases,
            "ListKeys": self._list_keys,
            "ListResourceTags": self._list_resource_tags,
            "ScheduleKeyDeletion": self._schedule_key_deletion,
            "Sign": lambda request: sign(self._find_enabled(request), request),
        }

    def create_key(
        self,
        key_spec: str,
        *,
        key_id: str = "",
        tags: Mapping[str, str] | None = None,
        policy: str = "{}",
        description: str = "",
        usage: str = "",
    ) -> KeyRecord:
        """Makes a key, under a chosen id or a new one. Raises KmsError for an unknown spec."""
        if key_spec not in KEY_SPECS:
            raise KmsError("ValidationException", f"KeySpec {key_spec} is not supported here.")
        key_id = key_id or str(uuid.uuid4())
        record = KeyRecord(key_id, key_spec, generate(key_spec), dict(tags or {}), policy, description)
        record.usage = usage or record.usage
        with self._lock:
            self._keys[record.key_id] = record
        return record

    def create_alias(self, name: str, key_id: str) -> None:
        """Gives a key a name that begins with alias/. Raises KmsError."""
        if not name.startswith(_ALIAS_PREFIX):
            raise KmsError("ValidationException", "An alias begins with alias/.")
        with self._lock:
            if name in self._aliases:
                raise KmsError("AlreadyExistsException", f"An alias with the name {name} already exists")
            self._aliases[name] = key_id

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request of a KMS client."""
        try:
            return _answer(HTTPStatus.OK, self._operate(request))
        except KmsError as error:
            return _answer(HTTPStatus.BAD_REQUEST, {"__type": error.name, "message": str(error)})

    def _operate(self, request: HttpRequest) -> dict[str, Any]:
        service, _, operation = (request.header("x-amz-target") or "").partition(".")
        if service != "TrentService" or operation not in self._operations:
            raise KmsError("UnknownOperationException", f"{operation} is not supported here.")
        try:
            document = json.loads(request.body or b"{}")
        except ValueError:
            raise KmsError("SerializationException", "The body is no JSON.") from None
        if not isinstance(document, dict):
            raise KmsError("SerializationException", "The body is no JSON object.")
        return self._operations[operation](document)

    def _find(self, request: dict[str, Any]) -> KeyRecord:
        """The key a request names by id, ARN, alias name or alias ARN."""
        name = str(request.get("KeyId", ""))
        plain = name.split(":", 5)[-1] if name.startswith("arn:") else name
        with self._lock:
            key_id = self._aliases.get(plain, plain.removeprefix("key/"))
            record = self._keys.get(key_id)
        if record is None:
            kind = "Alias" if plain.startswith(_ALIAS_PREFIX) else "Key"
            raise KmsError("NotFoundException", f"{kind} '{name}' does not exist")
        return record

    def all_keys(self) -> list[KeyRecord]:
        """All keys, in the order they were made."""
        with self._lock:
            return list(self._keys.values())

    def _find_not_deleted(self, request: dict[str, Any]) -> KeyRecord:
        record = self._find(request)
        if record.deletion_days is not None:
            raise KmsError("KMSInvalidStateException", f"{record.arn} is pending deletion.")
        return record

    def _find_enabled(self, request: dict[str, Any]) -> KeyRecord:
        record = self._find_not_deleted(request)
        if not record.enabled:
            raise KmsError("DisabledException", f"{record.arn} is disabled.")
        return record

    def _create_key(self, request: dict[str, Any]) -> dict[str, Any]:
        spec = str(request.get("KeySpec", SYMMETRIC))
        usage = str(request.get("KeyUsage", "ENCRYPT_DECRYPT"))
        if usage not in usages(spec):
            raise KmsError("ValidationException", f"Keys of {spec} are not of usage {usage} here.")
        record = self.create_key(
            spec,
            tags={tag["TagKey"]: tag["TagValue"] for tag in request.get("Tags", [])},
            policy=str(request.get("Policy", "{}")),
            description=str(request.get("Description", "")),
            usage=usage,
        )
        return {"KeyMetadata": record.metadata()}

    def _create_alias(self, request: dict[str, Any]) -> dict[str, Any]:
        record = self._find({"KeyId": request.get("TargetKeyId")})
        self.create_alias(str(request.get("AliasName", "")), record.key_id)
        return {}

    def _list_aliases(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = self._find(request).key_id if request.get("KeyId") else None
        with self._lock:
            named = [(name, key_id) for name, key_id in self._aliases.items() if wanted in {None, key_id}]
        aliases = [
            {
                "AliasName": name,
                "AliasArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:{name}",
                "TargetKeyId": key_id,
            }
            for name, key_id in named
        ]
        return {"Aliases": aliases, "Truncated": False}

    def _enable(self, request: dict[str, Any], *, enabled: bool) -> dict[str, Any]:
        self._find_not_deleted(request).enabled = enabled
        return {}

    def _list_keys(self, request: dict[str, Any]) -> dict[str, Any]:
        """Page by page; the marker is how many came before."""
        keys, begin, limit = self.all_keys(), int(request.get("Marker", 0)), int(request.get("Limit", 100))
        page = [{"KeyArn": key.arn, "KeyId": key.key_id} for key in keys[begin : begin + limit]]
        more = {"NextMarker": str(begin + limit)} if begin + limit < len(keys) else {}
        return {"Keys": page, "Truncated": bool(more), **more}

    def _list_resource_tags(self, request: dict[str, Any]) -> dict[str, Any]:
        tags = self._find(request).tags.items()
        return {"Tags": [{"TagKey": key, "TagValue": value} for key, value in tags], "Truncated": False}

    def _schedule_key_deletion(self, request: dict[str, Any]) -> dict[str, Any]:
        record = self._find_not_deleted(request)
        record.deletion_days = int(request.get("PendingWindowInDays", 30))
        return {"KeyId": record.arn, "KeyState": record.state, "PendingWindowInDays": record.deletion_days}


def _answer(status: HTTPStatus, document: dict[str, Any]) -> HttpResponse:
    headers = (
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-requestid", str(uuid.uuid4())),
    )
    return HttpResponse(status, headers, json.dumps(document).encode())
