"""What a request presents to authenticate its client: the credentials of one method."""

from chalicelib.protocol.client import AuthMethod
from chalicelib.protocol.errors import InvalidClient
from chalicelib.protocol.reasons import Reason
from chalicelib.record import Record


class Presented(Record):
    """The client a request says it comes from, the method it uses, and that method's credential: a
    secret, an assertion, or nothing.
    """

    method: AuthMethod
    client_id: str
    credential: str


def refuse(reason: Reason, *, client_id: str | None = None) -> InvalidClient:
    """One answer for every failure, so that nobody learns which clients there are."""
    return InvalidClient(
        "Client authentication failed.", reason=reason, facts={"client_id": client_id} if client_id else None
    )
