"""A request that is ready to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.http import Answer, Caller, Fields, basic, encode


@dataclass(frozen=True, slots=True)
class Sending:
    """One request, and the status it must be answered with."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 200

    def by(self, caller: Caller) -> Answer:
        """Sends it. Raises AssertionError where the answer is another."""
        answer = caller.send(
            self.method, self.target, headers=self.headers, cookies=self.cookies, body=self.body
        )
        assert answer.status == self.status, (self.target.partition("?")[0], answer.status, answer.body)
        return answer


def form(
    path: str,
    fields: Fields,
    *,
    auth: tuple[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
    status: int = 200,
) -> Sending:
    """A POST of a form; `auth` is a client_id and secret for client_secret_basic."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if auth is not None:
        headers["authorization"] = basic(*auth)
    return Sending("POST", path, headers, dict(cookies or {}), encode(fields).encode(), status)
