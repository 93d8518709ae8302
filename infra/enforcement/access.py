"""What a request does, in the terms policies are written in: one action on one resource each."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class UnknownAccessError(Exception):
    """Nobody knows here what the request touches, so nobody may make it. The text says what is unknown."""


@dataclass(frozen=True, slots=True)
class Access:
    """An action (`dynamodb:GetItem`) on a resource (an ARN), and its condition keys with their values.

    A key it does not have is absent, never empty.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
