"""Request objects at the authorization endpoint: whose keys, secrets and documents they are read with.

What reads them is imported where the first one comes: few clients send any.
"""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import InvalidRequest, InvalidRequestObject, OAuthError
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.requesting_client import find_redirect_target
from chalicelib.protocol.settings import Settings

if TYPE_CHECKING:
    from chalicelib.protocol.request_object import RequestObjects

OBJECT_PARAMETERS = frozenset({"request", "request_uri"})


def has_request_object(parameters: Parameters) -> bool:
    """Whether a request brings its parameters in an object."""
    return any(parameters.all(name) for name in OBJECT_PARAMETERS)


def resolve_request_object(
    parameters: Parameters, *, client: Client, clients: Clients, now: int
) -> tuple[Client, Parameters]:
    """The parameters that count, and their client, whose record is read anew where its keys may have changed.

    Raises InvalidRequestObject, InvalidRequestUri, InvalidRequest and TemporarilyUnavailable.
    """
    objects = request_objects()
    try:
        return client, objects.resolve(parameters, client=client, now=now)
    except InvalidRequestObject as refused:
        again = clients.look_again(client.client_id) if refused.reason == "request_object_signature" else None
        if again is None or again == client:
            raise
    return again, objects.resolve(parameters, client=again, now=now)


def target_outside(
    parameters: Parameters, error: OAuthError, *, client: Client, settings: Settings
) -> RedirectTarget:
    """Where a request is answered whose object is not taken: by what stands outside it alone. Raises the
    error, for the person, where that is nowhere.
    """
    try:
        return find_redirect_target(parameters, client=client, settings=settings)
    except InvalidRequest:
        raise error from None


@cache
def request_objects() -> "RequestObjects":
    """Made once an instance: it keeps clients' keys, and objects as HTTP says."""
    from chalicelib.composition.client_keys import counted_fetch  # noqa: PLC0415
    from chalicelib.composition.client_secrets import client_secrets  # noqa: PLC0415
    from chalicelib.composition.request_object_fetch import fetch_keys, fetch_object  # noqa: PLC0415
    from chalicelib.composition.request_object_keys import request_object_keys  # noqa: PLC0415
    from chalicelib.gateway.environment import settings  # noqa: PLC0415
    from chalicelib.outbound.fetched_keys import FetchedKeys  # noqa: PLC0415
    from chalicelib.outbound.fetched_request_objects import FetchedRequestObjects  # noqa: PLC0415
    from chalicelib.protocol.request_object import RequestObjects  # noqa: PLC0415

    return RequestObjects(
        issuer=settings().issuer,
        keys=FetchedKeys(unavailable=unavailable_keys, counted=counted_fetch, fetch=fetch_keys),
        secrets=client_secrets,
        references=FetchedRequestObjects(fetch=fetch_object, counted=counted_fetch),
        decryption=request_object_keys(settings()),
    )


def unavailable_keys(client: Client, why: str) -> InvalidRequestObject:
    """What a client is told whose keys can't be had; why not is for the log."""
    facts = {"client_id": client.client_id, "jwks_uri_error": why}
    return InvalidRequestObject(
        "The client's keys could not be had.", reason="jwks_uri_unavailable", facts=facts
    )
