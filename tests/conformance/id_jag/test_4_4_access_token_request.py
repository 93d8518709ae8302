"""draft-ietf-oauth-identity-assertion-authz-grant-04 section 4.4: grants of a trusted identity provider."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.protocol.supported import TOKEN_EXCHANGE
from infra.local.stack import LocalStack
from tests.support.assertions import KEY, Federation, federation
from tests.support.client_app import unverified
from tests.support.exchange import JWT
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import API, OTHER_API, Tenant
from tests.support.traceability import spec
from tests.support.wire import nothing_written


@pytest.fixture
def idp(caller: Caller, tenant: Tenant) -> Federation:
    return federation(caller, tenant, id_jag=True, scope=("read", "write"))


@spec("ID-JAG-4.4")
def test_a_grant_brings_a_token_for_what_it_names(idp: Federation) -> None:
    grant = idp.assertion(resource=API, scope="read chat", tenant="acme", email="a@example.com")
    answer = idp.present(grant, resource=None)
    assert answer.status == 200, answer.body
    claims = unverified(answer.json["access_token"])[1]
    assert (claims["aud"], claims["scope"], claims["sub"]) == (API, "read", idp.sub())
    assert "refresh_token" not in answer.json


@spec("ID-JAG-4.4.1")
@pytest.mark.parametrize("aud", ["text", "list"])
def test_the_audience_is_the_issuer_alone_as_text_or_in_a_list(
    caller: Caller, idp: Federation, aud: str
) -> None:
    assert idp.present(idp.assertion(aud=caller.issuer if aud == "text" else [caller.issuer])).status == 200


@spec("ID-JAG-3.1")
def test_who_acted_elsewhere_is_told_with_who_says_so(idp: Federation) -> None:
    grant = idp.assertion(act={"sub": "agent", "act": {"sub": "robot", "iss": "https://robots.example"}})
    claims = unverified(idp.present(grant).json["access_token"])[1]
    assert claims["act"] == {
        "iss": idp.trusted.issuer,
        "sub": "agent",
        "act": {"iss": "https://robots.example", "sub": "robot"},
    }


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "of another client": ({"client_id": "another"}, "assertion_client"),
    "of no client": ({"client_id": None}, "assertion_client"),
    "for the token endpoint": ({"aud": "{issuer}/token"}, "assertion_audience"),
    "for us and another": ({"aud": ["{issuer}", "https://other.example"]}, "assertion_audience"),
    "without iat": ({"iat": None}, "assertion_not_yet_valid"),
    "without jti": ({"jti": None}, "assertion_jti"),
    "without exp": ({"exp": None}, "assertion_expired"),
    "without sub": ({"sub": None}, "assertion_subject"),
    "bound to a key": ({"cnf": {"jkt": "x"}}, "assertion_bound"),
}


@spec("ID-JAG-4.4.1")
@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_grant_is_refused(
    *, caller: Caller, idp: Federation, stack: LocalStack, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    changes, reason = REFUSED[case]

    def fill(value: Any) -> Any:
        if isinstance(value, list):
            return [fill(one) for one in value]
        return value.format(issuer=caller.issuer) if isinstance(value, str) else value

    grant = idp.assertion(**{name: fill(value) for name, value in changes.items()})
    with nothing_written(stack):
        answer = idp.present(grant)
    assert_json_error(answer, "invalid_grant")
    assert last_log(capsys, grant)["reason"] == reason


@spec("ID-JAG-4.4.1")
@pytest.mark.parametrize("typ", ["JWT", None, "at+jwt"])
def test_another_type_of_the_same_issuer_is_refused(
    idp: Federation, capsys: pytest.CaptureFixture[str], typ: str | None
) -> None:
    assert_json_error(idp.present(KEY.sign(idp.claims(), typ=typ)), "invalid_grant")
    assert last_log(capsys)["reason"] == "assertion_type"


@spec("ID-JAG-3.1")
def test_the_type_is_read_as_media_types_are(idp: Federation) -> None:
    assert idp.present(KEY.sign(idp.claims(), typ="application/OAuth-ID-JAG+JWT")).status == 200


@spec("ID-JAG-4.4.1")
def test_a_resource_the_grant_does_not_name_is_refused(tenant: Tenant, idp: Federation) -> None:
    tenant.resource_server(OTHER_API)
    grant = idp.assertion(resource=[API])
    assert_json_error(idp.present(grant, resource=OTHER_API), "invalid_target")
    assert_json_error(idp.present(grant, resource="api"), "invalid_target")
    assert idp.present(grant).status == 200


@spec("ID-JAG-4.4.1")
def test_a_resource_of_the_grant_that_is_unknown_here_is_refused(idp: Federation) -> None:
    assert_json_error(
        idp.present(idp.assertion(resource="https://x.example/"), resource=None), "invalid_target"
    )


@spec("ID-JAG-4.3.3")
def test_a_grant_is_no_subject_token(idp: Federation, capsys: pytest.CaptureFixture[str]) -> None:
    fields = {"grant_type": TOKEN_EXCHANGE, "subject_token": idp.assertion(), "subject_token_type": JWT}
    assert_json_error(idp.app.token(fields), "invalid_request")
    assert last_log(capsys)["reason"] == "assertion_type"


@spec("ID-JAG-9.3")
def test_a_grant_is_used_once_however_many_try(idp: Federation) -> None:
    grant = idp.assertion()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: idp.present(grant), range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7


@spec("ID-JAG-9.3")
def test_a_grant_of_this_server_is_refused_even_where_it_trusts_itself(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    own = federation(caller, tenant, id_jag=True, issuer=caller.issuer)
    assert_json_error(own.present(own.assertion()), "invalid_grant")
    assert last_log(capsys)["reason"] == "assertion_issuer"
