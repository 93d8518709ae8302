"""From what tokens say to the tokens: the tenant's policy is asked about them, an opaque one is kept, the
others are signed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from chalicelib.protocol.access_token_request import RandomText
from chalicelib.protocol.client import Client
from chalicelib.protocol.id_token import with_at_hash
from chalicelib.protocol.jws import Signer, UnsignedToken
from chalicelib.record import Record

if TYPE_CHECKING:
    from chalicelib.protocol.opaque_token import OpaqueToken
    from chalicelib.protocol.policy import Policy, SubjectKind


class NewOpaqueTokens(Protocol):
    """Where opaque access tokens are kept."""

    def keep(self, token: "OpaqueToken", *, sign: Sequence[UnsignedToken]) -> list[str]:
        """Writes the token, and meanwhile has what comes with it signed: that in compact form, in order.

        Raises TemporarilyUnavailable. What may have been written then is harmless: nobody got the token.
        """


class TokenSigning(Record, kw_only=True):
    """The tenant's keys and its own policy, None where it has none."""

    signer: Signer
    opaque_tokens: NewOpaqueTokens
    random: RandomText
    policy: "Policy | None" = None

    def vetted(
        self,
        tokens: Mapping[str, UnsignedToken],
        *,
        grant_type: str,
        client: Client,
        subject: "SubjectKind",
        resources: tuple[str, ...],
    ) -> list[UnsignedToken]:
        """The tokens, which are given by their names, as the tenant's policy lets them be issued. Raises
        AccessDenied, TemporarilyUnavailable.
        """
        if self.policy is None:
            return list(tokens.values())
        # Imported where it is first needed: most tenants have no policy.
        from chalicelib.protocol.policy import Occasion  # noqa: PLC0415

        occasion = Occasion(grant_type=grant_type, client=client, subject=subject, resources=resources)
        return self.policy.apply(tokens, occasion)

    def signed(self, tokens: Mapping[str, UnsignedToken], *, opaque: bool, hashed: bool) -> dict[str, str]:
        """An access token, opaque where it is to be, and an ID token, by their names; either may be missing.

        Where it is `hashed`, an ID token has the hash of the access token beside it, which is signed first;
        otherwise both are signed in parallel, and it has the hash of an opaque one alone, which is known
        before. Raises TemporarilyUnavailable.
        """
        access_token, id_token = tokens.get("access_token"), tokens.get("id_token")
        if access_token is not None and opaque:
            return self._kept(access_token, id_token)
        if access_token is None or id_token is None or not hashed:
            return dict(zip(tokens, self.signer.sign([*tokens.values()]), strict=True))
        (first,) = self.signer.sign([access_token])
        (second,) = self.signer.sign([with_at_hash(id_token, first)])
        return {"access_token": first, "id_token": second}

    def _kept(self, access_token: UnsignedToken, id_token: UnsignedToken | None) -> dict[str, str]:
        # Imported where it is first needed: most tenants have no such tokens.
        from chalicelib.protocol.opaque_token import (  # noqa: PLC0415
            SECRET_BYTES,
            OpaqueToken,
            hash_opaque_token,
            new_opaque_token,
        )

        text = new_opaque_token(self.random(SECRET_BYTES))
        token = OpaqueToken(token_hash=hash_opaque_token(text), claims=access_token.claims)
        others = [] if id_token is None else [with_at_hash(id_token, text)]
        signed = self.opaque_tokens.keep(token, sign=others)
        return {"access_token": text, **dict(zip(["id_token"], signed, strict=False))}
