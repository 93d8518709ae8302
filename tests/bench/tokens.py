"""The requests of clients and resource servers."""

from dataclasses import replace

import jwt

from tests.bench.sending import Sending, form
from tests.bench.world import PLAIN_SCOPE, SCOPE, World
from tests.support.client_app import ClientApp
from tests.support.client_key import assertion_claims
from tests.support.client_secret import hmac_assertion
from tests.support.opaque import VAULT
from tests.support.tenant import SECRET

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_credentials(world: World) -> Sending:
    fields = {"grant_type": "client_credentials", "scope": "read"}
    return form("/token", fields, auth=(world.service.client_id, SECRET))


def password(world: World) -> Sending:
    fields = {
        "grant_type": "password",
        "username": world.person.login,
        "password": world.person.password,
        "scope": "read",
    }
    return form("/token", fields, auth=(world.migrating.client_id, SECRET))


def private_key_jwt(world: World) -> Sending:
    claims = assertion_claims(world.caller, world.key_service)
    return _asserted(jwt.encode(claims, world.key, algorithm="ES256", headers={"kid": "1"}))


def client_secret_jwt(world: World) -> Sending:
    return _asserted(hmac_assertion(assertion_claims(world.caller, world.hmac_service)))


def _asserted(assertion: str) -> Sending:
    fields = {
        "grant_type": "client_credentials",
        "scope": "read",
        "client_assertion_type": _JWT_BEARER,
        "client_assertion": assertion,
    }
    return form("/token", fields)


def code(world: World) -> Sending:
    return _redemption(world, world.spa, PLAIN_SCOPE)


def code_openid(world: World) -> Sending:
    return _redemption(world, world.spa, SCOPE)


def code_claims(world: World) -> Sending:
    return _redemption(world, world.spa, SCOPE, claims='{"id_token":{"email":null}}')


def refresh_rotating(world: World) -> Sending:
    return _rotation(world, PLAIN_SCOPE)


def refresh_rotating_openid(world: World) -> Sending:
    return _rotation(world, SCOPE)


def refresh(world: World) -> Sending:
    fields = {"grant_type": "refresh_token", "refresh_token": world.plain_tokens["refresh_token"]}
    return form("/token", fields, auth=_web(world))


def refresh_openid(world: World) -> Sending:
    fields = {"grant_type": "refresh_token", "refresh_token": world.tokens["refresh_token"]}
    return form("/token", fields, auth=_web(world))


def introspection(world: World) -> Sending:
    auth = (world.api.client_id, SECRET)
    return form("/introspect", {"token": world.tokens["access_token"]}, auth=auth)


def introspection_of_new_token(world: World) -> Sending:
    """Whose signature is yet to be verified."""
    tokens = refresh_openid(world).by(world.caller).json
    auth = (world.api.client_id, SECRET)
    return form("/introspect", {"token": tokens["access_token"]}, auth=auth)


def opaque(world: World) -> Sending:
    fields = {"grant_type": "client_credentials", "scope": "read", "resource": VAULT}
    return form("/token", fields, auth=(world.vault.app.client_id, SECRET))


def refresh_opaque_openid(world: World) -> Sending:
    refresh_token = world.vault.tokens["refresh_token"]
    return form("/token", {"grant_type": "refresh_token", "refresh_token": refresh_token}, auth=_web(world))


def introspection_of_opaque_token(world: World) -> Sending:
    asked = {"token": world.vault.tokens["access_token"]}
    return form("/introspect", asked, auth=(world.vault.api.client_id, SECRET))


def introspection_of_new_opaque(world: World) -> Sending:
    token = opaque(world).by(world.caller).json["access_token"]
    return form("/introspect", {"token": token}, auth=(world.vault.api.client_id, SECRET))


def introspection_as_jwt(world: World) -> Sending:
    sending = introspection(world)
    return replace(sending, headers={**sending.headers, "accept": "application/token-introspection+jwt"})


def revocation_of_opaque_token(world: World) -> Sending:
    token = opaque(world).by(world.caller).json["access_token"]
    return form("/revoke", {"token": token}, auth=(world.vault.app.client_id, SECRET))


def userinfo(world: World) -> Sending:
    return Sending("GET", "/userinfo", {"authorization": f"Bearer {world.tokens['access_token']}"})


def revocation_of_access_token(world: World) -> Sending:
    """Of a token of its own, which stays revocable until it expires."""
    return form("/revoke", {"token": world.plain_tokens["access_token"]}, auth=_web(world))


def revocation_of_refresh_token(world: World) -> Sending:
    tokens = world.web.tokens(world.browser, world.person, scope=PLAIN_SCOPE)
    return form("/revoke", {"token": tokens["refresh_token"]}, auth=_web(world))


def _redemption(world: World, app: ClientApp, scope: str, **changes: str) -> Sending:
    fields = {
        "grant_type": "authorization_code",
        "client_id": app.client.client_id,
        "code": app.code(world.browser, world.person, scope=scope, **changes),
        "redirect_uri": app.redirect_uri,
        "code_verifier": app.code_verifier,
    }
    return form("/token", fields)


def _rotation(world: World, scope: str) -> Sending:
    tokens = world.spa.tokens(world.browser, world.person, scope=scope)
    fields = {
        "grant_type": "refresh_token",
        "client_id": world.spa.client.client_id,
        "refresh_token": tokens["refresh_token"],
    }
    return form("/token", fields)


def _web(world: World) -> tuple[str, str]:
    return world.web.client.client_id, SECRET
