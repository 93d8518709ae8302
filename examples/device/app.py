"""A device that gets access to a person's account: asks for a code, shows it, polls, and uses the tokens.

`connect` is the part to copy. It needs nothing but the standard library; the QR code needs segno.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TextIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
# RFC 8628 sections 3.2 and 3.5.
DEFAULT_INTERVAL = 5
SLOW_DOWN_STEP = 5
TIMEOUT_SECONDS = 10


class NotConnected(Exception):
    """There are no tokens; the text says why, for the person."""


@dataclass(frozen=True)
class Waiting:
    """A device authorization response (RFC 8628 section 3.2); `expires_in` and `interval` in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str | None
    expires_in: int
    interval: int


def connect(
    issuer: str,
    client_id: str,
    *,
    scope: str,
    show: Callable[[Waiting], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """The token response, once a person has connected this device. `show` shows them what to do.

    Raises NotConnected where they refuse, do not come in time, or the server can't be reached.
    """
    metadata = _get(f"{issuer}/.well-known/oauth-authorization-server")
    asked = _post(metadata["device_authorization_endpoint"], {"client_id": client_id, "scope": scope})
    if "device_code" not in asked:
        raise NotConnected(f"The server refused to begin: {_text(asked)}")
    waiting = Waiting(
        device_code=asked["device_code"],
        user_code=asked["user_code"],
        verification_uri=asked["verification_uri"],
        verification_uri_complete=asked.get("verification_uri_complete"),
        expires_in=int(asked["expires_in"]),
        interval=int(asked.get("interval", DEFAULT_INTERVAL)),
    )
    end = clock() + waiting.expires_in
    show(waiting)
    fields = {"grant_type": GRANT_TYPE, "device_code": waiting.device_code, "client_id": client_id}
    interval: float = waiting.interval
    while clock() < end:
        sleep(interval)
        try:
            answer = _post(metadata["token_endpoint"], fields)
        except URLError:
            # RFC 8628 section 3.5: a server that does not answer is asked less often.
            interval *= 2
            continue
        match answer.get("error"):
            case None:
                return answer
            case "authorization_pending":
                pass
            case "slow_down":
                interval += SLOW_DOWN_STEP
            case "access_denied":
                raise NotConnected("You chose not to connect it.")
            case "expired_token":
                break
            case _:
                raise NotConnected(f"The server refused: {_text(answer)}")
    raise NotConnected("Nobody entered the code in time. Start again for a new one.")


def instructions(waiting: Waiting, *, out: TextIO) -> None:
    """What the device shows: the address, the code, and a picture of both."""
    out.write(
        "\nConnect this device to your account\n\n"
        f"  1. On your phone or computer, open  {waiting.verification_uri}\n"
        f"  2. Enter this code                  {waiting.user_code}\n\n"
    )
    picture = qr_code(waiting.verification_uri_complete) if out.isatty() else ""
    if picture:
        out.write(f"or scan this, and compare the code:\n\n{picture}\n")
    out.write(f"Waiting. The code is good for {waiting.expires_in // 60} minutes; Ctrl-C stops.\n")
    out.flush()


def qr_code(url: str | None) -> str:
    """A QR code for a terminal, two dots a character; empty where segno is not installed."""
    try:
        import segno  # noqa: PLC0415 - optional: the code can be typed as well
    except ImportError:
        return ""
    if url is None:
        return ""
    rows = [list(row) for row in segno.make_qr(url, error="l").matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    # Dark dots are drawn by leaving the terminal's ground alone, so it must be told what is light.
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = ["".join(blocks[bool(a), bool(b)] for a, b in zip(*pair, strict=True)) for pair in pairs]
    return "".join(f"  \x1b[97;40m{line}\x1b[0m\n" for line in lines)


def main(issuer: str, client_id: str, scope: str) -> int:
    """Connects, and says who to. Returns the exit code: 0 once connected, 1 where that did not come about."""
    try:
        tokens = connect(
            issuer, client_id, scope=scope, show=lambda waiting: instructions(waiting, out=sys.stdout)
        )
        person = _get(f"{issuer}/userinfo", token=tokens["access_token"])
    except NotConnected as refused:
        sys.stderr.write(f"\nNot connected. {refused}\n")
        return 1
    except URLError as error:
        sys.stderr.write(f"\nNot connected. {issuer} can't be reached: {error.reason}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. The code is of no use any more.\n")
        return 1
    sys.stdout.write(f"\nConnected to the account of {person.get('name', person['sub'])}.\n")
    kept = "It stays connected" if "refresh_token" in tokens else "It is connected until the token expires"
    sys.stdout.write(f"{kept}; it may: {tokens.get('scope', '')}\n")
    return 0


def _get(url: str, *, token: str | None = None) -> dict[str, Any]:
    return _ask(Request(url, headers={"authorization": f"Bearer {token}"} if token else {}))  # noqa: S310


def _post(url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """The JSON answer, be it an error (RFC 6749 section 5.2). Raises URLError where there is none."""
    try:
        return _ask(Request(url, data=urlencode(fields).encode()))  # noqa: S310 - of the issuer's metadata
    except HTTPError as error:
        with error:
            if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise URLError(f"status {error.code}") from None
            return _object(error.read())


def _ask(request: Request) -> dict[str, Any]:
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the same
        return _object(answer.read())


def _object(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    return document if isinstance(document, dict) else {"error": "no JSON object"}


def _text(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error_description") or answer.get("error"))
