"""`client_secret_post`: RFC 6749 section 2.3.1, in the body."""

from chalicelib.protocol.client_authentication.presented import Presented
from chalicelib.protocol.parameters import Parameters


def read(parameters: Parameters) -> Presented | None:
    """The client_id and client_secret, None where there is no secret. Raises InvalidRequest where a
    secret comes without a client_id.
    """
    secret = parameters.get("client_secret")
    if secret is None:
        return None
    return Presented("client_secret_post", parameters.require("client_id"), secret)
