"""Every way to get tokens, each got as far as the one token request that is left to be made."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.protocol.supported import DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE
from tests.support.assertions import federation
from tests.support.client_app import ClientApp
from tests.support.device import connect, device
from tests.support.exchange import ID_JAG, ID_TOKEN, exchange_fields, middle
from tests.support.http import Answer, Caller
from tests.support.migration import by_password, password_client
from tests.support.opaque import VAULT
from tests.support.tenant import API, SECRET, Tenant
from tests.support.visit import visit

SCOPE = "openid offline_access read"
ELSEWHERE = "https://chat.example"


@dataclass(frozen=True)
class Ready:
    """`ask` makes the request, again and again; `secrets` are those in it; `tokens` what it is to bring, by
    the names a policy hook has for them; `kind` whom they are about.
    """

    grant_type: str
    ask: Callable[[], Answer]
    secrets: tuple[str, ...]
    tokens: tuple[str, ...] = ("access_token",)
    kind: str = "person"


Way = Callable[[Caller, Tenant], Ready]


def by_code(caller: Caller, tenant: Tenant) -> Ready:
    here = visit(caller, tenant)
    code = here.code(scope=SCOPE, resource=API)
    secrets = (code, code.partition(".")[2], here.app.code_verifier)
    both = ("access_token", "id_token")
    return Ready("authorization_code", lambda: here.app.redeem(code), secrets, both)


def by_code_without_openid(caller: Caller, tenant: Tenant) -> Ready:
    here = visit(caller, tenant)
    code = here.code(scope="read", resource=API)
    return Ready("authorization_code", lambda: here.app.redeem(code), (code, here.app.code_verifier))


def for_an_opaque_token(caller: Caller, tenant: Tenant) -> Ready:
    here = visit(caller, tenant)
    code = here.code(scope=SCOPE, resource=VAULT)
    both = ("access_token", "id_token")
    return Ready("authorization_code", lambda: here.app.redeem(code), (code, here.app.code_verifier), both)


def by_refresh_token(caller: Caller, tenant: Tenant) -> Ready:
    """Of a public client: it rotates."""
    here = visit(caller, tenant)
    token = here.app.redeem(here.code(scope=SCOPE, resource=API)).json["refresh_token"]
    both = ("access_token", "id_token")
    return Ready("refresh_token", lambda: here.app.refresh(token), (token, token.rpartition(".")[2]), both)


def by_a_refresh_token_that_stays(caller: Caller, tenant: Tenant) -> Ready:
    here = visit(caller, tenant, tenant.client())
    token = here.app.redeem(here.code(scope="read offline_access", resource=API)).json["refresh_token"]
    return Ready("refresh_token", lambda: here.app.refresh(token), (token, SECRET))


def for_a_client(caller: Caller, tenant: Tenant) -> Ready:
    app = ClientApp(tenant.client(), caller)
    fields = {"grant_type": "client_credentials", "resource": API, "scope": "read"}
    return Ready("client_credentials", lambda: app.token(fields), (SECRET,), kind="client")


def on_a_device(caller: Caller, tenant: Tenant) -> Ready:
    here, television = visit(caller, tenant), device(caller, tenant)
    connect(here.browser, here.person, television.ask(scope=SCOPE, resource=API).user_code)
    television.wait()
    secret = television.asked["device_code"]
    return Ready(DEVICE_CODE, television.poll, (secret, television.user_code), ("access_token", "id_token"))


def with_a_password(caller: Caller, tenant: Tenant) -> Ready:
    app, person = ClientApp(password_client(tenant), caller), tenant.person()
    secrets = (person.password, person.login, SECRET)
    return Ready("password", lambda: by_password(app, person), secrets)


def by_exchange(caller: Caller, tenant: Tenant) -> Ready:
    made = middle(caller, tenant)
    token = made.token()
    return Ready(TOKEN_EXCHANGE, lambda: made.exchange(token), (token, SECRET))


def on_behalf_of(caller: Caller, tenant: Tenant) -> Ready:
    made = middle(caller, tenant)
    token = made.token()
    return Ready(JWT_BEARER, lambda: made.on_behalf_of(token), (token, SECRET))


def by_an_assertion(caller: Caller, tenant: Tenant) -> Ready:
    made = federation(caller, tenant)
    assertion = made.assertion()
    return Ready(JWT_BEARER, lambda: made.present(assertion), (assertion, SECRET), kind="federated")


def for_another_server(caller: Caller, tenant: Tenant) -> Ready:
    """An identity assertion authorization grant."""
    client = tenant.client(
        grant_types=("authorization_code", TOKEN_EXCHANGE),
        id_jag_audiences={ELSEWHERE: {"client_id": "here"}},
    )
    here = visit(caller, tenant, client)
    token = here.app.redeem(here.code(scope="openid", resource=API)).json["id_token"]
    fields = exchange_fields(
        token,
        subject_token_type=ID_TOKEN,
        requested_token_type=ID_JAG,
        audience=ELSEWHERE,
        resource=None,
    )
    return Ready(TOKEN_EXCHANGE, lambda: here.app.token(fields), (token, SECRET), ("id_jag",))


EVERY_WAY: tuple[Way, ...] = (
    by_code,
    by_code_without_openid,
    for_an_opaque_token,
    by_refresh_token,
    by_a_refresh_token_that_stays,
    for_a_client,
    on_a_device,
    with_a_password,
    by_exchange,
    on_behalf_of,
    by_an_assertion,
    for_another_server,
)
