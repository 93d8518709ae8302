"""What a person allowed a client, remembered: per person, client, resource and scope."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.record import Record, field

Asked = Mapping[str, tuple[str, ...]]
"""Scope values by the resource they are asked for. One word at two resources is two permissions."""


class Consent(Record, kw_only=True):
    """One person's consent to one client. `interaction` is the hash of the one it was last given in:
    that is how prompt=consent is known to be satisfied; `given_at` is when, in seconds since the epoch.
    """

    sub: str
    client_id: str
    allowed: Asked = field(default_factory=dict, hash=False)
    interaction: str | None = None
    given_at: int = 0

    def covers(self, asked: Asked) -> bool:
        """Whether all that is asked was allowed before, each scope at its own resource."""
        return all(
            resource in self.allowed and set(scope) <= set(self.allowed[resource])
            for resource, scope in asked.items()
        )

    def extended(self, asked: Asked, *, interaction: str, now: int) -> "Consent":
        """This consent and what was allowed now."""
        allowed = {
            resource: tuple(dict.fromkeys((*self.allowed.get(resource, ()), *asked.get(resource, ()))))
            for resource in dict.fromkeys((*self.allowed, *asked))
        }
        return Consent(
            sub=self.sub, client_id=self.client_id, allowed=allowed, interaction=interaction, given_at=now
        )


class Consents(Protocol):
    """Where consents are kept."""

    def put(self, consent: Consent) -> None: ...
