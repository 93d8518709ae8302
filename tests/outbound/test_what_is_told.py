"""What is told of a document, or of why there is none, beside its bytes."""

import pytest

from chalicelib.outbound.fetch import fetch
from chalicelib.outbound.fetched import Fetched, FetchError
from tests.support.origin import Origin


def get(origin: Origin, url: str) -> Fetched:
    return fetch(url, allowed_origins=(origin.address,))


TYPES = ("application/json", "application/jwk-set+json", "text/plain", "")


@pytest.mark.parametrize("content_type", TYPES)
def test_a_document_of_any_type_is_read(origin: Origin, content_type: str) -> None:
    assert get(origin, origin.serve("/jwks", "{}", content_type=content_type)) == Fetched(
        b"{}", None, content_type
    )


def test_the_type_is_told_without_its_parameters(origin: Origin) -> None:
    url = origin.serve("/jwks", "{}", content_type="Application/JSON; charset=utf-8")
    assert get(origin, url).media_type == "application/json"


AGES: dict[str, int | None] = {
    "max-age=60": 60,
    "public, max-age=3600": 3600,
    "MAX-AGE=5": 5,
    'max-age="7"': 7,
    "max-age=0": 0,
    "no-store": 0,
    "no-cache, max-age=60": 0,
    "max-age=60, no-store": 0,
    "s-maxage=60": None,
    "max-age=-1": None,
    "max-age=soon": None,
    "max-age": None,
    "": None,
}


@pytest.mark.parametrize("cache_control", AGES)
def test_the_age_is_what_cache_control_says(origin: Origin, cache_control: str) -> None:
    url = origin.serve("/jwks", "{}", cache_control=cache_control)
    assert get(origin, url).max_age == AGES[cache_control]


ANSWERED = {"404 No": True, "302 Found": True, "206 Partial": True, "429 Slowly": False, "503 Busy": False}


@pytest.mark.parametrize("status", ANSWERED)
def test_an_answer_is_told_from_a_host_in_trouble(origin: Origin, status: str) -> None:
    with pytest.raises(FetchError) as caught:
        get(origin, origin.serve("/jwks", "{}", status=status))
    assert caught.value.answered is ANSWERED[status]
