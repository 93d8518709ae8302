"""What a person allowed a client, remembered: per person, client, scope and resource."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One person's consent to one client. `interaction` is the hash of the one it was last given in:
    that is how prompt=consent is known to be satisfied.
    """

    sub: str
    client_id: str
    scope: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    interaction: str | None = None

    def covers(self, scope: tuple[str, ...], resources: tuple[str, ...]) -> bool:
        """Whether all that is asked was allowed before."""
        return set(scope) <= set(self.scope) and set(resources) <= set(self.resources)

    def extended(self, *, scope: tuple[str, ...], resources: tuple[str, ...], interaction: str) -> "Consent":
        """This consent and what was allowed now."""
        return Consent(
            sub=self.sub,
            client_id=self.client_id,
            scope=tuple(dict.fromkeys((*self.scope, *scope))),
            resources=tuple(dict.fromkeys((*self.resources, *resources))),
            interaction=interaction,
        )


class Consents(Protocol):
    """Where consents are kept."""

    def put(self, consent: Consent) -> None: ...
