"""Records behave as the frozen dataclasses they stand for."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import pytest

from chalicelib.record import Record, defaults_of, field, members_of, replace


class Person(Record):
    sub: str
    secret: str = field(repr=False)
    claims: dict[str, Any] = field(default_factory=dict, hash=False)
    age: int = 0

    @property
    def adult(self) -> bool:
        return self.age >= 18


@dataclass(frozen=True)
class Model:
    """The same as a dataclass."""

    sub: str
    secret: str = dataclass_field(repr=False)
    claims: dict[str, Any] = dataclass_field(default_factory=dict, hash=False)
    age: int = 0


class Officer(Person):
    rank: str = "none"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("ada", "x"), {}),
        (("ada",), {"secret": "x", "age": 3}),
        ((), {"secret": "x", "sub": "ada"}),
        (("ada", "x", {"a": 1}, 4), {}),
        ((), {}),
        (("ada",), {}),
        (("ada", "x"), {"sub": "ada"}),
        (("ada", "x"), {"unknown": 1}),
        (("ada",), {"unknown": 1}),
        (("ada", "x", {}, 4, 5), {}),
        (("ada", "x"), {"unknown": 1, "claims": {}, "age": 3}),
    ],
)
def test_a_record_is_made_of_what_a_dataclass_is_made_of(values: Any, named: Any) -> None:
    try:
        model = Model(*values, **named)
    except TypeError:
        with pytest.raises(TypeError):
            Person(*values, **named)
    else:
        assert vars(Person(*values, **named)) == vars(model)


def test_a_record_never_changes() -> None:
    person = Person("ada", "x")
    for member in ("age", "new"):
        with pytest.raises(AttributeError):
            setattr(person, member, 9)
    with pytest.raises(AttributeError):
        del person.age
    assert person == Person("ada", "x")


def test_records_are_equal_by_class_and_members_and_hashed_without_what_cannot_be() -> None:
    person = Person("ada", "x", {"a": 1})
    assert person == Person("ada", "x", {"a": 1})
    assert person != Person("ada", "x", {"a": 2})
    assert person != Officer("ada", "x", {"a": 1})
    assert person != ("ada", "x")
    assert hash(person) == hash(Person("ada", "x", {"a": 2}))
    assert hash(person) != hash(Person("eve", "x"))


def test_a_secret_is_not_shown() -> None:
    assert repr(Person("ada", "x")) == "Person(sub='ada', claims={}, age=0)"


def test_what_is_made_for_each_is_nobody_elses() -> None:
    assert Person("ada", "x").claims is not Person("ada", "x").claims


def test_a_record_can_be_made_anew_with_changes() -> None:
    person = Person("ada", "x", age=17)
    assert not person.adult
    assert replace(person, age=18).adult
    assert person.age == 17
    with pytest.raises(TypeError):
        replace(person, unknown=1)


def test_a_record_of_a_record_has_the_members_of_both() -> None:
    assert tuple(members_of(Officer)) == ("sub", "secret", "claims", "age", "rank")
    assert defaults_of(Officer) == {"age": 0, "rank": "none"}
    assert Officer("ada", "x").rank == "none"


class Even(Record):
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError("odd")


def test_a_record_can_refuse_what_it_is_made_of() -> None:
    assert Even(2).number == 2
    with pytest.raises(ValueError, match="odd"):
        Even(3)
    with pytest.raises(ValueError, match="odd"):
        replace(Even(2), number=3)
