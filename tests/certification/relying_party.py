"""A relying party that knows of a provider what its metadata says, and nothing of how it is made: it
registers itself, signs people in, and verifies what it is given with a library of others (jwcrypto).
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jwcrypto.jwk import JWK, JWKSet
from jwcrypto.jwt import JWT

from tests.support.browser import Browser, Form, forms
from tests.support.http import Answer, Caller, Fields
from tests.support.tenant import Person

REDIRECT_URI = "https://rp.example.org/callback"
# OpenID Connect Dynamic Client Registration section 2, of each response type.
GRANT_TYPES = {"code": "authorization_code", "id_token": "implicit", "token": "implicit"}
TOLERANCE = 60


@dataclass(frozen=True)
class AuthorizationResponse:
    """What came back to the redirect_uri, and how: query, fragment or form_post."""

    mode: str
    members: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.members[name]


@dataclass
class RelyingParty:
    """A client at a provider, registered by `registration`, in front of one person's browser."""

    registrar: Caller
    browser: Browser
    person: Person
    response_type: str = "code"
    response_mode: str | None = None
    registration: dict[str, Any] = field(default_factory=dict)
    information: dict[str, Any] = field(default_factory=dict)
    # What the last request of this party named, to hold the answer to.
    sent: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.metadata = self.registrar.get("/.well-known/openid-configuration").json
        document = {
            "redirect_uris": [REDIRECT_URI],
            "client_name": "A certified relying party",
            "response_types": [self.response_type],
            "grant_types": sorted({GRANT_TYPES[word] for word in self.words}),
            "token_endpoint_auth_method": "client_secret_basic",
            **self.registration,
        }
        answer = self.registrar.send(
            "POST",
            self.path("registration_endpoint"),
            headers={"content-type": "application/json"},
            body=json.dumps(document).encode(),
        )
        assert answer.status == 201, answer.body
        self.information = answer.json

    @property
    def words(self) -> set[str]:
        return set(self.response_type.split()) - {"none"}

    @property
    def client_id(self) -> str:
        return str(self.information["client_id"])

    def path(self, endpoint: str) -> str:
        """The path of an endpoint that the metadata names."""
        url = str(self.metadata[endpoint])
        assert url.startswith(self.metadata["issuer"] + "/"), url
        return url.removeprefix(self.metadata["issuer"])

    # --- the front channel

    def request(self, **changes: Any) -> dict[str, str]:
        """An authentication request; None takes a parameter away."""
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": self.information["redirect_uris"][0],
            "response_type": self.response_type,
            "response_mode": self.response_mode,
            "scope": "openid",
            "state": secrets.token_urlsafe(12),
            "nonce": secrets.token_urlsafe(12),
            **changes,
        }
        self.sent = {name: value for name, value in parameters.items() if value is not None}
        return self.sent

    def begin(self, *, method: str = "GET", **changes: Any) -> Answer:
        """Sends the browser off; the first page, or what leaves the provider."""
        parameters = self.request(**changes)
        if method == "POST":
            return self.browser.submit(self.path("authorization_endpoint"), parameters)
        return self.browser.open(self.path("authorization_endpoint"), parameters)

    def go_on(self, answer: Answer) -> Answer:
        """Signs in and consents wherever a page asks, as a person would."""
        for _ in range(4):
            if self.browser.at("/login"):
                answer = self.browser.sign_in(self.person)
            elif self.browser.at("/consent"):
                answer = self.browser.consent()
        return answer

    def authorize(self, **changes: Any) -> AuthorizationResponse:
        """The whole way, to a response that holds for this request."""
        response = self.received(self.go_on(self.begin(**changes)))
        assert "error" not in response.members, response.members
        assert set(response.members) >= self.words - {"token"}, response.members
        assert ("access_token" in response.members) == ("token" in self.words)
        return response

    def silently(self, **changes: Any) -> AuthorizationResponse:
        """prompt=none, which shows no page."""
        answer = self.begin(prompt="none", **changes)
        return self.received(answer)

    def refused(self, answer: Answer, *errors: str) -> None:
        """The answer is one of these errors, sent to the redirect_uri."""
        assert self.received(answer)["error"] in errors

    def received(self, answer: Answer) -> AuthorizationResponse:
        """What the redirect_uri gets, in the mode that is due, with the request's state and the issuer."""
        tokens = {"id_token", "token"} & set(self.sent.get("response_type", "").split())
        due = self.sent.get("response_mode") or ("fragment" if tokens else "query")
        if answer.status == 200:
            form = self.auto_form(answer)
            target, mode, members = form.action, "form_post", dict(form.fields)
        else:
            assert answer.status in {302, 303}, answer.body
            parts = urlsplit(answer.location)
            mode = "fragment" if parts.fragment else "query"
            pairs = parse_qsl(parts.fragment or parts.query, keep_blank_values=True, strict_parsing=True)
            members = dict(pairs)
            assert len(members) == len(pairs)
            target = answer.location.partition("#")[0].partition("?")[0]
        assert target == self.sent["redirect_uri"].partition("?")[0], target
        assert mode == due
        assert members.get("state") == self.sent.get("state")
        assert members.get("iss") == self.metadata["issuer"]
        return AuthorizationResponse(mode, members)

    def auto_form(self, answer: Answer) -> Form:
        """OAuth 2.0 Form Post Response Mode section 2: the one form of a page, to the redirect_uri."""
        (form,) = [form for form in forms(answer.body) if form.action == self.sent["redirect_uri"]]
        return form

    # --- the back channel

    def token(self, fields: Mapping[str, str]) -> Answer:
        """A token request with this client's authentication."""
        return self.post("token_endpoint", fields)

    def post(self, endpoint: str, fields: Fields) -> Answer:
        secret = self.information.get("client_secret", "")
        if self.information["token_endpoint_auth_method"] == "client_secret_basic":
            return self.registrar.post(self.path(endpoint), fields, auth=(self.client_id, secret))
        named = {**fields, "client_id": self.client_id}
        if self.information["token_endpoint_auth_method"] == "client_secret_post":
            named["client_secret"] = secret
        return self.registrar.post(self.path(endpoint), named)

    def redeem(self, code: str) -> Answer:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.sent["redirect_uri"],
        }
        return self.token(fields)

    def tokens(self, response: AuthorizationResponse) -> dict[str, Any]:
        """What the code is redeemed for, its ID token verified (`claims`)."""
        answer = self.redeem(response["code"])
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = answer.json
        assert tokens["token_type"].lower() == "bearer"
        tokens["claims"] = self.verified(tokens["id_token"], access_token=tokens["access_token"])
        return tokens

    def userinfo(self, access_token: str) -> dict[str, Any]:
        answer = self.registrar.get(self.path("userinfo_endpoint"), authorization=f"Bearer {access_token}")
        assert answer.status == 200, answer.body
        claims: dict[str, Any] = answer.json
        return claims

    # --- verifying

    def keys(self) -> JWKSet:
        return JWKSet.from_json(self.registrar.get(self.path("jwks_uri")).body)

    def verified(
        self,
        id_token: str,
        *,
        access_token: str | None = None,
        code: str | None = None,
        nonce: str | None = "",
        key: JWK | None = None,
        front: bool = False,
    ) -> dict[str, Any]:
        """OpenID Connect Core section 3.1.3.7: the claims of an ID token that holds. `nonce` is the request's
        where it is not given, `key` what it is verified with in place of the published ones. One of the
        `front` channel must have the hashes of what came with it (sections 3.2.2.9 and 3.3.2.11).
        """
        alg = self.information.get("id_token_signed_response_alg", "RS256")
        token = JWT(jwt=id_token, key=key or self.keys(), algs=[alg], check_claims={})
        header, claims = json.loads(token.header), json.loads(token.claims)
        assert header["alg"] == alg
        now = int(time.time())
        assert claims["iss"] == self.metadata["issuer"]
        assert claims["aud"] in (self.client_id, [self.client_id])
        assert claims.get("azp", self.client_id) == self.client_id
        assert isinstance(claims["sub"], str)
        assert 0 < len(claims["sub"]) <= 255
        assert isinstance(claims["exp"], int)
        assert now - TOLERANCE < claims["iat"] < now + TOLERANCE < claims["exp"] + TOLERANCE
        assert claims.get("nonce") == (self.sent.get("nonce") if nonce == "" else nonce)
        for name, value in (("at_hash", access_token), ("c_hash", code)):
            if value is not None and (front or name in claims):
                assert claims[name] == half_hash(value, alg)
        return dict(claims)


def half_hash(value: str, alg: str) -> str:
    """at_hash and c_hash (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11)."""
    size = "512" if alg == "EdDSA" else alg[-3:]
    digest = hashlib.new(f"sha{size}", value.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def added(url: str, **parameters: str) -> str:
    """A URL with a query more."""
    return url + ("&" if "?" in url else "?") + urlencode(parameters)
