"""A tenant's policy, asked of the Lambda function that the tenant named."""

import json
import time
from collections.abc import Mapping

from chalicelib.accounts.user import User
from chalicelib.aws.connections import connect_lambda
from chalicelib.aws.invocations import InvocationFailed, invoke
from chalicelib.aws.users import UserStore
from chalicelib.call_record import call_record
from chalicelib.composition.subjects import subjects
from chalicelib.gateway.environment import required, settings
from chalicelib.protocol.errors import AccessDenied, TemporarilyUnavailable
from chalicelib.protocol.jws import UnsignedToken
from chalicelib.protocol.policy import MAX_ANSWER, Occasion, PolicyFailed, question, read_answer, with_claims

_encode = json.JSONEncoder(separators=(",", ":")).encode


class PolicyHook:
    """Implements the port Policy. `function` is an ARN, waited for `seconds`; with `required`, its failure is
    a refusal.
    """

    def __init__(self, *, function: str, seconds: int, required: bool, users: UserStore) -> None:
        self._function = function
        self._seconds = seconds
        self._required = required
        self._users = users

    def apply(self, tokens: Mapping[str, UnsignedToken], occasion: Occasion) -> list[UnsignedToken]:
        asked = question(tokens, occasion, user=self._user(tokens, occasion))
        record = call_record()
        started = time.perf_counter()
        try:
            # Asked twice about the same tokens it does no harm: it decides, and issues nothing.
            answer = invoke(
                self._function,
                _encode(asked).encode(),
                seconds=self._seconds,
                max_bytes=MAX_ANSWER,
                repeat=True,
            )
            return with_claims(tokens, read_answer(answer))
        except AccessDenied:
            record.metrics["policy_vetoes"] = 1
            raise
        except (InvocationFailed, PolicyFailed) as failed:
            record.metrics["policy_hook_failures"] = 1
            record.facts["policy_hook"] = failed.kind
            if self._required:
                raise TemporarilyUnavailable(
                    "The policy of this server cannot be asked. Try again.", reason="policy_hook_failed"
                ) from failed
            return list(tokens.values())
        finally:
            record.metrics["policy_hook_ms"] = round((time.perf_counter() - started) * 1000, 2)

    def _user(self, tokens: Mapping[str, UnsignedToken], occasion: Occasion) -> User | None:
        if occasion.subject != "person":
            return None
        return self._users.get(subjects().local(next(iter(tokens.values())).claims["sub"]))


def policy_hook() -> PolicyHook:
    """The hook of this tenant, which has one, made once an instance. Raises ValueError."""
    connect_lambda()
    return PolicyHook(
        function=settings().policy_hook,
        seconds=settings().policy_hook_timeout,
        required=settings().policy_hook_failure == "refuse",
        users=UserStore(required("USERS_TABLE")),
    )
