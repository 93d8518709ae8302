"""How the person has to have signed in for a call: step-up authentication, RFC 9470."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from keyturn_resource_server.access_token import CLOCK_SKEW_SECONDS, AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a call demands of the sign-in: one of these `acr_values`, any where there are none, and that it is
    at most `max_age` seconds ago, None for any time. `clock` gives the seconds since 1970.

    Raises ValueError for a max_age under a minute: by the time a new sign-in is a token and that a call, it
    would be too old again.
    """

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if self.max_age is not None and self.max_age < 60:  # noqa: PLR2004 - seconds
            raise ValueError("A max_age is 60 seconds or more.")

    def unmet(self, token: AccessToken) -> str:
        """Why the token's sign-in will not do, "" where it does. What the token does not say was not done."""
        if self.acr_values and token.claims.get("acr") not in self.acr_values:
            return "The person has to sign in in another way."
        if self.max_age is None:
            return ""
        auth_time = token.claims.get("auth_time")
        if type(auth_time) is not int or self.clock() - auth_time > self.max_age + CLOCK_SKEW_SECONDS:
            return "The person has to sign in again."
        return ""

    @property
    def challenge(self) -> dict[str, str]:
        """What the client is to ask the authorization server for (RFC 9470 section 3)."""
        max_age = "" if self.max_age is None else str(self.max_age)
        return {"acr_values": " ".join(self.acr_values), "max_age": max_age}
