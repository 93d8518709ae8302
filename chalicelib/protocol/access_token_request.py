"""The access token request and its response, as every grant sees them: RFC 6749 sections 4 and 5.1."""

from collections.abc import Callable
from typing import NotRequired, TypedDict

from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.parameters import Parameters
from chalicelib.record import Record

RandomText = Callable[[int], str]
"""Makes base64url text of so many random bytes."""


class AccessTokenRequest(Record, kw_only=True):
    """A request whose client is authenticated and may use the grant, and whose scope and resources
    are well-formed. `scope` is None where it was not given. `source_ip` is where it came from, `now` in
    seconds since the epoch.
    """

    grant_type: str
    client: Client
    parameters: Parameters
    scope: tuple[str, ...] | None
    resources: tuple[str, ...]
    source_ip: str = ""
    now: int


class AccessTokenResponse(TypedDict):
    """RFC 6749 section 5.1; `expires_in` in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: NotRequired[str]
    refresh_token: NotRequired[str]
    id_token: NotRequired[str]
    # RFC 8693 section 2.2.1.
    issued_token_type: NotRequired[str]


class Issued(Record):
    """What a grant type answers with, and the person's grant it was issued on, None where there is none;
    then `sub` is the person, None where there is none either.
    """

    response: AccessTokenResponse
    grant: Grant | None = None
    sub: str | None = None
