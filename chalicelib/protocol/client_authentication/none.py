"""`none`: a public client names itself and proves nothing (RFC 6749 section 3.2.1)."""

from chalicelib.protocol.client_authentication.presented import Presented
from chalicelib.protocol.parameters import Parameters


def read(parameters: Parameters) -> Presented | None:
    """The client_id alone, None where there is none."""
    client_id = parameters.get("client_id")
    return Presented("none", client_id, "") if client_id is not None else None
