"""What registering and managing registrations share, over the stack's tables."""

from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.composition.issuer_keys import issuer_keys
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.request import Request
from chalicelib.protocol.bearer import bearer_token
from chalicelib.protocol.parameters import Parameters


def software_statements() -> SoftwareStatements:
    """Made once an instance: it keeps the records and keys of publishers."""
    return SoftwareStatements(
        settings=settings(),
        trusted_issuers=TrustedIssuerStore(required("CLIENTS_TABLE")),
        keys=issuer_keys(),
    )


def access_token_of(request: Request) -> str:
    """The token of the Authorization header (RFC 6750 section 2.1). Raises InvalidToken, InvalidRequest."""
    return bearer_token(request.header("authorization"), Parameters({}))
