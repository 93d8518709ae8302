"""Request objects by reference: OpenID Connect Core section 6.2, RFC 9101 section 5.2."""

import base64
import hashlib
import hmac
import re
from typing import Protocol

from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import InvalidRequestUri

# A fragment of this form is the SHA-256 of what the URI leads to; any other says nothing but which version.
_SHA256 = re.compile(r"[A-Za-z0-9_-]{43}")


class ReferencedObjects(Protocol):
    """Request objects by their request_uri."""

    def get(self, request_uri: str, *, client: Client) -> str:
        """The object at a URI, which is one of the client's own. Raises InvalidRequestUri and
        TemporarilyUnavailable.
        """


def check_request_uri(request_uri: str, client: Client) -> None:
    """Only what the client registered is ever fetched (OpenID Connect Dynamic Client Registration section 2
    request_uris): to the character, but for a fragment where it registered none. Raises InvalidRequestUri.
    """
    if not {request_uri, without_fragment(request_uri)} & set(client.request_uris):
        raise InvalidRequestUri(
            "The request_uri is not one the client registered.", reason="request_uri_unregistered"
        )


def without_fragment(request_uri: str) -> str:
    """What is asked for: a fragment is not sent (RFC 9110 section 7.1)."""
    return request_uri.partition("#")[0]


def names_its_content(request_uri: str) -> bool:
    """Whether the fragment is the hash of the content, which then never changes (section 6.2)."""
    return _SHA256.fullmatch(request_uri.partition("#")[2]) is not None


def check_content(request_uri: str, content: bytes) -> None:
    """Raises InvalidRequestUri where the fragment is the hash of another content."""
    if not names_its_content(request_uri):
        return
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(digest, request_uri.partition("#")[2]):
        raise InvalidRequestUri(
            "What the request_uri leads to is not what its fragment says.", reason="request_uri_hash"
        )
