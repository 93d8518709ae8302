"""What a request to EventBridge touches: the event bus of each entry, named or by its ARN.

Service Authorization Reference, "Actions, resources, and condition keys for Amazon EventBridge".
"""

from collections.abc import Mapping
from typing import Any

from infra.enforcement.access import Access, UnknownAccessError
from infra.local.template import ACCOUNT, REGION

_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/"
_DEFAULT = "default"


def events_accesses(operation: str, body: Mapping[str, Any]) -> list[Access]:
    """What the operation touches. Raises UnknownAccessError for what cannot be told."""
    if operation != "PutEvents" or "EndpointId" in body:
        raise UnknownAccessError(f"what {operation} touches")
    try:
        names = [str(entry.get("EventBusName") or _DEFAULT) for entry in body["Entries"]]
    except (AttributeError, KeyError, TypeError):
        raise UnknownAccessError("a PutEvents of this shape") from None
    if not names:
        raise UnknownAccessError("a PutEvents of nothing")
    return [Access("events:PutEvents", name if name.startswith("arn:") else _ARN + name) for name in names]
