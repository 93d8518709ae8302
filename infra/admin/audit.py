"""Tells the tenant's audit trail what an operator changed."""

import secrets
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.protocol.security_event import SecurityEvent, event_entry
from infra.admin.answer import Change
from infra.admin.tenant import Tenant

_BATCH = 10
_TRIES = 3
_ID_BYTES = 16


def tell(tenant: Tenant, changes: Sequence[Change]) -> str | None:
    """Puts the events on the tenant's bus. Why some could not be put, None where all were."""
    if tenant.bus is None:
        return None
    now = tenant.now()
    entries = [
        event_entry(
            SecurityEvent(
                type=change.type,
                id=secrets.token_urlsafe(_ID_BYTES),
                time=now,
                issuer=tenant.issuer,
                actor=tenant.actor,
                **change.about,
            ).to_json(),
            bus=tenant.bus,
        )
        for change in changes
    ]
    try:
        events = tenant.make_events()
        left = [
            one for start in range(0, len(entries), _BATCH) for one in _put(events, entries[start:][:_BATCH])
        ]
    except (BotoCoreError, ClientError) as error:
        return str(error)
    return f"{len(left)} of {len(entries)} events were not taken." if left else None


def _put(events: Any, entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """The entries that were not taken, after a few tries."""
    for _ in range(_TRIES):
        results = events.put_events(Entries=entries)["Entries"]
        entries = [entry for entry, result in zip(entries, results, strict=True) if "ErrorCode" in result]
        if not entries:
            break
    return entries
