"""A resource server that introspects, in either of the two forms an answer has."""

from dataclasses import dataclass
from typing import Any

import jwt

from chalicelib.protocol.client import Client
from tests.support.http import Answer, Caller
from tests.support.tenant import SECRET

JWT_ANSWER = "application/token-introspection+jwt"


@dataclass
class Api:
    """As the client it asks with."""

    client: Client
    caller: Caller

    def ask(self, token: str, *, accept: str | None = JWT_ANSWER, **fields: str) -> Answer:
        """For a signed answer, unless another is accepted."""
        headers = {} if accept is None else {"accept": accept}
        return self.caller.post(
            "/introspect", {"token": token, **fields}, auth=(self.client.client_id, SECRET), **headers
        )

    def told(self, token: str) -> Any:
        """What a signed answer says of a token."""
        return self.claims(self.ask(token))["token_introspection"]

    def claims(self, answer: Answer, *, alg: str = "RS256") -> dict[str, Any]:
        """An answer's claims, verified by PyJWT with the published keys as section 5 has it."""
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == JWT_ANSWER
        header = jwt.get_unverified_header(answer.body)
        assert (header["typ"], header["alg"]) == ("token-introspection+jwt", alg)
        (key,) = [key for key in self.caller.get("/jwks").json["keys"] if key["kid"] == header["kid"]]
        claims: dict[str, Any] = jwt.decode(
            answer.body,
            jwt.PyJWK(key, algorithm=alg).key,
            algorithms=[alg],
            audience=self.client.client_id,
            issuer=self.caller.issuer,
            options={"require": ["iss", "aud", "iat"]},
        )
        return claims
