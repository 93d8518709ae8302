"""Which authorization servers a client may get identity assertion grants for, and what these may say.

A client's `id_jag_audiences` maps the issuer identifier of each such server to an object: `client_id`, the
client's name there; `scope`, a string of what it may ask there; `resources`, the resource servers it may name
there; `email`, whether the person's verified address is told. Without an entry there is no grant.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.record import Record

_MEMBERS = {"client_id", "scope", "resources", "email"}


class IdJagAudience(Record, kw_only=True):
    """One entry, read."""

    issuer: str
    client_id: str
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    email: bool


def id_jag_audience(audiences: Mapping[str, Any], issuer: str) -> IdJagAudience | None:
    """The entry of an authorization server, None where there is none."""
    entry = audiences.get(issuer)
    if entry is None:
        return None
    return IdJagAudience(
        issuer=issuer,
        client_id=entry["client_id"],
        scope=tuple(entry.get("scope", "").split()),
        resources=tuple(entry.get("resources", ())),
        email=entry.get("email", False),
    )


def check_id_jag_audiences(audiences: Mapping[str, Any]) -> None:
    """Raises ValueError, with a sentence for the operator, for what can't be registered."""
    for issuer, entry in audiences.items():
        # RFC 8414 section 2.
        try:
            parts = urlsplit(issuer)
        except ValueError:
            raise ValueError("id_jag_audiences: an issuer is an https URL.") from None
        if parts.scheme not in {"https", "http"} or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("id_jag_audiences: an issuer is an https URL without query and fragment.")
        if not isinstance(entry, dict) or not set(entry) <= _MEMBERS:
            raise ValueError(
                f"id_jag_audiences: an entry has {', '.join(sorted(_MEMBERS))}, no other member."
            )
        resources = entry.get("resources", ())
        if (
            not isinstance(entry.get("client_id"), str)
            or not entry["client_id"]
            or not isinstance(entry.get("scope", ""), str)
            or not isinstance(resources, list | tuple)
            or not all(isinstance(resource, str) for resource in resources)
            or not isinstance(entry.get("email", False), bool)
        ):
            raise ValueError(
                "id_jag_audiences: client_id is a name, scope words, resources a list of URIs, email true or "
                "false."
            )
