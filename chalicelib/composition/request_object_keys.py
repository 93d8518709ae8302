"""The keys clients encrypt requests to, where the tenant has any."""

from typing import TYPE_CHECKING

from chalicelib.gateway.environment import required
from chalicelib.protocol.settings import Settings

if TYPE_CHECKING:
    from chalicelib.aws.request_object_keys import RequestObjectKeys


def request_object_keys(settings: Settings) -> "RequestObjectKeys | None":
    """Made once an instance: it keeps the public keys."""
    if not settings.request_object_encryption:
        return None
    # Imported where it is on: most tenants have it off.
    from chalicelib.aws.connections import connect_kms  # noqa: PLC0415
    from chalicelib.aws.request_object_keys import RequestObjectKeys  # noqa: PLC0415

    connect_kms()
    return RequestObjectKeys(rsa=required("REQUEST_OBJECT_KEY_RSA"), ec=required("REQUEST_OBJECT_KEY_EC"))
