"""RFC 7523 section 3: whatever an issuer that is trusted signs is a grant or none, and no more."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra.local.stack import LocalStack
from tests.support.assertions import Federation, federation
from tests.support.client_app import unverified
from tests.support.exchange import JWT, exchange_fields
from tests.support.http import Answer, Caller
from tests.support.properties import ANY_TEXT, JSON
from tests.support.tenant import Tenant
from tests.support.traceability import spec

# Every claim a rule looks at, and one that none does.
CLAIMS = (
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "resource", "client_id", "act", "may_act",
    "cnf", "email", "email_verified", "auth_time", "acr", "other",
)  # fmt: skip
NAMES = st.sampled_from(["a\x00b", "\ud800", "https://\ud800.example/", "urn:a b", "é", "a" * 3_000])
VALUES = JSON | NAMES | st.lists(NAMES | ANY_TEXT, max_size=3) | st.sampled_from([1e400, -1, 2**80, True])


@pytest.fixture
def idp(caller: Caller, tenant: Tenant, stack: LocalStack) -> Federation:
    """An issuer that signs anything; the subject's name is of its own choosing."""
    del stack
    return federation(caller, tenant)


def is_answered(answer: Answer) -> bool:
    """In the shape of RFC 6749 sections 5.1 and 5.2: nothing failed."""
    if answer.status == 200:
        return True
    return answer.status == 400 and answer.error in {"invalid_grant", "invalid_request", "invalid_target"}


@spec("RFC7523-3")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(CLAIMS), VALUES, min_size=1, max_size=3))
@example(changes={"resource": "https://\ud800.example/"})
@example(changes={"resource": ["\x00"]})
@example(changes={"resource": [""]})
@example(changes={"jti": "\ud800"})
@example(changes={"scope": "read \ud800 read"})
@example(changes={"sub": "a" * 3_000})
@example(changes={"exp": 1e400})
@example(changes={"act": {"sub": "\ud800"}})
def test_any_claims_are_a_grant_or_refused(idp: Federation, changes: dict[str, Any]) -> None:
    answer = idp.present(idp.assertion(**changes), resource=None)
    assert is_answered(answer), (answer.status, answer.body)
    if answer.status == 200:
        claims = unverified(answer.json["access_token"])[1]
        assert claims["sub"].startswith(idp.trusted.issuer + "|")
        assert set(claims.get("scope", "").split()) <= {"read"}
    exchanged = idp.app.token(exchange_fields(idp.assertion(**changes), subject_token_type=JWT))
    assert is_answered(exchanged), (exchanged.status, exchanged.body)
    assert exchanged.status == 400
