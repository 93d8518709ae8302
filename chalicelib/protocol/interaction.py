"""What waits for a person: an authorization request, validated, kept and resumed, or a device's user code.

An interaction never changes. That a person signed in, chose an account or consented for it is told
by their session and their consent, which name the interaction they were made in. It is bound to
the browser it began in, whose cookie only its hash is kept of.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal, Protocol

from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.reasons import Reason
from chalicelib.record import Record, field

INTERACTION_BYTES = 32
BROWSER_BYTES = 32

Kind = Literal["authorization", "device"]


class Interaction(Record, kw_only=True):
    """One waiting request. `interaction_hash` is its key, `exp` in seconds since the epoch;
    `parameters` are the request's own, checked again at every step: of an authorization request, or the
    user_code of a device.
    """

    interaction_hash: str
    browser_hash: str
    parameters: Mapping[str, tuple[str, ...]] = field(hash=False)
    exp: int
    kind: Kind = "authorization"


class InteractionEnded(InvalidRequest):
    """The interaction is over, but it was this browser's: `parameters` start the same request again, or the
    app starts another at its `initiate_login_uri`, where it has one and is known.
    """

    def __init__(
        self,
        description: str,
        *,
        reason: Reason,
        interaction: Interaction,
        initiate_login_uri: str | None = None,
    ) -> None:
        super().__init__(description, reason=reason)
        self.kind = interaction.kind
        self.parameters = interaction.parameters
        self.initiate_login_uri = initiate_login_uri


class Interactions(Protocol):
    """Where interactions are kept."""

    def put(self, interaction: Interaction) -> None: ...


def hash_identifier(identifier: str) -> str:
    """The key of an interaction, and the mark of a browser: SHA-256 in hexadecimal."""
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()


def check_interaction(
    interaction: Interaction | None,
    *,
    browser: str | None,
    now: int,
    kinds: tuple[Kind, ...] = ("authorization",),
) -> Interaction:
    """The interaction if it is of one of these kinds, alive and this browser's.

    Raises InvalidRequest where it is unknown or another browser's, InteractionEnded where it expired.
    """
    if interaction is None or interaction.kind not in kinds:
        raise InvalidRequest("This sign-in is not known any more.", reason="interaction_unknown")
    if browser is None or not hmac.compare_digest(hash_identifier(browser), interaction.browser_hash):
        raise InvalidRequest(
            "This sign-in was started in another browser.", reason="interaction_other_browser"
        )
    if interaction.exp <= now:
        raise InteractionEnded(
            "This sign-in took too long and has expired.",
            reason="interaction_expired",
            interaction=interaction,
        )
    return interaction


def completed_before(interaction: Interaction, *, initiate_login_uri: str | None) -> InteractionEnded:
    """What there is to say of an interaction whose answer was sent: it is the app's to begin another, by a
    link that a person presses, at its `initiate_login_uri` (OpenID Connect Core section 4).
    """
    return InteractionEnded(
        "This sign-in was completed before.",
        reason="interaction_completed",
        interaction=interaction,
        initiate_login_uri=initiate_login_uri,
    )


def csrf_token(*, browser: str, purpose: str) -> str:
    """What a form must send back: bound to the browser's secret cookie and to one purpose.

    `purpose` names the page and its interaction or session.
    """
    return hmac.digest(browser.encode("utf-8", "surrogatepass"), purpose.encode(), "sha256").hex()


def check_csrf_token(token: str | None, *, browser: str, purpose: str) -> None:
    """Raises InvalidRequest where the form's token is not this browser's for this purpose; without a cookie
    there is no browser to be of, and its token would be everybody's to make.
    """
    expected = csrf_token(browser=browser, purpose=purpose).encode()
    given = (token or "").encode("utf-8", "surrogatepass")
    if not browser or not hmac.compare_digest(given, expected):
        raise InvalidRequest("This form was not sent from its own page.", reason="csrf")
