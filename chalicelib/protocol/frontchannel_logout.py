"""Which clients hear of a logout in the browser, and where: OpenID Connect Front-Channel Logout section 3."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from chalicelib.protocol.client import Clients
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.subject import Subjects

# A page waits for all of them: the clients used last are the ones a person is most likely still at.
MAX_FRAMES = 20


def frontchannel_logout_uris(
    grants: Iterable[Grant], *, clients: Clients, subjects: Subjects, issuer: str
) -> tuple[str, ...]:
    """What is loaded in the browser, one for each client of these grants that is registered for it and each
    of its sessions, the newest first. `iss` and `sid` tell it which session ended (section 3), asked for or
    not.
    """
    found: dict[str, None] = {}
    for grant in sorted(grants, key=lambda grant: -grant.created_at):
        client = clients.get(grant.client_id)
        # Of a client that was deleted since, another may have the name.
        if client is None or grant.sid is None or not client.was_registered(at=grant.created_at):
            continue
        if client.frontchannel_logout_uri is not None and len(found) < MAX_FRAMES:
            sid = subjects.session_of(client, grant.sid)
            found[_with_session(client.frontchannel_logout_uri, issuer, sid)] = None
    return tuple(found)


def _with_session(uri: str, issuer: str, sid: str) -> str:
    separator = "&" if "?" in uri else "?"
    return uri + separator + urlencode({"iss": issuer, "sid": sid}, quote_via=quote)
