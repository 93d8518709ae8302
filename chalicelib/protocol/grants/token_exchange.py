"""Token exchange: RFC 8693. One token is swapped for another, by a client that acts for a person."""

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.assertion import Unacceptable
from chalicelib.protocol.delegation import Actor
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.exchange import TokenExchanger, check_confidential, exchange
from chalicelib.protocol.id_jag import issue_id_jag
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.parameters import Parameters
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.subject_token import Subject, actor_of_assertion, subject_of_assertion
from chalicelib.protocol.supported import OPAQUE, TOKEN_TYPE

ACCESS_TOKEN = TOKEN_TYPE + "access_token"
JWT = TOKEN_TYPE + "jwt"
# What may be exchanged for what. An ID token says who somebody is and gives nothing that could be carried on.
SUBJECTS = {
    "access_token": ("access_token", "refresh_token", "jwt"),
    "id-jag": ("id_token", "refresh_token"),
}
ACTORS = ("access_token", "id_token", "jwt")


def exchange_token(request: AccessTokenRequest, *, exchanger: TokenExchanger) -> Issued:
    """An access token for other resource servers, or an identity assertion authorization grant.

    Raises UnauthorizedClient, InvalidRequest (for a token that is not taken as well: RFC 8693 section 2.2.2),
    InvalidTarget, InvalidScope, TemporarilyUnavailable.
    """
    check_confidential(request.client)
    parameters = request.parameters
    requested = _requested(parameters.get("requested_token_type"))
    subject_token = parameters.require("subject_token")
    kind = _kind(
        parameters.require("subject_token_type"), of=SUBJECTS[requested], reason="subject_token_type"
    )
    audiences = tuple(dict.fromkeys(parameters.all("audience")))
    try:
        subject = _subject(subject_token, kind, request, exchanger)
        actor = _actor(parameters, request, exchanger)
        if requested == "id-jag":
            # The draft's section 4.3 has no use of an actor, and one audience.
            if len(audiences) != 1 or actor is not None:
                raise InvalidRequest("One audience is needed, and no actor.", reason="audience_malformed")
            return issue_id_jag(request, subject, audience=audiences[0], issuer=exchanger.issuer)
        resources = tuple(dict.fromkeys((*request.resources, *audiences)))
        check_format(request, resources, issuer=exchanger.issuer)
        issued = exchange(
            request,
            subject,
            actor=actor,
            resources=resources,
            scope=request.scope,
            exchanger=exchanger,
        )
    except Unacceptable as unacceptable:
        raise InvalidRequest(
            "The subject_token or actor_token is invalid, has expired, or is not for this client.",
            reason=unacceptable.reason,
            facts=unacceptable.facts,
        ) from None
    issued.response["issued_token_type"] = ACCESS_TOKEN
    return issued


def check_format(request: AccessTokenRequest, resources: tuple[str, ...], *, issuer: TokenIssuer) -> None:
    """Raises InvalidRequest where a JWT is asked for by name, and the resource servers take none."""
    if request.parameters.get("requested_token_type") != JWT:
        return
    if any(
        one.access_token_format == OPAQUE for one in issuer.find_servers(resources, client=request.client)
    ):
        raise InvalidRequest("The tokens of this resource are no JWTs.", reason="requested_token_type")


def _requested(token_type: str | None) -> str:
    if token_type is None:
        return "access_token"
    kind = token_type.removeprefix(TOKEN_TYPE)
    # An access token of this server is a JWT, unless the resource server has others. Refresh tokens are given
    # to whom a person granted something.
    kind = "access_token" if kind == "jwt" else kind
    if kind not in SUBJECTS or not token_type.startswith(TOKEN_TYPE):
        raise InvalidRequest("The requested_token_type is not issued.", reason="requested_token_type")
    return kind


def _kind(token_type: str, *, of: tuple[str, ...], reason: Reason) -> str:
    kind = token_type.removeprefix(TOKEN_TYPE)
    if kind not in of or not token_type.startswith(TOKEN_TYPE):
        raise InvalidRequest("A token of this type is not taken here.", reason=reason)
    return kind


def _subject(text: str, kind: str, request: AccessTokenRequest, exchanger: TokenExchanger) -> Subject:
    client, now, tokens = request.client, request.now, exchanger.subject_tokens
    match kind:
        case "access_token":
            return tokens.of_access_token(text, now=now)
        case "refresh_token":
            return tokens.of_refresh_token(text, client=client, now=now)
        case "id_token":
            return tokens.of_id_token(text, client=client, now=now)
        case _:
            assertion = exchanger.assertions.verify(text, client=client, id_jag=False, now=now)
            return subject_of_assertion(assertion, client=client)


def _actor(parameters: Parameters, request: AccessTokenRequest, exchanger: TokenExchanger) -> Actor | None:
    """RFC 8693 section 2.1: actor_token and actor_token_type come together or not at all."""
    token, token_type = parameters.get("actor_token"), parameters.get("actor_token_type")
    if token is None and token_type is None:
        return None
    if token is None or token_type is None:
        raise InvalidRequest("actor_token and actor_token_type need each other.", reason="actor_token_type")
    kind = _kind(token_type, of=ACTORS, reason="actor_token_type")
    if kind == "jwt":
        assertion = exchanger.assertions.verify(token, client=request.client, id_jag=False, now=request.now)
        return actor_of_assertion(assertion, own=exchanger.subject_tokens.settings.issuer)
    return exchanger.subject_tokens.actor(token, kind, client=request.client, now=request.now)
