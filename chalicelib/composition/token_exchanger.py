"""What exchanging tokens and taking assertions needs, over the stack's tables."""

from chalicelib.aws.assertion_grants import AssertionGrantStore
from chalicelib.aws.grants import GrantStore
from chalicelib.aws.trusted_issuers import TrustedIssuerStore
from chalicelib.aws.users import UserStore
from chalicelib.composition.access_tokens import access_tokens, token_statuses
from chalicelib.composition.issuer_keys import issuer_keys
from chalicelib.composition.subjects import subjects
from chalicelib.gateway.environment import required, settings
from chalicelib.protocol.assertion import AssertionVerifier
from chalicelib.protocol.exchange import TokenExchanger
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.jwt_verification import VerificationKeys
from chalicelib.protocol.subject_token import SubjectTokens


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
            subjects=subjects(),
        ),
        assertions=AssertionVerifier(
            settings=settings(),
            trusted_issuers=TrustedIssuerStore(required("CLIENTS_TABLE")),
            keys=issuer_keys(),
            users=users,
        ),
        grants=AssertionGrantStore(required("GRANTS_TABLE")),
    )
