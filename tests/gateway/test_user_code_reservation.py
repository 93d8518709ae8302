"""A user code that is another device's is not given out again: the next one is tried, and not for ever."""

import pytest

from chalicelib.endpoints.device_authorization import TRIES, ports, reserve_user_code
from chalicelib.gateway.entropy import random_text
from chalicelib.protocol.errors import TemporarilyUnavailable
from chalicelib.protocol.grant import Grant
from chalicelib.protocol.user_code import ReservedCode, parse_user_code
from chalicelib.record import replace
from infra.local.stack import LocalStack

GRANT = Grant(
    grant_id="a-grant",
    state="pending",
    client_id="tv",
    scope=(),
    resources=(),
    exp=600,
    code_exp=600,
    refresh_until=600,
    created_at=0,
)


class TakenCodes:
    """The first codes that are asked for are others'."""

    def __init__(self, taken: int) -> None:
        self.asked: list[str] = []
        self._taken = taken

    def reserve(self, user_code: str, reserved: ReservedCode, *, exp: int, now: int) -> bool:
        assert reserved == ReservedCode(grant_id="a-grant", source_ip="203.0.113.7")
        assert (exp, now) == (600, 0)
        self.asked.append(user_code)
        return len(self.asked) > self._taken

    def find(self, user_code: str) -> ReservedCode | None:
        raise AssertionError(user_code)


@pytest.mark.parametrize("taken", range(TRIES))
def test_the_first_free_code_is_given(stack: LocalStack, taken: int) -> None:
    del stack
    codes = TakenCodes(taken)
    own = replace(ports(), user_codes=codes, random=random_text)
    given = reserve_user_code(GRANT, own, source_ip="203.0.113.7", now=0)
    assert given == codes.asked[-1] == parse_user_code(given)
    assert len(set(codes.asked)) == taken + 1


def test_where_none_is_free_the_device_is_told_to_come_again(stack: LocalStack) -> None:
    del stack
    codes = TakenCodes(TRIES)
    with pytest.raises(TemporarilyUnavailable) as refused:
        reserve_user_code(GRANT, replace(ports(), user_codes=codes), source_ip="203.0.113.7", now=0)
    assert refused.value.reason == "user_codes_taken"
    assert len(codes.asked) == TRIES
