"""The logout request: OpenID Connect RP-Initiated Logout section 2."""

from urllib.parse import quote, urlencode

from chalicelib.accounts.session import Session
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.id_token_hint import IdTokenHint, IdTokenHints
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.subject import Subjects
from chalicelib.record import Record, replace

MAX_STATE_BYTES = 2048
PARAMETERS = frozenset(
    {"client_id", "id_token_hint", "logout_hint", "post_logout_redirect_uri", "state", "ui_locales"}
)


class LogoutRequest(Record, kw_only=True):
    """A request that holds. `location` is where to go after signing out, state and all; None where the
    client named no place or is not known, so that its place can't be checked, or nobody has looked at it and
    no ID token speaks for it.
    """

    hint: IdTokenHint | None
    client: Client | None
    location: str | None

    def names(self, session: Session, *, subjects: Subjects) -> bool:
        """Whether the hint is of this very session: then the client may end it without a question."""
        if self.hint is None:
            return False
        sid = subjects.session_of(self.client, session.sid) if self.client else session.sid
        return (self.hint.sub, self.hint.sid) == (session.sub, sid)


def check_logout_request(
    parameters: Parameters, *, clients: Clients, hints: IdTokenHints, now: int
) -> LogoutRequest:
    """Raises InvalidRequest for a hint that is not ours, a client_id that is not the hint's, and a
    post_logout_redirect_uri that the client has not registered (section 3), and for an endless state.
    """
    parameters.check_none_repeated()
    hint_text = parameters.get("id_token_hint")
    hint = hints.parse(hint_text, now=now) if hint_text is not None else None
    if hint is not None:
        hint = replace(hint, sub=hints.subjects.local(hint.sub))
    client_id = parameters.get("client_id")
    if hint is not None and client_id is not None and client_id != hint.client_id:
        raise InvalidRequest("The client_id is not the id_token_hint's.", reason="client_id_mismatch")
    named = hint.client_id if hint is not None else client_id
    client = clients.get(named) if named is not None else None
    if client_id is not None and client is None:
        raise InvalidRequest("This app is not known here.", reason="client_unknown")
    redirect_uri = parameters.get("post_logout_redirect_uri")
    if redirect_uri is None or client is None:
        return LogoutRequest(hint=hint, client=client, location=None)
    if redirect_uri not in client.post_logout_redirect_uris:
        raise InvalidRequest(
            "The app asked to return to an address it has not registered.",
            reason="redirect_uri_unregistered",
        )
    if client.unverified and hint is None:
        # Section 3: nothing says that a person wants to go there; anybody can link to here (RFC 9700 section
        # 4.11.2).
        return LogoutRequest(hint=hint, client=client, location=None)
    state = parameters.get("state")
    if state is not None and len(state.encode()) > MAX_STATE_BYTES:
        raise InvalidRequest("The parameter state is too long.", reason="parameter_too_long")
    return LogoutRequest(hint=hint, client=client, location=_location(redirect_uri, state))


def _location(redirect_uri: str, state: str | None) -> str:
    if state is None:
        return redirect_uri
    separator = "&" if "?" in redirect_uri else "?"
    return redirect_uri + separator + urlencode({"state": state}, quote_via=quote)
