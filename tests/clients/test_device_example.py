"""The device of examples/device, against the demo: it polls as RFC 8628 section 3.5 has it."""

import io
from dataclasses import dataclass, field
from typing import Any

import pytest

from examples.device.app import NotConnected, Waiting, connect, instructions, main, qr_code
from tests.support.browser import Browser
from tests.support.demo import LOGIN, PASSWORD, Demo
from tests.support.device import connect as connect_by_hand
from tests.support.http import Caller, HttpTransport
from tests.support.tenant import Person
from tests.support.tools import missing

SCOPE = "openid profile offline_access notes:read"
ADA = Person("ada", LOGIN, PASSWORD)
WAITING = Waiting("device", "BDWP-HQPK", "https://a/device", "https://a/device?user_code=BDWP-HQPK", 600, 5)


@dataclass
class Evening:
    """A person before a device: `sleep` passes the time, in which they decide at the poll of that number."""

    demo: Demo
    decision: str
    at_poll: int = 1
    shown: list[Waiting] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def show(self, waiting: Waiting) -> None:
        self.shown.append(waiting)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == self.at_poll:
            browser = Browser(Caller(HttpTransport(self.demo.issuer)))
            connect_by_hand(browser, ADA, self.shown[0].user_code, decision=self.decision)

    def connect(self) -> dict[str, Any]:
        return connect(
            self.demo.issuer,
            "demo-device",
            scope=SCOPE,
            show=self.show,
            sleep=self.sleep,
            clock=lambda: sum(self.slept),
        )


def test_it_gets_its_tokens(demo: Demo) -> None:
    evening = Evening(demo, "allow")
    tokens = evening.connect()
    assert {"access_token", "refresh_token", "id_token"} <= set(tokens)
    assert evening.slept == [5]


def test_it_slows_down_as_it_is_told_and_is_served_at_last(demo: Demo) -> None:
    """No time passes between its polls here, so that each but the first comes too soon."""
    evening = Evening(demo, "allow", at_poll=4)
    evening.connect()
    assert evening.slept == [5, 5, 10, 15]


def test_it_tells_a_refusal(demo: Demo) -> None:
    with pytest.raises(NotConnected, match="You chose not to"):
        Evening(demo, "deny").connect()


def test_it_gives_up_when_nobody_came(demo: Demo) -> None:
    evening = Evening(demo, "allow", at_poll=0)
    with pytest.raises(NotConnected, match="Nobody entered the code in time"):
        evening.connect()
    assert sum(evening.slept) >= 600


def test_it_tells_what_the_server_refused(demo: Demo) -> None:
    with pytest.raises(NotConnected, match="refused to begin"):
        connect(demo.issuer, "nobody", scope=SCOPE, show=lambda _: None)


def test_the_screen_shows_the_code_and_where_to_enter_it() -> None:
    out = io.StringIO()
    instructions(WAITING, out=out)
    assert "https://a/device\n" in out.getvalue()
    assert "BDWP-HQPK" in out.getvalue()


def test_the_picture_is_square_and_fits_a_terminal() -> None:
    if not picture():
        missing("segno is not here: make test installs it")
    lines = [line.removeprefix("  \x1b[97;40m").removesuffix("\x1b[0m") for line in picture()]
    assert len({len(line) for line in lines}) == 1
    assert 20 < len(lines[0]) <= 60
    assert len(lines) == (len(lines[0]) + 1) // 2
    assert qr_code(None) == ""


def picture() -> list[str]:
    return qr_code(WAITING.verification_uri_complete).splitlines()


def test_a_server_that_is_not_there_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("http://127.0.0.1:9", "demo-device", SCOPE) == 1
    assert "can't be reached" in capsys.readouterr().err
