"""What failed to authenticate, counted in the Requests table: items `client_attempts#<hash>`."""

from collections import OrderedDict

from chalicelib.accounts.attempts import Attempts, client_attempt_keys
from chalicelib.protocol.client_authentication.failures import Wait
from chalicelib.protocol.errors import TemporarilyUnavailable

# So that a flood of names or addresses fills no instance's memory.
MAX_REMEMBERED = 1_000


class ClientFailures:
    """Implements the port Failures. Until when to wait is remembered by the instance, so that a flood makes
    one call each time a wait is over, and not one a request.
    """

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._until: OrderedDict[str, int] = OrderedDict()

    def count(self, name: str, *, source_ip: str, now: int) -> Wait | None:
        for attempt in client_attempt_keys(name, source_ip=source_ip):
            left = self._until.get(attempt.key, 0) - now
            if left > 0:
                return Wait(left, known=True)
            try:
                seconds = self._attempts.begin(attempt, now=now)
            except TemporarilyUnavailable:
                # That it was not counted must not hide why the request is refused.
                return None
            if seconds:
                self._remember(attempt.key, now + seconds)
                return Wait(seconds, known=False)
        return None

    def _remember(self, key: str, until: int) -> None:
        self._until[key] = until
        self._until.move_to_end(key)
        while len(self._until) > MAX_REMEMBERED:
            self._until.popitem(last=False)
