"""Credentials of the environment and of a container's endpoint: fetched, kept, renewed."""

import threading
from pathlib import Path

import pytest

from chalicelib.aws.credentials import REFRESH_BEFORE, REFRESH_PAUSE, CredentialsError, CredentialSource
from chalicelib.aws.http_connections import NoAnswer
from tests.support.scripted import ScriptedService, Step, cuts, says, waits

# Far more than anything here takes, whatever the machine is busy with.
PATIENCE = 30
NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z


def keys(number: int, expiration: str | None = "2026-01-01T12:10:00Z") -> Step:
    document = {"AccessKeyId": f"AKID{number}", "SecretAccessKey": "s", "Token": "t"}
    return says(document | ({"Expiration": expiration} if expiration else {}), checked=False)


class Clock:
    """The time of day, as the test sets it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def source(service: ScriptedService, clock: Clock, **more: str) -> CredentialSource:
    full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{service.endpoint}/credentials?id=1"}
    return CredentialSource({**full, **more}, clock)


def test_the_environments_keys_come_first_and_are_for_good() -> None:
    found = CredentialSource(
        {
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_SESSION_TOKEN": "t",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
        }
    ).get(timeout=PATIENCE)
    assert (found.access_key_id, found.secret_access_key, found.token) == ("AKID", "s", "t")
    assert found.expires is None


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"AWS_ACCESS_KEY_ID": "AKID"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/credentials"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1.example.com/credentials"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "file:///etc/passwd"},
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/does/not/exist",
        },
    ],
)
def test_a_wrong_set_up_is_a_fault(environment: dict[str, str]) -> None:
    with pytest.raises(CredentialsError):
        CredentialSource(environment).get(timeout=PATIENCE)


def test_a_containers_keys_are_fetched_once_with_its_token(clock: Clock, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token\n")
    with ScriptedService([keys(1)]) as service:
        credentials = source(service, clock, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
        found = credentials.get(timeout=PATIENCE)
        assert credentials.get(timeout=PATIENCE) is found
    assert (found.access_key_id, found.token, found.expires) == ("AKID1", "t", NOON + 600)
    (asked,) = service.asked
    assert asked.line == "GET /credentials?id=1 HTTP/1.1"
    assert asked.headers["authorization"] == "a-token"


def test_they_are_fetched_anew_before_they_end(clock: Clock) -> None:
    with ScriptedService([keys(1), keys(2, "2026-01-01T13:00:00Z")]) as service:
        credentials = source(service, clock, AWS_CONTAINER_AUTHORIZATION_TOKEN="t")
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID1"
        clock.now = NOON + 600 - REFRESH_BEFORE - 1
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID1"
        clock.now += 1
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID2"


def test_until_their_end_they_serve_where_no_new_ones_come(clock: Clock) -> None:
    with ScriptedService([keys(1), cuts, says(b"", 500), says({"Code": "x"}), keys(2)]) as service:
        credentials = source(service, clock)
        credentials.get(timeout=PATIENCE)
        clock.now = NOON + 400
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID1"
        # Not asked for at every call.
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID1"
        assert len(service.asked) == 2
        clock.now += REFRESH_PAUSE
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID1"
        assert len(service.asked) == 3
        clock.now = NOON + 600
        with pytest.raises(NoAnswer):
            credentials.get(timeout=PATIENCE)
        assert credentials.get(timeout=PATIENCE).access_key_id == "AKID2"


def test_one_thread_fetches_and_the_others_go_on_with_what_is_good(clock: Clock) -> None:
    with ScriptedService([keys(1), waits]) as service:
        credentials = source(service, clock)
        credentials.get(timeout=PATIENCE)
        clock.now = NOON + 400
        fetching = threading.Thread(target=credentials.get, kwargs={"timeout": 3})
        fetching.start()
        while len(service.asked) < 2:
            fetching.join(0.01)
        assert credentials.get(timeout=0).access_key_id == "AKID1"
        assert fetching.is_alive()
        fetching.join()


def test_many_threads_that_have_none_make_one_fetch(clock: Clock) -> None:
    with ScriptedService([keys(1)]) as service:
        credentials = source(service, clock)
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(credentials.get(timeout=PATIENCE))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(service.asked) == 1
    assert {each.access_key_id for each in found} == {"AKID1"}
    assert len(found) == 8


def test_refused_ones_are_replaced_where_there_are_others(clock: Clock) -> None:
    with ScriptedService([keys(1, None), keys(2, None)]) as service:
        credentials = source(service, clock)
        assert credentials.renew(credentials.get(timeout=PATIENCE), timeout=PATIENCE)
        assert not credentials.renew(credentials.get(timeout=PATIENCE), timeout=PATIENCE)
