"""Dynamic OP, of request objects: by value and by reference, unsigned, signed and encrypted. Each test plays
a module of the OpenID Foundation's plan.
"""

import base64
import hashlib
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from tests.certification.conftest import Parties
from tests.certification.keys import ENCRYPTED, SIGNED, jwks_of, own_key, secret_of
from tests.certification.request_objects import request_object, send_with
from tests.support.origin import Origin
from tests.support.traceability import spec


@pytest.mark.parametrize("alg", SIGNED)
def test_request_object_by_value(party: Parties, alg: str) -> None:
    kinds = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
    key = own_key(kinds[alg], kid="sig-1") if alg in kinds else None
    keys: dict[str, Any] = {} if key is None else {"jwks": jwks_of(key)}
    rp = party(request_object_signing_alg=alg, **keys)
    rp.request(nonce="inside")
    value = request_object(rp, alg, secret_of(rp.information) if alg == "HS256" else key)
    answer = send_with(rp, request=value)
    assert rp.tokens(rp.received(rp.go_on(answer)))["claims"]["nonce"] == "inside"


def test_unsigned_request_object_without_a_registered_algorithm(party: Parties) -> None:
    """Taken, or refused as not supported: OpenID Connect Core section 6.1."""
    rp = party()
    rp.request(nonce="inside")
    answer = send_with(rp, request=request_object(rp, "none", None))
    assert rp.tokens(rp.received(rp.go_on(answer)))["claims"]["nonce"] == "inside"


@pytest.mark.parametrize("alg", ["RS256", "none"])
def test_request_uri(party: Parties, origin: Origin, alg: str) -> None:
    key = own_key("RSA", kid="sig-1")
    path = f"/request-{alg}.jwt"
    keys: dict[str, Any] = {"jwks": jwks_of(key)} if alg != "none" else {}
    rp = party(request_uris=[origin.address + path], request_object_signing_alg=alg, **keys)
    rp.request(nonce="inside")
    origin.serve(path, request_object(rp, alg, key))
    answer = send_with(rp, request_uri=origin.address + path)
    assert rp.tokens(rp.received(rp.go_on(answer)))["claims"]["nonce"] == "inside"
    assert origin.asked(path) == 1


def test_request_uri_with_the_hash_of_its_contents(party: Parties, origin: Origin) -> None:
    """OpenID Connect Core section 6.2: what is not behind the hash that was registered counts for nothing."""
    path = "/hashed.jwt"
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"another object").digest()).rstrip(b"=").decode()
    rp = party(request_uris=[f"{origin.address}{path}#{digest}"], request_object_signing_alg="none")
    rp.request()
    origin.serve(path, request_object(rp, "none", None))
    answer = send_with(rp, request_uri=f"{origin.address}{path}#{digest}")
    rp.refused(answer, "invalid_request_uri", "invalid_request_object")


def test_unregistered_request_uri(party: Parties, origin: Origin) -> None:
    rp = party(request_uris=[origin.address + "/registered.jwt"])
    before = origin.connections
    rp.request()
    answer = send_with(rp, request_uri=origin.address + "/other.jwt")
    rp.refused(answer, "invalid_request_uri", "invalid_request")
    assert origin.connections == before


@spec("OIDC-Core-16.1")
@spec("OIDC-Core-16.21")
@pytest.mark.parametrize(("alg", "enc"), ENCRYPTED)
def test_request_object_encrypted(party: Parties, alg: str, enc: str) -> None:
    """Signed, then encrypted to a key the provider publishes for it."""
    key = own_key("RSA", kid="sig-1")
    rp = party(
        jwks=jwks_of(key),
        request_object_signing_alg="RS256",
        request_object_encryption_alg=alg,
        request_object_encryption_enc=enc,
    )
    assert alg in rp.metadata["request_object_encryption_alg_values_supported"]
    assert enc in rp.metadata["request_object_encryption_enc_values_supported"]
    kty = "RSA" if alg.startswith("RSA") else "EC"
    keys = [one for one in rp.keys().export(as_dict=True)["keys"] if one.get("use") == "enc"]
    published = next(one for one in keys if one["kty"] == kty)
    rp.request(nonce="inside")
    inner = request_object(rp, "RS256", key)
    sealed = JWT(header={"alg": alg, "enc": enc, "cty": "JWT", "kid": published["kid"]}, claims=inner)
    sealed.make_encrypted_token(JWK(**published))
    answer = send_with(rp, request=str(sealed.serialize()))
    assert rp.tokens(rp.received(rp.go_on(answer)))["claims"]["nonce"] == "inside"


def test_ensure_request_object_with_redirect_uri(party: Parties) -> None:
    """Where both name one, the object's is the one that counts, and it must be registered."""
    rp = party()
    rp.request()
    value = request_object(rp, "none", None)
    other = {**rp.sent, "redirect_uri": rp.sent["redirect_uri"] + "/other"}
    names = ("client_id", "response_type", "scope", "redirect_uri", "state")
    outside = {name: other[name] for name in names}
    answer = rp.browser.open(rp.path("authorization_endpoint"), {**outside, "request": value})
    rp.tokens(rp.received(rp.go_on(answer)))
    wrong = request_object(rp, "none", None, redirect_uri=other["redirect_uri"])
    answer = send_with(rp, request=wrong)
    assert (answer.status, "location" in answer.headers) == (400, False)
