"""The authorization request: RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1.

First the client and its redirect_uri (requesting_client.py), whose faults are told to the person; then
everything else, whose faults are told to the client. Each rule is a function of its own; `check` lists them.
What OpenID Connect adds is in authentication_request.py.
"""

from chalicelib.accounts.consent import Asked
from chalicelib.protocol import errors
from chalicelib.protocol.authentication_request import (
    AUTHENTICATION_PARAMETERS,
    AuthenticationRequest,
    parse_authentication_request,
)
from chalicelib.protocol.claims_request import CLAIMS, ClaimsRequest
from chalicelib.protocol.claims_request import MAX_BYTES as MAX_CLAIMS_BYTES
from chalicelib.protocol.client import Client, Clients
from chalicelib.protocol.errors import InvalidRequest
from chalicelib.protocol.parameters import MAX_BYTES, Parameters, fits
from chalicelib.protocol.pkce import check_code_challenge
from chalicelib.protocol.redirect_uri import RedirectTarget
from chalicelib.protocol.requesting_client import find_client, find_redirect_target
from chalicelib.protocol.resource import ResourceServer, ResourceServers, find_resource_servers
from chalicelib.protocol.response_type import check_response_mode, check_response_type
from chalicelib.protocol.scope import authorized_scope, parse_scope, registered_scope
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.supported import ACR_VALUES, OPENID_SCOPES

SIZES = {"claims": MAX_CLAIMS_BYTES, "id_token_hint": 16_384, "scope": 8_192}

# Where OpenID's scopes are filed among the resources; no resource can have this name, which is no URI.
OPENID = "openid"

# The parameters that are kept with an interaction; all others are ignored.
PARAMETERS = AUTHENTICATION_PARAMETERS | frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)


class AuthorizationRequest(AuthenticationRequest, kw_only=True):
    """A request that holds. `redirect_uri` is the parameter, None where it was left out;
    `response_type` holds its words.
    """

    client: Client
    response_type: frozenset[str]
    target: RedirectTarget
    redirect_uri: str | None
    scope: tuple[str, ...]
    servers: tuple[ResourceServer, ...]
    code_challenge: str | None

    @property
    def is_openid(self) -> bool:
        """Whether it is an authentication request (OpenID Connect Core section 3.1.2.1)."""
        return "openid" in self.scope

    @property
    def by_code(self) -> bool:
        """Whether a code leaves with the response, to be redeemed at the token endpoint."""
        return "code" in self.response_type

    @property
    def resources(self) -> tuple[str, ...]:
        """The identifiers of the resource servers it asks tokens for."""
        return tuple(server.resource for server in self.servers)

    @property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """What a person is asked to allow: the scope by resource, OpenID's own at this server, and the claims
        that are asked for one by one.
        """
        by_server = {
            server.resource: tuple(token for token in self.scope if token in server.scopes)
            for server in self.servers
        }
        openid = tuple(token for token in self.scope if token in OPENID_SCOPES)
        by_name = {OPENID: openid, CLAIMS: self.claims_asked}
        return {**by_server, **{name: asked for name, asked in by_name.items() if asked}}

    def asked_beyond(self, allowed: Asked) -> Asked:
        """The same without the claims of scopes that were allowed before."""
        claims = self.claims.beyond((*self.scope, *allowed.get(OPENID, ())))
        others = {name: asked for name, asked in self.asked.items() if name != CLAIMS}
        return {**others, CLAIMS: claims} if claims else others

    @property
    def claims_asked(self) -> tuple[str, ...]:
        """The claims a person is asked to allow beyond those of the scope, without language tags."""
        return self.claims.beyond(self.scope)

    @property
    def expects_somebody(self) -> bool:
        """Whether the client says who the person has to be."""
        return self.id_token_hint is not None or self.claims.subjects is not None

    @property
    def required_acr(self) -> frozenset[str] | None:
        """The acr values one of which the sign-in must have; None where any will do. With acr_values an
        OpenID client says what it prefers (OpenID Connect Core section 5.5.1.1), any other what its resource
        server demands (RFC 9470 section 5).
        """
        if self.is_openid or not self.acr_values:
            return self.claims.essential_acr
        return frozenset(self.acr_values)


def check(
    parameters: Parameters,
    *,
    client: Client,
    target: RedirectTarget,
    resource_servers: ResourceServers,
    settings: Settings,
) -> AuthorizationRequest:
    """Every rule that is told to the client, in order. Raises an OAuthError."""
    parameters.check_none_repeated()
    check_not_served(parameters)
    check_sizes(parameters)
    response_type = check_response_type(parameters, client, settings)
    check_response_mode(parameters, target)
    check_code_challenge(
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
        required=client.public and "code" in response_type,
    )
    authentication = parse_authentication_request(parameters, client)
    servers = find_resource_servers(
        parameters.all("resource"),
        client=client,
        resource_servers=resource_servers,
        audience=settings.audience,
        issuer=settings.issuer,
    )
    scope = authorized_scope(
        parse_scope(parameters.get("scope")),
        client=client,
        servers=servers,
        refreshable="code" in response_type,
    )
    check_openid(parameters, scope, response_type)
    check_claims(authentication.claims, response_type)
    known = ClaimsRequest()
    if "openid" in scope:
        known = authentication.claims.permitted(registered_scope(client, servers))
    request = AuthorizationRequest(
        **{**vars(authentication), "claims": known},
        client=client,
        response_type=response_type,
        target=target,
        redirect_uri=parameters.get("redirect_uri"),
        scope=scope,
        servers=servers,
        code_challenge=parameters.get("code_challenge"),
    )
    check_acr(request)
    return request


def check_again(
    parameters: Parameters, *, clients: Clients, resource_servers: ResourceServers, settings: Settings
) -> AuthorizationRequest:
    """A request that was checked before, out of its interaction: the client may have changed since.

    Raises an OAuthError, which is told to the person.
    """
    client = find_client(parameters, clients=clients)
    target = find_redirect_target(parameters, client=client, settings=settings)
    return check(
        parameters, client=client, target=target, resource_servers=resource_servers, settings=settings
    )


def check_not_served(parameters: Parameters) -> None:
    """OpenID Connect Core sections 3.1.2.6 and 6: what is not served is said, not ignored."""
    for name, error in _NOT_SERVED:
        if parameters.get(name) is not None:
            raise error(f"The parameter {name} is not supported.", reason="parameter_not_supported")


_NOT_SERVED: tuple[tuple[str, type[errors.OAuthError]], ...] = (
    ("registration", errors.RegistrationNotSupported),
)


def check_sizes(parameters: Parameters) -> None:
    """What goes back, into tokens or into the store is bounded. Raises InvalidRequest."""
    for name in PARAMETERS:
        limit = SIZES.get(name, MAX_BYTES)
        if not all(fits(value, limit) for value in parameters.all(name)):
            raise InvalidRequest(f"The parameter {name} is too long.", reason="parameter_too_long")


def check_openid(parameters: Parameters, scope: tuple[str, ...], response_type: frozenset[str]) -> None:
    """OpenID Connect Core sections 3.1.2.1, 3.2.2.1 and 3.3.2.11: redirect_uri is required, and a nonce where
    an ID token leaves with the response: nothing else says that it is not another one's, put there. Raises
    InvalidRequest, InvalidScope.
    """
    if "openid" in scope and parameters.get("redirect_uri") is None:
        raise InvalidRequest("An OpenID request names its redirect_uri.", reason="redirect_uri_missing")
    if "id_token" not in response_type:
        return
    if "openid" not in scope:
        raise errors.InvalidScope("An ID token needs the scope openid.", reason="scope_openid_missing")
    if parameters.get("nonce") is None:
        raise InvalidRequest("An ID token in the response needs a nonce.", reason="nonce_missing")


def check_claims(claims: ClaimsRequest, response_type: frozenset[str]) -> None:
    """OpenID Connect Core section 5.5: claims at userinfo need an access token. Raises InvalidRequest."""
    if claims.userinfo and not response_type & {"code", "token"}:
        raise InvalidRequest("There is no access token to ask userinfo with.", reason="claims_malformed")


def check_acr(request: AuthorizationRequest) -> None:
    """RFC 9470 section 5: what can't be met is said before anybody is asked. Raises
    UnmetAuthenticationRequirements.
    """
    required = request.required_acr
    if required is not None and required.isdisjoint(ACR_VALUES):
        raise errors.UnmetAuthenticationRequirements(
            "Nobody can sign in here as the request demands.", reason="acr_unmet"
        )
