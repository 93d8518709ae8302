"""A custom resource's event to a DeclarationEvent, and how it fared to the document CloudFormation reads.

AWS CloudFormation User Guide, "CloudFormation custom resource request and response reference".
"""

import json
from collections.abc import Mapping
from typing import Any, get_args

from chalicelib.administration.declaration import DeclarationEvent, RequestType

# Of the whole document; more is not read.
MAX_BYTES = 4096
MAX_REASON = 1000
# No name of anything: what a resource is called that was never made.
NEVER_MADE = "never-made:"

_IDENTITY = ("RequestId", "StackId", "LogicalResourceId", "ResourceType")


class UnfitEvent(Exception):
    """No event of CloudFormation's, so there is nobody to answer. The text names the member at fault."""


def response_url(event: Any) -> str:
    """Where the answer goes. Raises UnfitEvent."""
    url = event.get("ResponseURL") if isinstance(event, dict) else None
    if not isinstance(url, str) or not url:
        raise UnfitEvent("ResponseURL")
    return url


def parse_declaration(event: Mapping[str, Any]) -> DeclarationEvent:
    """The event's members by type. Raises UnfitEvent."""
    for name in _IDENTITY:
        if not isinstance(event.get(name), str) or not event[name]:
            raise UnfitEvent(name)
    if event.get("RequestType") not in get_args(RequestType):
        raise UnfitEvent("RequestType")
    physical = event.get("PhysicalResourceId")
    if (event["RequestType"] == "Create") is not (physical is None) or not isinstance(physical, str | None):
        raise UnfitEvent("PhysicalResourceId")
    return DeclarationEvent(
        request_type=event["RequestType"],
        request_id=event["RequestId"],
        stack_id=event["StackId"],
        logical_resource_id=event["LogicalResourceId"],
        resource_type=event["ResourceType"],
        physical_resource_id=physical,
        properties=_mapping(event, "ResourceProperties"),
        old_properties=_mapping(event, "OldResourceProperties"),
    )


def succeeded(event: DeclarationEvent, *, name: str, attributes: Mapping[str, str]) -> bytes:
    """The document for what was done. `attributes` are what Fn::GetAtt gives."""
    return _document(event, {"Status": "SUCCESS", "PhysicalResourceId": name, "Data": dict(attributes)})


def failed(event: DeclarationEvent, *, name: str | None, reason: str) -> bytes:
    """The document for what was not done. Without a name, the resource keeps the one it has."""
    physical = name or event.physical_resource_id or NEVER_MADE + event.logical_resource_id
    short = reason if len(reason) <= MAX_REASON else reason[: MAX_REASON - 1] + "…"
    return _document(event, {"Status": "FAILED", "PhysicalResourceId": physical, "Reason": short})


def _document(event: DeclarationEvent, members: Mapping[str, Any]) -> bytes:
    document = {
        **members,
        "StackId": event.stack_id,
        "RequestId": event.request_id,
        "LogicalResourceId": event.logical_resource_id,
    }
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    if len(body) > MAX_BYTES and members.get("Reason"):
        # Text in any script, or much of it: what is read is the beginning.
        return _document(event, {**members, "Reason": members["Reason"][: len(members["Reason"]) // 2]})
    return body


def _mapping(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = event.get(name, {})
    if not isinstance(value, dict):
        raise UnfitEvent(name)
    return value
