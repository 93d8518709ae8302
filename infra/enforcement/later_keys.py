"""Keys that were made since the stack was: what KMS itself tells of them, asked as whoever owns them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra.enforcement.role import parse_key_policy
from infra.enforcement.statement import Statement
from infra.local.http_request import HttpRequest
from infra.local.http_server import Application
from infra.local.resources import Key
from infra.local.template import REGION


class LaterKeys:
    """Finds keys in the KMS behind the front. What it does not answer is no key, so nothing is allowed."""

    def __init__(self, kms: Application) -> None:
        self._kms = kms

    def find(self, key_id: str) -> Key | None:
        """A key by its id, with its tags, aliases and policy; None where there is none."""
        try:
            metadata = self._ask("DescribeKey", key_id)["KeyMetadata"]
            tags = self._ask("ListResourceTags", key_id)["Tags"]
            aliases = self._ask("ListAliases", key_id)["Aliases"]
            policy = self._ask("GetKeyPolicy", key_id)["Policy"]
            return Key(
                logical_id="",
                key_id=metadata["KeyId"],
                key_spec=metadata["KeySpec"],
                key_usage=metadata["KeyUsage"],
                aliases=tuple(alias["AliasName"] for alias in aliases),
                tags={tag["TagKey"]: tag["TagValue"] for tag in tags},
                policy=policy,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def _ask(self, operation: str, key_id: str) -> Any:
        headers = (("x-amz-target", f"TrentService.{operation}"),)
        body = json.dumps({"KeyId": key_id}).encode()
        return json.loads(self._kms(HttpRequest("POST", "/", "HTTP/1.1", headers, body, "127.0.0.1")).body)


class KeyPolicies(Mapping[str, tuple[Statement, ...]]):
    """The policies of keys by their ARNs: those of the template, and of keys made since."""

    def __init__(self, known: Mapping[str, tuple[Statement, ...]], later: LaterKeys) -> None:
        self._known = known
        self._later = later

    def __getitem__(self, arn: str) -> tuple[Statement, ...]:
        if arn in self._known:
            return self._known[arn]
        region, _, key_id = arn.removeprefix("arn:aws:kms:").partition(":")
        key = self._later.find(key_id.rpartition("/")[2]) if region == REGION else None
        if key is None:
            raise KeyError(arn)
        return parse_key_policy(json.loads(key.policy)["Statement"], arn)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
