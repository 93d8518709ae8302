"""Who people are to clients, over the stack's salt of pairwise subjects."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.gateway.environment import required
from chalicelib.protocol.subject import Subjects

if TYPE_CHECKING:
    from chalicelib.aws.pairwise_salt import PairwiseSalt


def subjects() -> Subjects:
    """By the salt, which is read once a client needs it and kept in this instance."""
    return Subjects(_salt)


def ensure_salt() -> None:
    """Makes the salt before the first client that needs it is kept. Raises TemporarilyUnavailable."""
    pairwise_salt().ensure()


def _salt() -> bytes:
    return pairwise_salt().read()


@cache
def pairwise_salt() -> "PairwiseSalt":
    """Made once an instance."""
    # Imported where it is first needed: few clients have pairwise subjects.
    from chalicelib.aws.pairwise_salt import PairwiseSalt  # noqa: PLC0415

    return PairwiseSalt(required("CLIENTS_TABLE"), required("SECRETS_KEY"))
