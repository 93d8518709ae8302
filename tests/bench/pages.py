"""The requests of browsers, and the documents anyone reads."""

from tests.bench.sending import Sending, form
from tests.bench.world import SCOPE, World
from tests.support.browser import Browser, forms
from tests.support.client_app import ClientApp
from tests.support.client_key import client_key
from tests.support.http import encode
from tests.support.migration import implicit_request
from tests.support.request_object import encrypted, members
from tests.support.tenant import LOGOUT_URI

ALLOW = {"decision": "allow"}


def authorization_granted(world: World) -> Sending:
    request = world.spa.request(scope=SCOPE)
    return Sending("GET", "/authorize?" + encode(request), cookies=world.browser.cookies, status=303)


def authorization_signed(world: World) -> Sending:
    return _by_object(world, _signed(world))


def authorization_encrypted(world: World) -> Sending:
    return _by_object(world, encrypted(world.caller, _signed(world)))


def _signed(world: World) -> str:
    return client_key("ES256").sign(members(world.signing, scope=SCOPE))


def _by_object(world: World, request: str) -> Sending:
    fields = {"client_id": world.signing.client.client_id, "request": request}
    return Sending("GET", "/authorize?" + encode(fields), cookies=world.browser.cookies, status=303)


def authorization_anonymous(world: World) -> Sending:
    return Sending("GET", "/authorize?" + encode(world.spa.request(scope=SCOPE)), status=303)


def implicit(world: World) -> Sending:
    request = implicit_request(world.implicit)
    return Sending("GET", "/authorize?" + encode(request), cookies=world.browser.cookies, status=303)


def id_token(world: World) -> Sending:
    return _of_type(world, "id_token", scope="openid profile")


def hybrid(world: World) -> Sending:
    return _of_type(world, "code id_token", scope="openid")


def hybrid_with_token(world: World) -> Sending:
    return _of_type(world, "code id_token token", scope="openid")


def form_post(world: World) -> Sending:
    request = world.spa.request(scope=SCOPE, response_mode="form_post")
    return Sending("GET", "/authorize?" + encode(request), cookies=world.browser.cookies)


def _of_type(world: World, response_type: str, *, scope: str) -> Sending:
    request = world.hybrid.request(response_type=response_type, scope=scope)
    return Sending("GET", "/authorize?" + encode(request), cookies=world.browser.cookies, status=303)


def login_page(world: World) -> Sending:
    browser = _at_login(world, {})
    return Sending("GET", browser.url, cookies=browser.cookies)


def login_known_browser(world: World) -> Sending:
    kept = {name: value for name, value in world.browser.cookies.items() if not name.endswith("session")}
    return _sign_in(world, _at_login(world, kept))


def login_new_browser(world: World) -> Sending:
    return _sign_in(world, _at_login(world, {}))


def consent_page(world: World) -> Sending:
    _at_consent(world)
    return Sending("GET", world.browser.url, cookies=world.browser.cookies)


def consent(world: World) -> Sending:
    _at_consent(world)
    return _submission(world.browser, ALLOW)


def authorization_resumed(world: World) -> Sending:
    answer = consent(world).by(world.caller)
    return Sending("GET", answer.location, cookies=world.browser.cookies, status=303)


def end_session(world: World) -> Sending:
    """Of a session of its own, which has one grant."""
    app, browser = ClientApp(world.spa.client, world.caller), Browser(world.caller)
    tokens = app.tokens(browser, world.person, scope="openid")
    fields = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": LOGOUT_URI}
    return Sending("GET", "/end_session?" + encode(fields), cookies=browser.cookies, status=303)


def end_session_with_offline_access(world: World) -> Sending:
    """The same, with a grant that stays: it is read, as its client takes part."""
    app, browser = ClientApp(world.spa.client, world.caller), Browser(world.caller)
    tokens = app.tokens(browser, world.person, scope="openid offline_access")
    return Sending(
        "GET", "/end_session?" + encode({"id_token_hint": tokens["id_token"]}), cookies=browser.cookies
    )


def metadata(world: World) -> Sending:
    del world
    return Sending("GET", "/.well-known/openid-configuration")


def webfinger(world: World) -> Sending:
    host = world.caller.issuer.partition("://")[2]
    return Sending("GET", "/.well-known/webfinger?" + encode({"resource": f"acct:joe@{host}"}))


def jwks(world: World) -> Sending:
    del world
    return Sending("GET", "/jwks")


def _at_login(world: World, cookies: dict[str, str]) -> Browser:
    browser = Browser(world.caller, dict(cookies))
    browser.open("/authorize", world.spa.request(scope=SCOPE))
    assert browser.at("/login")
    return browser


def _at_consent(world: World) -> None:
    world.browser.open("/authorize", world.spa.request(scope=SCOPE, prompt="consent"))
    assert world.browser.at("/consent")


def _sign_in(world: World, browser: Browser) -> Sending:
    person = world.person
    return _submission(browser, {"login": person.login, "password": person.password, "action": "sign_in"})


def _submission(browser: Browser, fields: dict[str, str]) -> Sending:
    assert browser.page is not None
    (shown,) = forms(browser.page.body)[:1]
    return form(shown.action, {**shown.fields, **fields}, cookies=browser.cookies, status=303)
