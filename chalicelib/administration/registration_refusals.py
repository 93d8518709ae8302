"""How what a client asked to be registered with is refused: RFC 7591 section 3.2.2."""

from typing import NoReturn

from chalicelib.administration.refusals import InvalidMember
from chalicelib.administration.sector import SectorUnreadable
from chalicelib.protocol.errors import InvalidMetadata, InvalidRedirectUri, TemporarilyUnavailable


def busy() -> TemporarilyUnavailable:
    """What is raised where others go on changing the record."""
    return TemporarilyUnavailable(
        "The client is being changed by others. Try again.", reason="record_contended"
    )


def refuse(error: InvalidMember) -> NoReturn:
    """Tells the rule's own sentence (RFC 7591 section 3.2.2). Raises InvalidRedirectUri, InvalidMetadata."""
    if error.member == "redirect_uris":
        raise InvalidRedirectUri(str(error), reason="redirect_uri_unregistrable") from None
    facts = {"member": error.member} if error.member else {}
    if isinstance(error.__cause__, SectorUnreadable):
        facts["sector_error"] = str(error.__cause__)
    raise InvalidMetadata(str(error), reason="metadata_invalid", facts=facts) from None
