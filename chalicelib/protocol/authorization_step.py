"""What comes next in an authorization: the state machine between a request and its answer.

    person            prompt, max_age, hint, claims    next        with prompt=none
    ----------------  -------------------------------  ----------  --------------------
    no session        any                              login       login_required
    session           prompt=login, not done here      login       (can't be)
    session           max_age over, not done here      login       login_required
    session           select_account, not done here    login       (can't be)
    session           acr is not what it must be       login (1)   login_required
    session           another person than is expected  login (2)   login_required (4)
    session, no       any                              consent     consent_required
      consent for all
    session, consent  prompt=consent, not done here    consent     (can't be)
    session, consent  an app anybody could pose as,    consent     consent_required
                      not done here (3)
    session, consent  otherwise                        answer      answer

"Done here": in this very interaction, which the session or the consent names.
Expected is who an id_token_hint is about, or the claims parameter's sub names.
(1) after which unmet_authentication_requirements, if it still is not.
(2) after which login_required, if the person still is another one.
(3) a public native app at a loopback or private-use redirect_uri (RFC 8252 section 8.6).
(4) where an app without the person's consent only names a sub, as by a hint its own secret signs:
    consent_required, as for that very person. It would else learn who is signed in.
"""

from enum import Enum

from chalicelib.accounts.consent import Consent
from chalicelib.accounts.session import Session
from chalicelib.protocol.authentication_context import acr_of
from chalicelib.protocol.authorization_request import AuthorizationRequest
from chalicelib.protocol.client import Client
from chalicelib.protocol.errors import (
    ConsentRequired,
    InvalidRequest,
    LoginRequired,
    OAuthError,
    UnmetAuthenticationRequirements,
)
from chalicelib.protocol.subject import Subjects
from chalicelib.protocol.supported import HMAC


class Step(Enum):
    """What the person does next; ANSWER is the end."""

    LOGIN = "login"
    CONSENT = "consent"
    ANSWER = "answer"


def next_step(
    request: AuthorizationRequest,
    *,
    session: Session | None,
    consent: Consent | None,
    expected: frozenset[str] | None,
    subjects: Subjects,
    interaction: str | None,
    now: int,
) -> Step:
    """The step after this state. `interaction` is the hash of the interaction under way, None for a
    request that just came; `expected` are the subs the person may have to this client, None for any. Raises
    LoginRequired, ConsentRequired (OpenID Connect Core section 3.1.2.6), UnmetAuthenticationRequirements.
    """
    silent = "none" in request.prompt
    if session is None or needs_login(request, session, interaction=interaction, now=now):
        if silent:
            raise LoginRequired("The person must sign in.", reason="login_needed")
        return Step.LOGIN
    unmet = unmet_expectation(request, session, expected, subjects)
    if unmet is not None:
        if silent:
            raise silent_refusal(request, unmet, consent, interaction=interaction)
        if session.login_interaction == interaction is not None:
            raise unmet
        return Step.LOGIN
    if needs_selection(request, session, interaction=interaction):
        return Step.LOGIN
    if needs_consent(request, consent, interaction=interaction):
        if silent:
            raise ConsentRequired("The person must consent.", reason="consent_needed")
        return Step.CONSENT
    return Step.ANSWER


def needs_login(
    request: AuthorizationRequest, session: Session, *, interaction: str | None, now: int
) -> bool:
    """OpenID Connect Core section 3.1.2.3: prompt=login asks even with a session, max_age with an old one."""
    if interaction is not None and session.login_interaction == interaction:
        return False
    if "login" in request.prompt:
        return True
    if request.max_age is None:
        return False
    # 0 is "now", whatever the clock's second.
    return request.max_age == 0 or now - session.auth_time > request.max_age


def meets_acr(request: AuthorizationRequest, session: Session) -> bool:
    """Whether the sign-in is of a class the request demands (OpenID Connect Core section 5.5.1.1)."""
    return request.required_acr is None or acr_of(session.amr) in request.required_acr


def unmet_expectation(
    request: AuthorizationRequest, session: Session, expected: frozenset[str] | None, subjects: Subjects
) -> OAuthError | None:
    """Why this sign-in is not the one asked for, None where it is."""
    if not meets_acr(request, session):
        return UnmetAuthenticationRequirements(
            "The person did not sign in as the request demands.", reason="acr_unmet"
        )
    # As this client knows people: what another is told must not lead it to them.
    if expected is not None and subjects.of(request.client, session.sub) not in expected:
        return LoginRequired("Another person is signed in.", reason="hint_of_another_person")
    return None


def silent_refusal(
    request: AuthorizationRequest, unmet: OAuthError, consent: Consent | None, *, interaction: str | None
) -> OAuthError:
    """What a client is told without a page where another sign-in is needed. Any client can name a sub, in a
    hint that its own secret signs as well, and must not learn whether that is who is signed in before they
    consented to it.
    """
    shown = request.id_token_hint is not None and request.client.id_token_signed_response_alg != HMAC
    only_named = isinstance(unmet, LoginRequired) and not shown
    if only_named and needs_consent(request, consent, interaction=interaction):
        return ConsentRequired("The person must consent.", reason="consent_needed")
    return LoginRequired("The person must sign in again.", reason=unmet.reason)


def expected_subs(request: AuthorizationRequest, *, hinted: str | None) -> frozenset[str] | None:
    """Whom the client expects, by its id_token_hint and by the sub its claims name (section 5.5.1); None for
    anybody. Raises InvalidRequest where these contradict each other.
    """
    asked = request.claims.subjects
    if hinted is None:
        return asked
    if asked is not None and hinted not in asked:
        raise InvalidRequest("The id_token_hint is not about the sub asked for.", reason="hint_contradicted")
    return frozenset({hinted})


def needs_selection(request: AuthorizationRequest, session: Session, *, interaction: str | None) -> bool:
    """prompt=select_account: an account is chosen once; signing in chooses it."""
    if "select_account" not in request.prompt:
        return False
    return interaction is None or interaction not in (
        session.selection_interaction,
        session.login_interaction,
    )


def needs_consent(request: AuthorizationRequest, consent: Consent | None, *, interaction: str | None) -> bool:
    """Only what was not allowed before asks again, or prompt=consent, or an app that can't be told from
    another that answers at the same redirect_uri (RFC 8252 section 8.6).
    """
    consent = standing_consent(consent, client=request.client)
    if consent is None or not consent.covers(request.asked_beyond(consent.allowed)):
        return True
    if "consent" not in request.prompt and not is_impersonable(request):
        return False
    return interaction is None or consent.interaction != interaction


def standing_consent(consent: Consent | None, *, client: Client) -> Consent | None:
    """The consent if it was given to this client, and not to one that had its client_id before."""
    if consent is None or consent.client_id != client.client_id:
        return None
    return consent if client.was_registered(at=consent.given_at) else None


def is_impersonable(request: AuthorizationRequest) -> bool:
    """Whether any app on the person's device could receive the code: nothing but the person's own eyes
    tells a native app without a secret from another, where no https redirect_uri is claimed. What nobody
    has looked at may say what it likes of its type.
    """
    client = request.client
    claimed = request.target.redirect_uri.startswith("https://")
    return client.public and (client.application_type == "native" or client.unverified) and not claimed
