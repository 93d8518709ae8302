"""Clients are told of what an operator ends, and of what they missed: by the tenant's own function."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chalicelib.aws.logout_notices import logout_event
from infra.admin.refused import CommandRefused

# Seconds for which a message is nobody else's while it is looked at, and for which one is waited for.
_LOOKED_AT, _WAIT = 120, 1
_MOST = 10


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What came to nothing. `event` is as the function got it; of a client's last try `client_id`, `sub` and
    `sid` are known. `why` is what its last run ended with. Times are seconds since the epoch.
    """

    receipt: str
    event: dict[str, Any] = field(hash=False)
    since: int
    why: str

    @property
    def notice(self) -> dict[str, Any]:
        """What the client was to be told; empty where an event of a whole session failed."""
        found: dict[str, Any] = self.event.get("notice", {})
        return found

    @property
    def again(self) -> dict[str, Any]:
        """The event from its first try."""
        return {"notice": {**self.notice, "attempt": 1}} if self.notice else self.event


@dataclass(frozen=True, slots=True)
class ToldLogouts:
    """Implements the port LogoutNotices, and reads the queue of dead letters. `function` and `queue` are
    empty where the deployed release has none yet; `behind` is by how many seconds this machine's clock is
    behind AWS's.
    """

    function: str = ""
    queue: str = ""
    make_lambda: Callable[[], Any] = lambda: None
    make_sqs: Callable[[], Any] = lambda: None
    behind: float = 0.0

    def enqueue(self, *sessions: tuple[str, str | None]) -> None:
        if self.function:
            self._invoke(logout_event(*sessions, now=int(time.time() + self.behind)))

    def letters(self) -> list[DeadLetter]:
        """Every dead letter; each is hidden from others until it is given back, or for two minutes."""
        if not self.queue:
            raise CommandRefused("This stack tells no logouts yet. Deploy the current release.")
        return list(self._received())

    def give_back(self, letter: DeadLetter) -> None:
        """Leaves it in the queue."""
        self.make_sqs().change_message_visibility(
            QueueUrl=self.queue, ReceiptHandle=letter.receipt, VisibilityTimeout=0
        )

    def resend(self, letter: DeadLetter) -> None:
        """Has it tried from the first time on; it leaves the queue once it was taken."""
        self._invoke(json.dumps(letter.again).encode())
        self.discard(letter)

    def discard(self, letter: DeadLetter) -> None:
        """Takes it out of the queue."""
        self.make_sqs().delete_message(QueueUrl=self.queue, ReceiptHandle=letter.receipt)

    def _invoke(self, payload: bytes) -> None:
        self.make_lambda().invoke(FunctionName=self.function, InvocationType="Event", Payload=payload)

    def _received(self) -> Iterator[DeadLetter]:
        client = self.make_sqs()
        while True:
            answer = client.receive_message(
                QueueUrl=self.queue,
                MaxNumberOfMessages=_MOST,
                VisibilityTimeout=_LOOKED_AT,
                WaitTimeSeconds=_WAIT,
                MessageSystemAttributeNames=["SentTimestamp"],
            )
            if not answer.get("Messages"):
                return
            yield from map(_letter, answer["Messages"])


NO_LOGOUTS = ToldLogouts()


def logouts_of(outputs: Mapping[str, Any], client: Callable[[str], Any], behind: float) -> ToldLogouts:
    """Those of a stack, by its outputs; `client` makes one of AWS's services."""
    return ToldLogouts(
        outputs.get("BackchannelLogoutFunction", ""),
        outputs.get("LogoutDeadLettersUrl", ""),
        make_lambda=partial(client, "lambda"),
        make_sqs=partial(client, "sqs"),
        behind=behind,
    )


def _letter(message: dict[str, Any]) -> DeadLetter:
    """Of Lambda's record of a failure, or of an event that the scheduler could not hand to Lambda."""
    body = json.loads(message["Body"])
    event = body.get("requestPayload", body)
    told = body.get("responsePayload") or {}
    why = told.get("errorType") or ("not invoked" if event is body else "no answer")
    since = event.get("notice", event).get("logged_out_at", 0)
    return DeadLetter(message["ReceiptHandle"], event, since, str(why))
