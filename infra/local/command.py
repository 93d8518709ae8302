"""The command `python -m infra.local`: the stack, the demo tenant, its app and its API, until Ctrl-C."""

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from chalicelib.protocol.exempt_origin import LOOPBACK_ORIGINS, check_exempt_origin
from examples.api.app import create_app
from infra.local.banner import banner
from infra.local.http_server import LoopbackServer, PortTakenError
from infra.local.intrinsics import TemplateError
from infra.local.log_view import ReadableLog
from infra.local.python_function import PythonFileError, PythonFunction
from infra.local.running import write_running
from infra.local.seed import LOGIN, PASSWORD, Demo, seed
from infra.local.seed_playground import PlaygroundSeed
from infra.local.stack import LocalStack
from infra.local.static_files import StaticFiles
from infra.local.template import EVERYTHING_ON
from infra.local.wsgi import from_wsgi

DEFAULT_PORT = 8000
_LAST_PORT = 65_532
_APP_FILES = Path(__file__).parents[2] / "examples" / "spa"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_REFUSED = 1


def main(
    arguments: list[str] | None = None,
    *,
    started: float,
    make_stack: Callable[..., LocalStack] = LocalStack,
    program: str = "infra.local",
) -> int:
    """Runs until SIGINT, SIGTERM or, unless that is ignored (nohup), SIGHUP; `started` is when the program
    was, by time.monotonic.

    Returns the exit code: 0 after any of them, 1 where it cannot start.
    """
    options = _parser(program).parse_args(arguments)
    logging.basicConfig(format="%(message)s")
    # One way out, whichever signal asks for it, also where a shell had SIGINT ignored in the background.
    for number in _ENDING:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        with contextlib.ExitStack() as opened, contextlib.redirect_stdout(ReadableLog(sys.stdout)):
            try:
                _serve(options, opened, started, make_stack)
            finally:
                _ignore_signals()
    except PortTakenError as error:
        make = "stack" if program == "infra.stack" else "run"
        other = options.port + 100 if options.port + 100 <= _LAST_PORT else DEFAULT_PORT
        return _refuse(f"{error.strerror}. Stop what uses it, or take others: make {make} PORT={other}")
    except TemplateError as error:
        return _refuse(f"infra/template.yaml: {error}")
    except PythonFileError as error:
        return _refuse(f"The policy hook can't be run. {error}")
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # the terminal may be what ended it
            _say("\nStopped. Nothing was kept.")
    return 0


def _serve(
    options: argparse.Namespace,
    opened: contextlib.ExitStack,
    started: float,
    make_stack: Callable[..., LocalStack],
) -> None:
    port = options.port
    hook = PythonFunction(options.policy_hook) if options.policy_hook else None
    demo = Demo(
        issuer=f"http://localhost:{port}",
        app=f"http://localhost:{port + 1}/",
        api=f"http://localhost:{port + 2}/",
        mcp=f"http://localhost:{port + 3}/mcp",
    )
    # All ports are taken before anything is started, so that a taken one is told at once.
    parameters = {
        **EVERYTHING_ON,
        # All that register come from this machine, and a conformance suite does so for each of its tests.
        "DynamicRegistrationsPerNetwork": "10000",
        "DynamicRegistrationsPerDay": "100000",
        "DefaultAudience": demo.api,
        "PolicyHookArn": hook.arn if hook else "",
    }
    stack = make_stack(
        port=port,
        parameters=parameters,
        functions={hook.arn: hook} if hook else {},
        # Apps under development are on this machine, and the playground's metadata document at the issuer.
        fetch_from=(*LOOPBACK_ORIGINS, *options.fetch_from),
    )
    opened.callback(stack.close)
    app_server, api_server = (_bind(port + offset, opened) for offset in (1, 2))
    _say("Starting DynamoDB and KMS, making tables and keys ...")
    stack.start()
    _say("Loading the endpoints, seeding the demo tenant ...")
    stack.load()
    playground = PlaygroundSeed(issuer=demo.issuer, api=demo.api)
    seed(demo, playground, stack.environment)
    configuration = {"authority": demo.issuer, "client_id": "demo-spa", "resource": demo.api}
    connect_to = (demo.issuer, demo.api.rstrip("/"))
    origin = demo.app.rstrip("/")
    files = StaticFiles(_APP_FILES, origin=origin, configuration=configuration, connect_to=connect_to)
    app_server.start(files)
    api_server.start(from_wsgi(create_app(demo.issuer, demo.api, allowed_origin=origin)))
    stack.serve(playground.documents(username=LOGIN, password=PASSWORD))
    stack.later.start()
    running = write_running(port, stack.environment)
    opened.callback(running.unlink, missing_ok=True)
    shown = str(options.policy_hook or "")
    _say(banner(demo, seconds=time.monotonic() - started, colour=_colour(), hook=shown))
    threading.Event().wait()


def _bind(port: int, opened: contextlib.ExitStack) -> LoopbackServer:
    server = LoopbackServer(port)
    opened.callback(server.close)
    return server


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {program}",
        description="Runs the stack of infra/template.yaml on this machine, with a demo tenant, app and API.",
        epilog="`make run` does the same and installs what is needed first.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        metavar="N",
        help=f"port of the issuer; the demo app and API take the next two (default {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--policy-hook",
        type=lambda text: Path(text) if text else None,
        metavar="FILE",
        help="a Python file whose handler(event, context) is asked about every token: docs/hooks.md",
    )
    parser.add_argument(
        "--fetch-from",
        type=_origins,
        default=(),
        metavar="ORIGINS",
        help="origins besides this machine's that are fetched from whatever their address, as a conformance "
        "suite's: https://suite.example:8443, several with spaces between",
    )
    return parser


def _origins(text: str) -> tuple[str, ...]:
    for origin in text.split():
        try:
            check_exempt_origin(origin)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{origin!r} is no origin like https://suite.example:8443"
            ) from None
    return tuple(text.split())


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 1 to {_LAST_PORT}")
    return int(text)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _ignore_signals() -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _refuse(text: str) -> int:
    sys.stderr.write(text + "\n")
    return _REFUSED
