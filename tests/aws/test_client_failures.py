"""What an instance remembers of clients that failed: until when to wait, and no more than it has room for."""

from chalicelib.accounts.attempts import AttemptKey, client_attempt_keys
from chalicelib.aws.client_failures import MAX_REMEMBERED, ClientFailures
from chalicelib.protocol.client_authentication.failures import Wait

HERE = "203.0.113.7"
NOW = 1_000


class Counted:
    """Attempts in memory: those under a name of `waiting` are to wait for so many seconds."""

    def __init__(self, **waiting: int) -> None:
        self.waiting = waiting
        self.asked: list[str] = []

    def begin(self, attempt: AttemptKey, *, now: int) -> int:
        del now
        network, _ = client_attempt_keys("", source_ip=HERE)
        name = "network" if attempt.key == network.key else "client"
        self.asked.append(name)
        return self.waiting.get(name, 0)

    def take_back(self, attempt: AttemptKey) -> None:
        raise AssertionError(attempt)

    def forget(self, attempt: AttemptKey) -> None:
        raise AssertionError(attempt)


def test_a_failure_counts_for_the_network_and_for_the_client_in_it() -> None:
    counted = Counted()
    assert ClientFailures(counted).count("app", source_ip=HERE, now=NOW) is None
    assert counted.asked == ["network", "client"]


def test_what_a_network_waits_for_is_not_counted_for_a_client() -> None:
    counted = Counted(network=8)
    assert ClientFailures(counted).count("app", source_ip=HERE, now=NOW) == Wait(8, known=False)
    assert counted.asked == ["network"]


def test_a_wait_is_remembered_until_it_is_over() -> None:
    counted = Counted(network=8)
    failures = ClientFailures(counted)
    failures.count("app", source_ip=HERE, now=NOW)
    assert failures.count("another", source_ip=HERE, now=NOW + 7) == Wait(1, known=True)
    assert len(counted.asked) == 1
    assert failures.count("app", source_ip="198.51.100.1", now=NOW) is None
    assert failures.count("app", source_ip=HERE, now=NOW + 8) == Wait(8, known=False)


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    failures = ClientFailures(Counted(client=60))
    for number in range(MAX_REMEMBERED + 10):
        failures.count(str(number), source_ip=HERE, now=NOW)
    assert len(failures._until) == MAX_REMEMBERED
