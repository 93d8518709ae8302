"""What a client of OpenID Connect may be registered with: Dynamic Registration section 2, Core section 8.1,
Back-Channel Logout section 2.2, Front-Channel Logout section 2.
"""

import re
from typing import get_args
from urllib.parse import urlsplit

from chalicelib.protocol.client import Client, SubjectType
from chalicelib.protocol.client_rule import InvalidClientMetadata, is_web
from chalicelib.protocol.supported import DEVICE_CODE

# A year: who asks for less often than that does not ask.
MAX_MAX_AGE = 365 * 86_400
# RFC 6749 appendix A.4: acr_values are words between spaces.
_WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")


def check_openid(client: Client) -> None:
    """Every rule in turn. Raises InvalidClientMetadata."""
    check_subject(client)
    check_requests(client)
    check_logout(client)


def check_subject(client: Client) -> None:
    """Core section 8.1: pairwise subjects are of one sector, which is the host of the redirect URIs, or of a
    document that lists them. Apps on a device, where anybody could pose as one, have no host of their own.
    """
    if client.subject_type not in get_args(SubjectType):
        raise InvalidClientMetadata("subject_type is public or pairwise.", member="subject_type")
    _check_web(client, "sector_identifier_uri")
    # That a sector is a client's own, nothing says but that codes go there: a device gets its tokens without.
    if client.unverified and client.subject_type == "pairwise" and DEVICE_CODE in client.grant_types:
        raise InvalidClientMetadata(
            "subject_type is pairwise only without device_code for a client that registers itself.",
            member="subject_type",
        )
    if client.subject_type != "pairwise" or client.sector_identifier_uri is not None:
        return
    sectors = {_sector(uri) for uri in client.redirect_uris}
    if len(sectors) != 1 or None in sectors:
        raise InvalidClientMetadata(
            "sector_identifier_uri is needed for subject_type pairwise, unless all redirect_uris are on "
            "https and of one host.",
            member="sector_identifier_uri",
        )


def check_requests(client: Client) -> None:
    """What holds for requests that do not say it themselves, and where request objects are (section 2)."""
    for uri in client.request_uris:
        if not _is_printable(uri) or not is_web(uri):
            raise InvalidClientMetadata(
                "request_uris are https URLs, with the hash of the contents as their fragment or none.",
                member="request_uris",
            )
    # However slow, those of a client nobody has looked at keep few waiting: each host has a count of its own.
    if client.unverified and len({urlsplit(uri).hostname for uri in client.request_uris}) > 1:
        raise InvalidClientMetadata(
            "request_uris are of one host for a client that registers itself.", member="request_uris"
        )
    max_age = client.default_max_age
    if max_age is not None and not 0 <= max_age <= MAX_MAX_AGE:
        raise InvalidClientMetadata(
            f"default_max_age is 0 to {MAX_MAX_AGE} seconds.", member="default_max_age"
        )
    if not all(map(_WORD.fullmatch, client.default_acr_values)):
        raise InvalidClientMetadata(
            "default_acr_values are words, each of them one value.", member="default_acr_values"
        )
    _check_web(client, "initiate_login_uri")


def check_logout(client: Client) -> None:
    """Where a client hears of a logout. In a page it is told of at one of its own origins, and no other."""
    _check_web(client, "backchannel_logout_uri")
    _check_web(client, "frontchannel_logout_uri")
    told = client.frontchannel_logout_uri
    if told is not None and _origin(told) not in map(_origin, client.redirect_uris):
        raise InvalidClientMetadata(
            "frontchannel_logout_uri has scheme, host and port of one of the redirect_uris.",
            member="frontchannel_logout_uri",
        )


def _check_web(client: Client, member: str) -> None:
    uri = getattr(client, member)
    if uri is None:
        return
    # Browsers read a backslash as a slash: its host would be another one here than there.
    if not _is_printable(uri) or not is_web(uri) or {"#", "\\"} & set(uri) or "@" in urlsplit(uri).netloc:
        raise InvalidClientMetadata(f"{member} is an https URL without a fragment.", member=member)


def _sector(redirect_uri: str) -> str | None:
    parts = urlsplit(redirect_uri)
    return parts.hostname if parts.scheme == "https" else None


def _is_printable(uri: str) -> bool:
    return uri.isascii() and uri.isprintable() and " " not in uri


def _origin(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc.lower()
