"""Who may call: a request's token, its proof of possession and its scope, checked in this order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from keyturn_resource_server.access_token import AccessToken, AccessTokens, InvalidTokenError
from keyturn_resource_server.challenge import RefusedError, challenge
from keyturn_resource_server.dpop import PROOF_ALGORITHMS, InvalidProofError, ProofVerifier
from keyturn_resource_server.issuer import IssuerUnavailableError
from keyturn_resource_server.metadata import ProtectedResource
from keyturn_resource_server.step_up import SignIn

# RFC 6750 section 2.1.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What of an HTTP request counts: its method, its whole URL, and two headers ("" where absent). A header
    that came several times is one text, with commas.
    """

    method: str
    url: str
    authorization: str = field(default="", repr=False)
    dpop: str = field(default="", repr=False)


class ResourceServer:
    """One protected resource: what it says of itself, which tokens it takes and, where DPoP-bound tokens are
    to be accepted, who verifies their proofs. Without `proofs` a bound token is refused, whoever brings it.

    Raises ValueError where bound tokens are required and nobody verifies proofs.
    """

    def __init__(
        self, resource: ProtectedResource, tokens: AccessTokens, proofs: ProofVerifier | None = None
    ) -> None:
        if resource.dpop_bound_access_tokens_required and proofs is None:
            raise ValueError("Who requires DPoP-bound tokens needs somebody to verify the proofs.")
        # What it says of itself follows from what it does.
        algorithms = () if proofs is None else PROOF_ALGORITHMS
        self.resource = replace(resource, dpop_signing_alg_values_supported=algorithms)
        self._tokens = tokens
        self._proofs = proofs

    def authorize(self, request: Request, *scopes: str, sign_in: SignIn | None = None) -> AccessToken:
        """The token of a request that may be served: one that holds and has all these scope values, of a
        person who signed in as `sign_in` demands.

        Raises RefusedError, which has the answer. `scopes` is all a call needs, so that a client is told at
        once what to ask for.
        """
        scheme, _, credentials = request.authorization.partition(" ")
        scheme = {"bearer": "Bearer", "dpop": "DPoP"}.get(scheme.lower(), "")
        token = credentials.strip()
        if not token or scheme not in self._schemes():
            raise RefusedError(401, challenges=self._challenges(scopes))
        if not _TOKEN.fullmatch(token):
            # RFC 6750 section 3.1: malformed, or more than one token.
            self._refuse(400, "invalid_request", "One token, as RFC 6750 has it.", scheme, scopes)
        try:
            found = self._tokens.verify(token)
            self._check_sender(request, scheme, token, found)
        except InvalidTokenError as error:
            self._refuse(401, "invalid_token", str(error), scheme, scopes)
        except InvalidProofError as error:
            self._refuse(401, "invalid_dpop_proof", str(error), scheme, scopes)
        except IssuerUnavailableError as error:
            words = "The issuer cannot be asked about the token."
            raise RefusedError(503, "temporarily_unavailable", words) from error
        if not found.scope.issuperset(scopes):
            words = f"This needs {' '.join(scopes)}."
            self._refuse(403, "insufficient_scope", words, scheme, scopes)
        unmet = sign_in.unmet(found) if sign_in else ""
        if sign_in and unmet:
            told = {"error": "insufficient_user_authentication", "error_description": unmet}
            stepped_up = self._challenge(scheme, {**told, **sign_in.challenge}, scopes)
            raise RefusedError(401, told["error"], unmet, challenges=[stepped_up])
        return found

    def _schemes(self) -> tuple[str, ...]:
        if self._proofs is None:
            return ("Bearer",)
        return ("DPoP",) if self.resource.dpop_bound_access_tokens_required else ("Bearer", "DPoP")

    def _check_sender(self, request: Request, scheme: str, token: str, found: AccessToken) -> None:
        """RFC 9449 section 7: a bound token with a proof of its key, an unbound one as a bearer token."""
        cnf: Any = found.claims.get("cnf")
        if cnf is None:
            if scheme == "DPoP":
                raise InvalidTokenError("The token is not bound to a key.")
            return
        if self._proofs is None or not isinstance(cnf, dict) or set(cnf) != {"jkt"}:
            raise InvalidTokenError("The token is bound to a key, which cannot be verified here.")
        if scheme != "DPoP":
            raise InvalidTokenError("The token is bound to a key and not to be used without a DPoP proof.")
        if not request.dpop or "," in request.dpop:
            raise InvalidProofError("One DPoP proof is needed.")
        proved = self._proofs.verify(request.dpop, method=request.method, url=request.url, token=token)
        if proved != cnf["jkt"]:
            raise InvalidTokenError("The token is bound to another key than the proof's.")

    def _refuse(self, status: int, error: str, words: str, scheme: str, scopes: Iterable[str]) -> NoReturn:
        told = {"error": error, "error_description": words}
        if error == "invalid_request":
            scopes = ()
        raise RefusedError(status, error, words, challenges=[self._challenge(scheme, told, scopes)])

    def _challenges(self, scopes: Iterable[str]) -> list[str]:
        return [self._challenge(scheme, {}, scopes) for scheme in self._schemes()]

    def _challenge(self, scheme: str, told: dict[str, str], scopes: Iterable[str]) -> str:
        algorithms = " ".join(PROOF_ALGORITHMS) if scheme == "DPoP" else ""
        where = {"scope": " ".join(scopes), "resource_metadata": self.resource.metadata_url}
        return challenge(scheme, {**told, "algs": algorithms, **where})
