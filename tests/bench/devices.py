"""The requests of a device, and of the person who connects it."""

from chalicelib.protocol.supported import DEVICE_CODE
from tests.bench.sending import Sending, form
from tests.bench.world import PLAIN_SCOPE, SCOPE, World
from tests.support.browser import Browser, forms
from tests.support.device import Device, connect, enter


def authorization(world: World) -> Sending:
    fields = {"client_id": world.tv.client.client_id, "scope": SCOPE}
    return form("/device_authorization", fields)


def pending(world: World) -> Sending:
    return _poll(world, _asked(world), status=400)


def too_soon(world: World) -> Sending:
    tv = _asked(world)
    tv.poll()
    return _poll(world, tv, status=400)


def redeemed(world: World) -> Sending:
    return _redemption(world, PLAIN_SCOPE)


def redeemed_openid(world: World) -> Sending:
    return _redemption(world, SCOPE)


def code_page(world: World) -> Sending:
    return Sending("GET", "/device", cookies=_browser(world).cookies)


def code_entered(world: World) -> Sending:
    browser = _browser(world)
    (shown,) = forms(browser.open("/device").body)
    fields = {**shown.fields, "user_code": _asked(world).user_code}
    return form(shown.action, fields, cookies=browser.cookies, status=303)


def question(world: World) -> Sending:
    browser = _browser(world)
    enter(browser, _asked(world).user_code)
    return Sending("GET", browser.url, cookies=browser.cookies)


def decision(world: World) -> Sending:
    browser = _browser(world)
    (shown,) = forms(enter(browser, _asked(world).user_code).body)
    fields = {**shown.fields, "decision": "allow"}
    return form(shown.action, fields, cookies=browser.cookies, status=303)


def _asked(world: World, scope: str = SCOPE) -> Device:
    return Device(world.tv, world.tenant).ask(scope=scope)


def _redemption(world: World, scope: str) -> Sending:
    tv = _asked(world, scope)
    connect(_browser(world), world.person, tv.user_code)
    return _poll(world, tv)


def _poll(world: World, tv: Device, *, status: int = 200) -> Sending:
    client_id, device_code = world.tv.client.client_id, tv.asked["device_code"]
    fields = {"client_id": client_id, "grant_type": DEVICE_CODE, "device_code": device_code}
    return form("/token", fields, status=status)


def _browser(world: World) -> Browser:
    """The person's, signed in: where the app got their consent."""
    browser = world.browser
    if not browser.cookies:
        world.spa.code(browser, world.person, scope=SCOPE)
    return browser
