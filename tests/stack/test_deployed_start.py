"""Functions that do not start under the runtime are told together, in their own words."""

from typing import Any

import pytest

from infra.stack.deployed_stack import StartError, start_all
from infra.stack.instance import InvocationError


def failing(text: str) -> Any:
    def invoke(_: Any) -> Any:
        raise InvocationError(text)

    return invoke


def test_all_that_do_not_start_are_told_without_the_emulators_words() -> None:
    functions = [
        failing("Userinfo: ValueError: USERS_TABLE is not set.\n20:01 [INFO] (rapid) INIT START\n  at ports"),
        lambda _: {"statusCode": 204},
        failing("Token: ImportError: nothing"),
    ]
    with pytest.raises(StartError) as told:
        start_all(functions)
    assert str(told.value) == (
        "Userinfo: ValueError: USERS_TABLE is not set.\n  at ports\n\nToken: ImportError: nothing"
    )


def test_what_is_no_functions_fault_stays_as_it_is() -> None:
    def interrupted(_: Any) -> Any:
        raise MemoryError

    with pytest.raises(MemoryError):
        start_all([interrupted])
