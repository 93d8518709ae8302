"""The requests of those who act for others: tokens exchanged, assertions of trusted issuers."""

from chalicelib.protocol.supported import JWT_BEARER
from tests.bench.sending import Sending, form
from tests.bench.world import DOWNSTREAM, World
from tests.support.exchange import ID_JAG, ID_TOKEN, exchange_fields
from tests.support.tenant import SECRET

ELSEWHERE = "https://chat.example"


def token_exchange(world: World) -> Sending:
    fields = exchange_fields(world.held, resource=DOWNSTREAM)
    return form("/token", fields, auth=(world.middle.client_id, SECRET))


def on_behalf_of(world: World) -> Sending:
    fields = {
        "grant_type": JWT_BEARER,
        "requested_token_use": "on_behalf_of",
        "assertion": world.held,
        "scope": DOWNSTREAM + ".default",
    }
    return form("/token", fields, auth=(world.middle.client_id, SECRET))


def jwt_bearer(world: World) -> Sending:
    idp = world.idp
    fields = {"grant_type": JWT_BEARER, "assertion": idp.assertion()}
    return form("/token", fields, auth=(idp.app.client.client_id, SECRET))


def id_jag(world: World) -> Sending:
    fields = exchange_fields(
        world.tokens["id_token"],
        subject_token_type=ID_TOKEN,
        requested_token_type=ID_JAG,
        audience=ELSEWHERE,
        resource=None,
    )
    return form("/token", fields, auth=(world.web.client.client_id, SECRET))
