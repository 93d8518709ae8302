"""What a declared resource is called, from its first event to its last."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.administration.declaration import DeclarationEvent, name_for
from tests.administration.test_declared_at_once import Contested, declared_client

STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/notes/6a1b2c3d-0000-11ee-be56-0242ac120002"
CREATION = DeclarationEvent(
    request_type="Create",
    request_id="1",
    stack_id=STACK,
    logical_resource_id="WebApp",
    resource_type="Custom::KeyturnClient",
    physical_resource_id=None,
)


def name(event: DeclarationEvent) -> str:
    return name_for(event, declared_client(Contested[Any]("")))


def test_a_name_that_is_chosen_tells_the_stack_and_the_resource_and_is_always_the_same() -> None:
    assert name(CREATION) == CREATION.chosen_name == name(replace(CREATION, request_id="2"))
    assert CREATION.chosen_name.startswith("notes-WebApp-")
    assert len(CREATION.chosen_name) == len("notes-WebApp-") + 12


def test_another_resource_another_stack_and_the_same_stack_made_anew_have_another() -> None:
    others = [
        replace(CREATION, logical_resource_id="WebApp2"),
        replace(CREATION, stack_id=STACK.replace("/notes/", "/other/")),
        replace(CREATION, stack_id=STACK.replace("6a1b", "7a1b")),
    ]
    assert len({one.chosen_name for one in (CREATION, *others)}) == 4


@pytest.mark.parametrize("stack_id", ["", "text", STACK.replace("notes", "n" * 128)])
def test_a_name_is_short_whatever_the_stacks_is(stack_id: str) -> None:
    event = replace(CREATION, stack_id=stack_id, logical_resource_id="R" * 255)
    assert len(name(event)) <= 128


def test_a_resource_keeps_the_name_that_an_earlier_release_chose() -> None:
    update = replace(CREATION, request_type="Update", physical_resource_id="as-it-was-once")
    assert name(update) == "as-it-was-once"
    # Back from a name of its own, it is the one there would be from the beginning.
    named = {"client_id": "named"}
    assert name(replace(update, old_properties=named)) == CREATION.chosen_name
    assert name(replace(update, properties=named)) == "named"
