"""Every kind of token a relying party is given, verified by a second library: jose, for Node. The first is
jwcrypto, in each test of this folder.
"""

import json
from typing import Any

from jwcrypto.jwk import JWK

from tests.certification.conftest import Parties
from tests.certification.keys import ENCRYPTED, SIGNED, jwks_of, own_key
from tests.certification.relying_party import RelyingParty
from tests.support.node import run_node


def case(rp: RelyingParty, name: str, token: str, sub: str, **changes: Any) -> dict[str, Any]:
    """What jose is to make of a token. The key for HS256 is the client's secret."""
    alg = rp.information.get("id_token_signed_response_alg", "RS256")
    found = {
        "name": name,
        "token": token,
        "jwks": json.loads(rp.keys().export(private_keys=False)),
        "issuer": rp.metadata["issuer"],
        "audience": rp.client_id,
        "alg": alg,
        "claims": {"sub": sub},
        **changes,
    }
    return {**found, "secret": rp.information["client_secret"]} if alg == "HS256" else found


def signed(party: Parties, alg: str) -> list[dict[str, Any]]:
    """ID tokens of both channels, and userinfo, signed by one algorithm."""
    rp = party("code", id_token_signed_response_alg=alg, userinfo_signed_response_alg=alg)
    tokens = rp.redeem(rp.authorize()["code"]).json
    body = rp.registrar.get(
        rp.path("userinfo_endpoint"), authorization=f"Bearer {tokens['access_token']}"
    ).body
    nonce = rp.sent["nonce"]
    sub = rp.person.sub
    found = [
        case(rp, f"ID token {alg}", tokens["id_token"], sub, claims={"sub": sub, "nonce": nonce}),
        case(rp, f"userinfo {alg}", body, sub),
    ]
    if alg != "none":
        front = party("code id_token", id_token_signed_response_alg=alg)
        found.append(case(front, f"ID token {alg} at once", front.authorize()["id_token"], sub))
    return found


def encrypted(party: Parties, alg: str, enc: str, key: JWK) -> dict[str, Any]:
    rp = party(jwks=jwks_of(key), id_token_encrypted_response_alg=alg, id_token_encrypted_response_enc=enc)
    tokens = rp.redeem(rp.authorize()["code"]).json
    opened = {"jwk": json.loads(key.export_private()), "alg": alg, "enc": enc}
    return case(rp, f"ID token {alg} {enc}", tokens["id_token"], rp.person.sub, decrypt=opened)


def test_jose_verifies_every_kind_of_token(node: str, party: Parties) -> None:
    keys = {kind: own_key(kind, use="enc", kid=kind) for kind in ("RSA", "EC")}
    cases = [each for alg in SIGNED for each in signed(party, alg)]
    cases += [
        encrypted(party, alg, enc, keys["RSA" if alg.startswith("RSA") else "EC"]) for alg, enc in ENCRYPTED
    ]
    result = run_node(node, "--test", "verify.mjs", CASES=json.dumps(cases))
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"pass {len(cases)}\n" in result.stdout
