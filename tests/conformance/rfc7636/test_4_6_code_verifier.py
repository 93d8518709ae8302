"""RFC 7636 sections 4.1, 4.5 and 4.6: the code_verifier in the access token request."""

import pytest

from tests.support.client_app import s256
from tests.support.http import Caller
from tests.support.refusal import assert_json_error, last_log
from tests.support.tenant import Tenant
from tests.support.traceability import spec
from tests.support.visit import Visit, visit

UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


@spec("RFC7636-4.1")
@pytest.mark.parametrize(
    "verifier", ["a" * 43, "~" * 128, UNRESERVED, "." * 64], ids=["43", "128", "all", "dots"]
)
def test_every_verifier_the_specification_allows_is_taken(here: Visit, verifier: str) -> None:
    code = here.code(code_challenge=s256(verifier))
    assert here.app.redeem(code, code_verifier=verifier).status == 200


@spec("RFC7636-4.6")
def test_verifier_of_the_specification_fits_its_challenge(here: Visit) -> None:
    """The example of appendix B, so that both sides are not merely wrong alike."""
    code = here.code(code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert here.app.redeem(code, code_verifier=verifier).status == 200


# Each is the verifier the challenge was made of, so that only its form can be what is refused.
MALFORMED = {
    "42 characters": "a" * 42,
    "129 characters": "a" * 129,
    "space": " " + "a" * 43,
    "plus": "+" + "a" * 43,
    "slash": "/" + "a" * 43,
    "padding": "a" * 43 + "=",
    "percent": "%" + "a" * 43,
    "line feed at the end": "a" * 43 + "\n",
    "letter that is not ASCII": "é" + "a" * 43,
}


@spec("RFC7636-4.1")
@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_verifier_is_refused_even_where_it_fits(
    here: Visit, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    verifier = MALFORMED[case]
    code = here.code(code_challenge=s256(verifier))
    before = here.grant(code)
    assert_json_error(here.app.redeem(code, code_verifier=verifier), "invalid_grant")
    assert here.grant(code) == before
    assert last_log(capsys, code, verifier)["reason"] == "code_verifier_mismatch"


@spec("RFC7636-4.6")
@pytest.mark.parametrize("kind", ["public", "confidential"])
def test_wrong_and_missing_verifier_are_refused_and_do_not_burn_the_code(
    caller: Caller, tenant: Tenant, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    here = visit(caller, tenant, tenant.client() if kind == "confidential" else None)
    code = here.code()
    before = here.grant(code)
    challenge = s256(here.app.code_verifier)
    others = [here.app.code_verifier[:-1] + "~", here.app.code_verifier.swapcase(), challenge, "a" * 43]
    for verifier in (None, "", *others):
        assert_json_error(here.app.redeem(code, code_verifier=verifier), "invalid_grant")
        assert last_log(capsys, code, here.app.code_verifier)["reason"] == "code_verifier_mismatch"
        assert here.grant(code) == before
    assert here.app.redeem(code).status == 200


@spec("RFC7636-4.6")
def test_verifier_of_another_request_of_the_same_client_is_refused(here: Visit) -> None:
    first, second = here.code(), here.code(code_challenge=s256("b" * 43))
    assert_json_error(here.app.redeem(second), "invalid_grant")
    assert_json_error(here.app.redeem(first, code_verifier="b" * 43), "invalid_grant")
    assert here.app.redeem(first).status == 200
    assert here.app.redeem(second, code_verifier="b" * 43).status == 200


@spec("RFC7636-4.6")
def test_verifier_is_never_kept(here: Visit) -> None:
    here.app.redeem(here.code())
    assert here.app.code_verifier not in repr(here.tenant.snapshot())
