"""What exchanging tokens and taking assertions needs, over the stack's tables."""

from chalicelib.aws.assertion_grants import AssertionGrantStore
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.aws.users import UserStore
from chalicelib.composition.access_tokens import access_tokens, token_statuses
from chalicelib.gateway.environment import required, settings
from chalicelib.outbound.fetched_keys import FetchedKeys
from chalicelib.protocol.assertion import AssertionVerifier, Unacceptable
from chalicelib.protocol.exchange import TokenExchanger
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.subject_token import SubjectTokens
from chalicelib.protocol.trusted_issuer import TrustedIssuer


def token_exchanger(*, issuer: TokenIssuer, keys: VerificationKeys) -> TokenExchanger:
    """Made once an instance: it keeps the records and keys of trusted issuers."""
    users = UserStore(required("USERS_TABLE"))
    return TokenExchanger(
        issuer=issuer,
        subject_tokens=SubjectTokens(
            settings=settings(),
            keys=keys,
            access_tokens=access_tokens(keys=keys),
            statuses=token_statuses(),
            grants=GrantStore(required("GRANTS_TABLE")),
            users=users,
        ),
        assertions=AssertionVerifier(
            settings=settings(),
            trusted_issuers=TrustedIssuerStore(required("CLIENTS_TABLE")),
            keys=FetchedKeys(unavailable=unavailable_keys, allowed_origins=settings().fetch_allowed_origins),
            users=users,
        ),
        grants=AssertionGrantStore(required("GRANTS_TABLE")),
    )


def unavailable_keys(trusted: TrustedIssuer, why: str) -> Unacceptable:
    """What is said of an assertion whose issuer's keys can't be had; why not is for the log."""
    del trusted
    return Unacceptable(reason="jwks_uri_unavailable", facts={"jwks_uri_error": why})
