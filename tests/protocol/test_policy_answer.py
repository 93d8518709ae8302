"""A policy's answer: followed to the letter or not at all, and whatever can be read as a veto is one."""

import json
from typing import Any

import pytest

from chalicelib.protocol.errors import AccessDenied
from chalicelib.protocol.jws import MAX_JWT_CHARACTERS, UnsignedToken, signing_input
from chalicelib.protocol.policy import (
    MAX_ADDED,
    MAX_ANSWER,
    MAX_CLAIMS,
    RESERVED,
    PolicyFailed,
    read_answer,
    with_claims,
)
from chalicelib.protocol.recipient import id_token_recipient
from chalicelib.record import replace
from tests.support.policy import ACCESS_TOKEN, CLIENT, ID_TOKEN, TOKENS


def answer(**members: Any) -> bytes:
    return json.dumps({"version": 1, **members}).encode()


def claims(**added: Any) -> bytes:
    return answer(claims={"access_token": added})


def kind_of(data: bytes) -> str:
    """How the answer fails."""
    with pytest.raises(PolicyFailed) as failed:
        with_claims(TOKENS, read_answer(data))
    return failed.value.kind


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth > 1 else {}


@pytest.mark.parametrize(
    "added", [{}, {"claims": {}}, {"claims": {"access_token": {}, "id_token": {}}}, {"veto": False}]
)
def test_where_nothing_is_added_the_tokens_stay_as_they_are(added: dict[str, Any]) -> None:
    if "veto" in added:
        assert kind_of(answer(**added)) == "answer_malformed"
    else:
        assert with_claims(TOKENS, read_answer(answer(**added))) == [ACCESS_TOKEN, ID_TOKEN]


def test_each_token_gets_its_own_claims_behind_those_it_has() -> None:
    added = {"access_token": {"roles": ["admin"]}, "id_token": {"https://example.com/plan": {"name": "ü"}}}
    access_token, id_token = with_claims(TOKENS, read_answer(answer(claims=added)))
    assert access_token == UnsignedToken(
        alg="ES256", typ="at+jwt", claims={**ACCESS_TOKEN.claims, "roles": ["admin"]}
    )
    assert id_token.claims == {**ID_TOKEN.claims, "https://example.com/plan": {"name": "ü"}}
    assert (id_token.alg, id_token.typ) == ("RS256", "JWT")


def test_claims_for_a_token_that_is_not_issued_are_left_aside() -> None:
    added = read_answer(answer(claims={"id_token": {"roles": []}}))
    assert with_claims({"access_token": ACCESS_TOKEN}, added) == [ACCESS_TOKEN]
    assert with_claims({"id_jag": ID_TOKEN}, read_answer(claims(roles=[]))) == [ID_TOKEN]


@pytest.mark.parametrize(
    ("veto", "reason"),
    [
        ({"reason": "office_hours"}, "office_hours"),
        ({"reason": "x" * 64}, "x" * 64),
        ({"reason": "x" * 65}, "unnamed"),
        ({"reason": "Not a slug"}, "unnamed"),
        ({"reason": "slug\n"}, "unnamed"),
        ({"reason": 1}, "unnamed"),
        ({"reason": "ok", "more": 1}, "ok"),
        ({}, "unnamed"),
        ([], "unnamed"),
        ("", "unnamed"),
        (0, "unnamed"),
        (True, "unnamed"),
    ],
)
def test_a_veto_is_one_however_it_is_written(veto: Any, reason: str) -> None:
    with pytest.raises(AccessDenied) as denied:
        read_answer(answer(veto=veto))
    assert (denied.value.reason, denied.value.facts) == ("policy_veto", {"policy_reason": reason})
    assert reason not in denied.value.description


@pytest.mark.parametrize(
    "more", [{"version": 2}, {"claims": {"access_token": {"sub": "root"}}}, {"claims": 1}, {"more": 1}]
)
def test_a_veto_is_one_whatever_else_is_wrong(more: dict[str, Any]) -> None:
    with pytest.raises(AccessDenied):
        read_answer(answer(**{**more, "veto": {"reason": "no"}}))


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"version": 1, "claims": {"access_token": {"a": "\xff"}}}',
    "half a character": rb'{"version": 1, "claims": {"access_token": {"a": "\ud800"}}}',
    "null, as of a function that returns nothing": b"null",
    "a list": b"[]",
    "a text that is JSON": json.dumps(answer().decode()).encode(),
    "a member twice": b'{"version": 1, "version": 1}',
    "a claim twice": b'{"version": 1, "claims": {"access_token": {"a": 1, "a": 2}}}',
    "NaN": b'{"version": 1, "claims": {"access_token": {"a": NaN}}}',
    "infinity": b'{"version": 1, "claims": {"access_token": {"a": 1e999}}}',
    "a number of many digits": b'{"version": 1, "claims": {"access_token": {"a": ' + b"9" * 5000 + b"}}}",
    "too large": answer(claims={}, padding="x" * MAX_ANSWER),
    "too deep": claims(a=nested(5)),
    "far too deep": b'{"version":1,"claims":' + b'{"a":' * 3_000 + b"1" + b"}" * 3_001,
    "another member": answer(claim={}),
    "a misspelt veto": answer(Veto={"reason": "no"}),
    "a veto that is none": answer(veto=None),
    "claims that are none": answer(claims=[]),
    "no claims": answer(claims=None),
    "another token": answer(claims={"refresh_token": {}}),
    "an identity grant": answer(claims={"id_jag": {}}),
    "claims of a token that are none": answer(claims={"access_token": [["a", 1]]}),
    "claims of a token that are nothing": answer(claims={"id_token": None}),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_answer_is_not_followed(data: bytes) -> None:
    assert kind_of(data) == "answer_malformed"


@pytest.mark.parametrize("version", [2, 0, "1", 1.5, True, None, [1]])
def test_another_version_is_not_followed(version: Any) -> None:
    assert kind_of(answer(version=version, claims={"access_token": {"a": 1}})) == "answer_version"
    assert kind_of(b"{}") == "answer_version"


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_no_claim_of_the_protocols_is_added_in_whatever_case(name: str) -> None:
    for written in (name, name.upper(), name.title()):
        assert kind_of(claims(**{written: 1})) == "claim_reserved"
        assert kind_of(answer(claims={"id_token": {written: 1}})) == "claim_reserved"


def test_what_a_token_says_already_is_reserved() -> None:
    assert {*ACCESS_TOKEN.claims, *ID_TOKEN.claims} <= RESERVED
    # And should a token ever say what is not in the list:
    token = UnsignedToken(alg="ES256", typ="at+jwt", claims={**ACCESS_TOKEN.claims, "new": 1})
    with pytest.raises(PolicyFailed, match="claim_reserved"):
        with_claims({"access_token": token}, {"access_token": {"new": 2}})


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 129,
        "\u0455ub",
        "\uff53\uff55\uff42",
        "sub\u200b",
        "sub\u0000",
        "\u017fub",
        "a b",
        "sub ",
        "\tsub",
        'a"b',
        "a\\b",
        "é",
    ],
)
def test_names_are_plain_so_that_none_looks_like_another(name: str) -> None:
    assert kind_of(claims(**{name: 1})) == "claim_name"


@pytest.mark.parametrize(
    "value",
    [2**53, -(2**53), 10**400, [1, 2**63], {"a": {"b": [-(2**53)]}}],
    ids=lambda value: str(value)[:20],
)
def test_whole_numbers_that_parsers_differ_on_are_not_taken(value: Any) -> None:
    assert kind_of(claims(a=value)) == "claim_value"
    assert read_answer(claims(a=[2**53 - 1, 1 - 2**53, 0.5, True, None, "x", {"b": []}]))


def test_what_is_added_is_bounded() -> None:
    fits = "x" * (MAX_ADDED - len('{"a":""}'))
    assert read_answer(claims(a=fits))
    assert kind_of(claims(a=fits + "x")) == "claims_too_large"
    # In bytes, as it is sent.
    assert kind_of(claims(a="ü" * (MAX_ADDED // 2))) == "claims_too_large"
    assert read_answer(claims(a=nested(4)))


def test_a_token_never_becomes_larger_than_a_header_carries() -> None:
    large = UnsignedToken(alg="ES256", typ="at+jwt", claims={"scope": "x" * (MAX_CLAIMS - 1000)})
    with pytest.raises(PolicyFailed, match="claims_too_large"):
        with_claims({"access_token": large}, {"access_token": {"a": "x" * 1000}})
    (fits,) = with_claims({"access_token": large}, {"access_token": {"a": "x" * 900}})
    signed = signing_input(fits, kid="k" * 43)
    # With an RSA signature.
    assert len(signed) + 1 + 342 < 10_240 < MAX_JWT_CHARACTERS


def test_whom_a_token_is_made_for_stays_as_it_is() -> None:
    """With other claims it would else be signed by another key, and go out unencrypted."""
    client = replace(CLIENT, id_token_signed_response_alg="HS256")
    token = replace(ID_TOKEN, alg="HS256", recipient=id_token_recipient(client))
    (added,) = with_claims({"id_token": token}, {"id_token": {"new": 1}})
    assert (added.alg, added.recipient) == ("HS256", token.recipient)
    assert added.claims["new"] == 1
