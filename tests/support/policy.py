"""The policy hook's two documents and their published schemas, and tokens to ask it about."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib.protocol.client import Client
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.id_token import unsigned_id_token
from chalicelib.protocol.settings import Settings
from chalicelib.protocol.unsigned_tokens import unsigned_access_token

CLIENT = Client(client_id="app", client_name="App", token_endpoint_auth_method="none")
AUTHENTICATION = {"auth_time": 7, "acr": "1", "amr": ["pwd"]}
ACCESS_TOKEN = unsigned_access_token(
    alg="ES256",
    issuer="https://login.example",
    sub="ada",
    audience=("https://api.example", "https://login.example"),
    client_id="app",
    scope=("openid", "read"),
    jti="g.1",
    now=10,
    lifetime=600,
    authentication=AUTHENTICATION,
    delegation={"act": {"sub": "api"}, "granted_to": "other"},
)
ID_TOKEN = unsigned_id_token(
    client=CLIENT,
    grant=Grant(
        grant_id="g",
        state="active",
        client_id="app",
        sub="ada",
        scope=("openid", "read"),
        resources=(),
        exp=60,
        code_exp=60,
        refresh_until=60,
        created_at=7,
        auth_time=7,
        acr="1",
        amr=("pwd",),
        sid="s",
    ),
    sub="ada",
    sid="s",
    nonce="n",
    settings=Settings(issuer="https://login.example"),
    now=10,
)
TOKENS = {"access_token": ACCESS_TOKEN, "id_token": ID_TOKEN}
DOCS = Path(__file__).parents[2] / "docs"


@cache
def schema(name: str) -> Any:
    """Of `request` or `answer`, itself checked."""
    read = json.loads((DOCS / f"policy-hook-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(read)
    return read


def is_valid(name: str, document: Any) -> bool:
    """Whether a document, as JSON, is one of the schema's."""
    return bool(Draft202012Validator(schema(name)).is_valid(document))
