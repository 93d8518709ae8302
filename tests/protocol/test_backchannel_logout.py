"""Who is told of a logout, when again, and what a logout token says: any sessions and clients."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.protocol.backchannel_logout import (
    RETRY_AFTER,
    LogoutNotice,
    Participation,
    next_try,
    notices_of,
)
from chalicelib.protocol.client import Client
from chalicelib.protocol.logout_token import unsigned_logout_token
from chalicelib.record import replace

NOW = 1_767_225_600
NOTICE = LogoutNotice(client_id="a", sub="ada", sid="s", logged_out_at=NOW)
names = st.sampled_from(["a", "b", "c", "gone", "deaf", "new"])
took_part = st.lists(
    st.builds(
        Participation,
        client_id=names,
        sub=st.sampled_from(["ada", "eve"]),
        sid=st.sampled_from(["s", "t"]),
        since=st.just(NOW - 100),
    ),
    max_size=12,
)


def client(name: str, **changes: object) -> Client:
    uri = f"https://{name}.example/logout"
    base = Client(client_id=name, client_name=name, token_endpoint_auth_method="none")
    return replace(base, **{"backchannel_logout_uri": uri, **changes})


CLIENTS = {
    "a": client("a"),
    "b": client("b", backchannel_logout_session_required=True),
    "c": client("c"),
    "gone": None,
    "deaf": client("deaf", backchannel_logout_uri=None),
    # Made anew after what the sessions have to do with one of this name.
    "new": client("new", client_id_issued_at=NOW),
}


@given(took_part)
def test_of_a_session_each_client_that_listens_is_told_once_and_with_its_sid(
    participations: list[Participation],
) -> None:
    notices = notices_of(participations, CLIENTS, whole_person=False, now=NOW)
    told = [(one.client_id, one.sub, one.sid) for one in notices]
    assert len(set(told)) == len(told)
    listening = {(one.client_id, one.sub, one.sid) for one in participations if one.client_id in {*"abc"}}
    assert set(told) == listening
    assert {(one.logged_out_at, one.attempt) for one in notices} <= {(NOW, 1)}


@given(took_part)
def test_of_a_whole_person_a_sid_is_told_where_it_is_needed_alone(
    participations: list[Participation],
) -> None:
    notices = notices_of(participations, CLIENTS, whole_person=True, now=NOW)
    told = [(one.client_id, one.sub, one.sid) for one in notices]
    assert len(set(told)) == len(told)
    assert set(told) == {
        (one.client_id, one.sub, one.sid if one.client_id == "b" else None)
        for one in participations
        if one.client_id in {*"abc"}
    }


def test_tries_are_so_many_and_so_far_apart() -> None:
    waited, notice = [], NOTICE
    while (following := next_try(notice)) is not None:
        notice, seconds = following
        waited.append(seconds)
    assert waited == list(RETRY_AFTER) == sorted(waited)
    assert notice == replace(NOTICE, attempt=6)


@given(
    st.builds(
        LogoutNotice,
        client_id=st.text(),
        sub=st.text(),
        sid=st.none() | st.text(),
        logged_out_at=st.integers(),
        attempt=st.integers(),
    )
)
def test_a_notice_waits_as_json_and_comes_back_the_same(notice: LogoutNotice) -> None:
    assert LogoutNotice.from_json(json.loads(json.dumps(notice.to_json()))) == notice


def test_a_token_has_a_type_of_its_own_is_never_unsigned_and_ends_in_two_minutes() -> None:
    for alg, expected in (("RS256", "RS256"), ("ES256", "ES256"), ("none", "RS256")):
        token = unsigned_logout_token(
            client=client("a", id_token_signed_response_alg=alg),
            issuer="https://login.example.com",
            sub="ada",
            sid=None,
            jti="j",
            now=NOW,
        )
        assert (token.alg, token.typ, token.recipient) == (expected, "logout+jwt", None)
        assert token.claims == {
            "iss": "https://login.example.com",
            "aud": "a",
            "iat": NOW,
            "exp": NOW + 120,
            "jti": "j",
            "sub": "ada",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
