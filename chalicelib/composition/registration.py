"""What registering and managing registrations share, over the stack's tables."""

from chalicelib.administration.software_statement import SoftwareStatements
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.composition.issuer_keys import issuer_keys
from chalicelib.gateway.environment import required, settings
from chalicelib.gateway.request import Request
from chalicelib.protocol.bearer import bearer_token
from chalicelib.protocol.parameters import Parameters


class SecretsEncryption:
    """Implements the port ClientSecretEncryption. `key_id` is the key of the secrets."""

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id

    def encrypt(self, client_id: str, secret: str) -> str:
        # Imported where it is first needed: few clients prove by an HMAC that they know their secret.
        from chalicelib.aws.secrets_key import ClientSecretEncryption  # noqa: PLC0415

        return ClientSecretEncryption(self._key_id).encrypt(client_id, secret)


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
