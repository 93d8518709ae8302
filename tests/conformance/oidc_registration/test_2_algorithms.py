"""OpenID Connect Dynamic Registration section 2: by what the server may be asked to sign, and to encrypt."""

import pytest

from chalicelib.protocol.supported import ID_TOKEN_ALGORITHMS
from infra.local.stack import LocalStack
from tests.support.client_secret import HASHES
from tests.support.environment import changed_environment
from tests.support.refusal import assert_json_error
from tests.support.registration import WEB, Registrar
from tests.support.traceability import spec
from tests.support.wire import nothing_written

RESPONSES = ("id_token_signed_response_alg", "userinfo_signed_response_alg")


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("member", RESPONSES)
def test_each_algorithm_that_is_announced_can_be_registered(registrar: Registrar, member: str) -> None:
    for alg in ID_TOKEN_ALGORITHMS:
        found = registrar.registered(WEB, **{member: alg})
        assert found[member] == alg
        assert alg not in HASHES or found["client_secret"]


@spec("OIDC-Registration-2")
@pytest.mark.parametrize("member", RESPONSES)
def test_eddsa_cannot_be_registered_where_the_tenant_has_no_key_for_it(
    stack: LocalStack, registrar: Registrar, member: str
) -> None:
    with changed_environment(EDDSA_KEY="off"), nothing_written(stack):
        answer = registrar.register(WEB, **{member: "EdDSA"})
    assert_json_error(answer, "invalid_client_metadata", status=400)
