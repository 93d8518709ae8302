"""OpenID Connect Dynamic Registration section 6: texts are compared letter by letter, and none is changed."""

import unicodedata
from typing import Any

import pytest

from infra.local.stack import LocalStack
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, assert_page
from tests.support.registration import WEB, Registrar, app_of
from tests.support.traceability import spec
from tests.support.wire import nothing_written

NAMES = [unicodedata.normalize(form, "Café Å ﬁ") for form in ("NFC", "NFD", "NFKC", "NFKD")]
OTHER_CASE: dict[str, dict[str, Any]] = {
    "a response type": {"response_types": ["CODE"]},
    "a grant type": {"grant_types": ["Authorization_Code"]},
    "an authentication method": {"token_endpoint_auth_method": "Client_Secret_Basic"},
    "an algorithm": {"id_token_signed_response_alg": "rs256"},
    "a subject type": {"subject_type": "Public"},
    "an application type": {"application_type": "Web"},
}


@spec("OIDC-Registration-6")
def test_a_name_is_told_back_as_it_was_written(registrar: Registrar) -> None:
    assert len(set(NAMES)) == len(NAMES)
    for name in NAMES:
        found = registrar.registered(WEB, client_name=name, **{"client_name#fr": name})
        assert (found["client_name"], found["client_name#fr"]) == (name, name)


@spec("OIDC-Registration-6")
@pytest.mark.parametrize("case", OTHER_CASE)
def test_a_word_in_capitals_is_another_word(registrar: Registrar, stack: LocalStack, case: str) -> None:
    with nothing_written(stack):
        answer = registrar.register(WEB, **OTHER_CASE[case])
    assert_json_error(answer, "invalid_client_metadata")


@spec("OIDC-Registration-6")
def test_a_members_name_in_capitals_is_another_member(registrar: Registrar) -> None:
    found = registrar.registered(WEB, Client_Name="Another", SUBJECT_TYPE="pairwise")
    assert (found["client_name"], found["subject_type"]) == (WEB["client_name"], "public")
    assert not {"Client_Name", "SUBJECT_TYPE"} & set(found)


@spec("OIDC-Registration-6")
@pytest.mark.parametrize("asked", ["caf%c3%a9", "café", "caf%C3%A9/", "CAF%C3%A9", "cafe%CC%81"])
def test_what_a_url_would_mean_as_well_is_not_what_was_registered(
    registrar: Registrar, caller: Caller, asked: str
) -> None:
    uri = "https://app.example.org/"
    app = app_of(registrar.registered(WEB, redirect_uris=[uri + "caf%C3%A9"]), caller)
    assert caller.get("/authorize", app.request(scope="openid")).status == 303
    assert_page(caller.get("/authorize", app.request(scope="openid", redirect_uri=uri + asked)))
