"""One call of every page that there is, in each of its states."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chalicelib.pages.asked_claims import CLAIM_DESCRIPTIONS, claim_lines
from chalicelib.pages.client_pages import ClientPages
from chalicelib.pages.consent import ResourceLine, ScopeLine, consent_page
from chalicelib.pages.device import NO_CODE, Asked, device_page, outcome_page, user_code_page
from chalicelib.pages.error import error_page
from chalicelib.pages.form_post import form_post_page
from chalicelib.pages.login import device_waits_page, login_page
from chalicelib.pages.logout import logout_page, signed_out_page, stayed_page, told_page
from chalicelib.pages.look import Look, Text
from chalicelib.pages.notice import notice_page
from chalicelib.pages.page import Link, Page

BACK = Link("Back to Harbour Photos", "https://photos.example.com/?a=1&b=2")

ANSWER = {"code": "a.code", "state": "state-1", "iss": "https://login.example.com"}
FORM = Link("Go back to photos.example.com", "https://photos.example.com/callback?a=1", ANSWER)

LOGIN: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "client_name": "Harbour Photos",
    "redirect_uri": "https://photos.example.com/callback",
    "interaction": "interaction-1",
    "csrf": "csrf-1",
}
CONSENT: Mapping[str, Any] = {
    **LOGIN,
    "client_uri": "https://harbour.example/about",
    "person": "Ada Lovelace",
    "scopes": [ScopeLine("openid"), ScopeLine("photos:read", "See your photos"), ScopeLine("photos:write")],
    "resources": [ResourceLine("Photo library", "api.example.com")],
    "offline": True,
    "switch_url": "/login?interaction=interaction-1&switch=1",
}
ERROR: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "title": Text("This sign-in has expired"),
    "message": [Text("Go back to the app and sign in from there."), "A hint for makers."],
    "code": "interaction_expired",
    "request_id": "Lk3xWh0SoAMEJpQ=",
    "status": 400,
}
LOGOUT: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "person": "Ada Lovelace",
    "client_name": "Harbour Photos",
    "csrf": "csrf-1",
    "fields": {"state": "state-1", "client_id": "photos"},
}
NOTICE: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "title": Text("You are signed out"),
    "message": [Text("You can close this page.")],
}

FORM_POST: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "redirect_uri": "https://photos.example.com/callback?a=1",
    "fields": ANSWER,
}
USER_CODE: Mapping[str, Any] = {"tenant_name": "Northwind", "csrf": "csrf-1"}
DEVICE: Mapping[str, Any] = {
    "tenant_name": "Northwind",
    "client_name": "Harbour Photos for TV",
    "client_uri": "https://harbour.example/tv",
    "user_code": "BDWP-HQPK",
    "person": "Ada Lovelace",
    "asked": Asked(130, "198.51.100.9", "203.0.113.7"),
    "interaction": "interaction-1",
    "csrf": "csrf-1",
    "scopes": [ScopeLine("openid"), ScopeLine("photos:read", "See your photos"), ScopeLine("offline_access")],
    "resources": [ResourceLine("Photo library", "api.example.com")],
    "switch_url": "/login?interaction=interaction-1",
}
TENANT: Mapping[str, Any] = {"tenant_name": "Northwind"}
OUTCOME: Mapping[str, Any] = {"tenant_name": "Northwind", "client_name": "Harbour Photos for TV"}

SHOWN = ClientPages(
    "/login/logo?interaction=interaction-1",
    "https://harbour.example/privacy",
    "https://harbour.example/terms",
)
URL = "https://clients.harbour.example/oauth/client.json"

TOLD: dict[str, Any] = {
    "tenant_name": "Northwind",
    "frames": ("https://app.example.com/front?iss=https%3A%2F%2Flogin.example.com&sid=1",),
}
PAGES: dict[str, tuple[Callable[..., Page], Mapping[str, Any]]] = {
    "login": (login_page, LOGIN),
    "login_after_an_error": (
        login_page,
        {**LOGIN, "login": "ada", "error": Text("Your session is over. Sign in again.")},
    ),
    "login_to_an_unverified_app": (login_page, {**LOGIN, "unverified": True}),
    "login_to_an_app_known_by_its_url": (login_page, {**LOGIN, "unverified": True, "document_uri": URL}),
    "login_with_a_logo": (login_page, {**LOGIN, "unverified": True, "client_pages": SHOWN}),
    "consent_with_a_logo": (consent_page, {**CONSENT, "client_pages": SHOWN}),
    "login_with_a_session": (login_page, {**LOGIN, "continue_as": "Ada Lovelace"}),
    "consent": (consent_page, CONSENT),
    "consent_with_warnings": (
        consent_page,
        {
            **CONSENT,
            "redirect_uri": "http://127.0.0.1:3000/callback",
            "unverified": True,
            "local_redirect": True,
        },
    ),
    "consent_to_an_app_known_by_its_url": (
        consent_page,
        {**CONSENT, "unverified": True, "document_uri": URL},
    ),
    "consent_to_claims": (
        consent_page,
        {**CONSENT, "scopes": [ScopeLine("openid"), *claim_lines(CLAIM_DESCRIPTIONS)]},
    ),
    "consent_to_nothing": (consent_page, {**CONSENT, "scopes": [], "resources": [], "offline": False}),
    "user_code": (user_code_page, USER_CODE),
    "user_code_that_arrived": (user_code_page, {**USER_CODE, "user_code": "BDWP-HQPK", "arrived": True}),
    "user_code_after_an_error": (user_code_page, {**USER_CODE, "user_code": "BDWP", "error": NO_CODE}),
    "device": (device_page, DEVICE),
    "device_with_warnings": (device_page, {**DEVICE, "unverified": True, "client_uri": None}),
    "device_known_by_its_url": (device_page, {**DEVICE, "unverified": True, "document_uri": URL}),
    "device_allowed": (partial(outcome_page, "allowed"), OUTCOME),
    "device_refused": (partial(outcome_page, "refused"), OUTCOME),
    "device_decided_before": (
        partial(outcome_page, "decided_before", client_name=""),
        {"tenant_name": "Northwind"},
    ),
    "device_expired": (partial(outcome_page, "expired", client_name=""), {"tenant_name": "Northwind"}),
    "device_waits": (device_waits_page, {"tenant_name": "Northwind"}),
    "login_for_a_device": (login_page, {**LOGIN, "client_name": None, "redirect_uri": None}),
    "error": (error_page, ERROR),
    "error_with_a_way_on": (error_page, {**ERROR, "way_on": BACK}),
    "error_with_a_form": (error_page, {**ERROR, "way_on": FORM}),
    "form_post": (form_post_page, FORM_POST),
    "form_post_to_this_device": (
        form_post_page,
        {**FORM_POST, "redirect_uri": "http://127.0.0.1:3000/callback"},
    ),
    "logout": (logout_page, LOGOUT),
    "logout_for_no_client": (logout_page, {**LOGOUT, "client_name": None}),
    "signed_out": (signed_out_page, {"tenant_name": "Northwind", "way_on": BACK}),
    "signed_out_everywhere": (signed_out_page, {"tenant_name": "Northwind", "everywhere": True}),
    "told": (told_page, {**TOLD, "location": "https://app.example.com/signed-out?state=1"}),
    "told_to_an_apps_own_scheme": (told_page, {**TOLD, "location": "com.example.app:/signed-out"}),
    "told_and_nowhere_to_go": (told_page, {**TOLD, "location": None}),
    "stayed": (stayed_page, {"tenant_name": "Northwind"}),
    "notice": (notice_page, {**NOTICE, "way_on": BACK}),
}


def unscripted(name: str, look: Look) -> str:
    """The HTML of a page that stays where it is, to be looked at."""
    return re.sub(r"<script>.*?</script>", "", sample(name, look=look).html, flags=re.DOTALL)


def sample(name: str, **changes: Any) -> Page:
    """A page by name, with some of its values changed."""
    function, values = PAGES[name]
    return function(**{"look": Look(), **values, **changes})
