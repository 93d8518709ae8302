"""openid-client for Node, against the demo. What it does is in node/openid_client.test.mjs."""

import json

from joserfc.jwk import ECKey

from infra.local.stack import LocalStack
from tests.support.client_secret import HMAC_SECRET, hmac_client
from tests.support.demo import LOGIN, PASSWORD, Demo
from tests.support.exchange import another, middle
from tests.support.http import Caller, LambdaTransport
from tests.support.node import NODE, run_node
from tests.support.tenant import SECRET, Tenant


def test_openid_client_does_everything_a_client_does(
    node: str, demo: Demo, stack: LocalStack, tenant: Tenant
) -> None:
    key = ECKey.generate_key("P-256", {"kid": "first"})
    service = tenant.client(
        token_endpoint_auth_method="private_key_jwt",
        client_secret_hashes=(),
        jwks={"keys": [key.as_dict(private=False)]},
    )
    api = another(middle(Caller(LambdaTransport(stack)), tenant))
    api_id = api.api.client.client_id
    described = {
        "issuer": demo.issuer,
        "app": demo.app,
        "api": demo.api,
        "redirect_uri": f"{demo.app}callback.html",
        "login": LOGIN,
        "password": PASSWORD,
        "service_secret": demo.secret("demo-service"),
        "api_secret": demo.secret("demo-api"),
        "private_key_jwt": {
            "issuer": stack.issuer,
            "client_id": service.client_id,
            "jwk": key.as_dict(private=True),
        },
        "client_secret_jwt": {
            "issuer": stack.issuer,
            "client_id": hmac_client(tenant).client_id,
            "secret": HMAC_SECRET,
        },
        "on_behalf_of": {
            "issuer": stack.issuer,
            "client_id": api_id,
            "secret": SECRET,
            "token": api.token(),
            "target": api.target,
            "expected": {"sub": api.here.person.sub, "act": {"sub": api_id}, "aud": api.target},
        },
    }
    result = run_node(node, "--test", "--test-reporter=spec", DEMO=json.dumps(described))
    assert result.returncode == 0, result.stdout + result.stderr
    script = (NODE / "openid_client.test.mjs").read_text()
    assert f"pass {script.count(chr(10) + 'test(')}\n" in result.stdout
