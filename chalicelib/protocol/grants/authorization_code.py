"""Authorization code: RFC 6749 section 4.1.3 with PKCE, RFC 7636 section 4.6.

Redeeming is one conditional write. What it refuses is told apart by the grant as it stood then.
"""

from typing import Protocol

from chalicelib.protocol.access_token_request import AccessTokenRequest, Issued
from chalicelib.protocol.errors import InvalidGrant
from chalicelib.protocol.grant import Grant, GrantRevocation, Refused, grant_facts, hash_secret, parse_code
from chalicelib.protocol.issuing import TokenIssuer
from chalicelib.protocol.pkce import is_code_verifier, s256
from chalicelib.protocol.reasons import Reason
from chalicelib.protocol.redemption import Redemption, begin_redemption, issue_first_tokens


class CodeRedemption(Redemption, kw_only=True):
    """One attempt to redeem a code: what else must equal the grant's."""

    code_hash: str
    redirect_uri: str | None
    code_challenge: str | None


class CodeGrants(GrantRevocation, Protocol):
    """Where grants are kept, as this grant type needs it."""

    def redeem(self, redemption: CodeRedemption) -> Grant | Refused:
        """One conditional write, approved -> active: only if the grant is approved, not expired, and its
        code_hash, client_id, redirect_uri and code_challenge equal the redemption's (None: it has
        none). `exp` becomes `refresh_until`. Of parallel redemptions at most one succeeds.
        """

    def undo_redeem(self, redemption: CodeRedemption) -> None:
        """One conditional write, active -> approved as before: only if this redemption made it active
        and nothing came after.
        """


def redeem_code(request: AccessTokenRequest, *, issuer: TokenIssuer, grants: CodeGrants) -> Issued:
    """The tokens of a code. Raises InvalidRequest, InvalidGrant, InvalidScope, InvalidTarget, and
    TemporarilyUnavailable after which the same code can be redeemed again.
    """
    parameters = request.parameters
    code = parse_code(parameters.require("code"))
    verifier = parameters.get("code_verifier")
    redirect_uri = parameters.get("redirect_uri")
    if code is None:
        raise _refuse("code_malformed")
    if verifier is not None and not is_code_verifier(verifier):
        raise _refuse("code_verifier_mismatch", grant_id=code.grant_id)
    refresh_token, begun = begin_redemption(code.grant_id, request, issuer=issuer)
    redemption = CodeRedemption(
        **vars(begun),
        code_hash=hash_secret(code.secret),
        redirect_uri=redirect_uri,
        code_challenge=s256(verifier) if verifier is not None else None,
    )
    return issue_first_tokens(
        request,
        refresh_token,
        issuer=issuer,
        redeem=lambda: _redeem(redemption, grants=grants),
        undo=lambda: grants.undo_redeem(redemption),
    )


def _redeem(redemption: CodeRedemption, *, grants: CodeGrants) -> Grant:
    outcome = grants.redeem(redemption)
    if isinstance(outcome, Grant):
        return outcome
    found = outcome.found
    reason = why_refused(redemption, found)
    if found is not None and reason is None:
        return found
    # RFC 6749 section 4.1.2: a code used twice revokes what was issued on it.
    if reason == "code_replayed":
        grants.revoke(redemption.grant_id)
    raise _refuse(reason or "code_unknown", grant_id=redemption.grant_id, found=found)


def why_refused(redemption: CodeRedemption, found: Grant | None) -> Reason | None:
    """Why a redemption was refused, None where the grant was redeemed by this very attempt before.

    Only a replay of a spent code with everything right is one; a wrong guess is just that.
    """
    if found is None or found.code_hash != redemption.code_hash:
        return "code_unknown"
    if found.client_id != redemption.client_id:
        return "code_of_another_client"
    if found.redirect_uri != redemption.redirect_uri:
        return "redirect_uri_mismatch"
    if found.code_challenge != redemption.code_challenge:
        return "code_verifier_mismatch"
    if found.state == "active":
        return None if found.redemption == redemption.redemption else "code_replayed"
    if found.state == "approved" and found.exp <= redemption.now:
        return "code_expired"
    return "grant_revoked"


def _refuse(reason: Reason, *, grant_id: str | None = None, found: Grant | None = None) -> InvalidGrant:
    return InvalidGrant(
        "The code is invalid, has expired, was used before or is not this client's.",
        reason=reason,
        facts={**({"grant_id": grant_id} if grant_id else {}), **grant_facts(found)},
    )
