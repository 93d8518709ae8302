"""The smoke test passes on the stack as it runs, and fails on each thing that would be wrong."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra import smoke
from infra.local.stack import LocalStack


def test_the_stack_passes(stack: LocalStack) -> None:
    results = smoke.smoke(stack.issuer)
    assert [result for result in results if result.fault] == []
    assert [result.what.partition(" ")[0] for result in results] == [
        "discovery", "JWKS", "CORS", "token", "authorize", "device", "userinfo,"
    ]  # fmt: skip


def test_the_command_says_all_is_well(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([stack.issuer]) == 0
    out = capsys.readouterr().out
    assert "All well." in out
    assert out.startswith(f"{stack.issuer} (plain HTTP, so TLS is not checked)\n")
    said = [line for line in out.splitlines() if not line.startswith("{")]  # the stack logs here too
    assert max(map(len, said)) <= 80


def test_a_server_that_is_not_there_is_one_clear_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main(["http://127.0.0.1:9"]) == 1
    assert "no answer" in capsys.readouterr().out


def test_without_an_issuer_it_asks_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main([""]) == 1
    assert "make smoke ISSUER=https://" in capsys.readouterr().err


def test_plain_http_is_for_loopback_alone() -> None:
    (result,) = smoke.smoke("http://login.example.com")
    assert result.fault == "only https, except on loopback"


Answers = Callable[[str, str], tuple[int, dict[str, str], bytes]]


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """A server that answers whatever it is told to."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = answers(self.command, self.path.split("?")[0])
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_is_wrong_is_found() -> None:
    where: list[str] = []

    def answers(_: str, path: str) -> tuple[int, dict[str, str], bytes]:
        document: dict[str, Any] = {}
        if path.startswith("/.well-known"):
            names = ("authorization", "token", "device_authorization", "userinfo", "introspection")
            document = {f"{name}_endpoint": f"{where[0]}/{name}" for name in names}
            document |= {"issuer": where[0], "jwks_uri": f"{where[0]}/jwks"}
        elif path == "/jwks":
            document = {"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "d": "secret"}]}
        elif path == "/authorization":
            return 302, {"Location": "https://evil.example/"}, b""
        elif path == "/login":
            return 200, {"Access-Control-Allow-Origin": "*"}, b""
        return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()

    with serving(answers) as issuer:
        where.append(issuer)
        faults = {result.what: result.fault for result in smoke.smoke(issuer)}
    assert "A PRIVATE KEY IS PUBLISHED" in faults["JWKS (RFC 7517)"]
    assert "no EC key" in faults["JWKS (RFC 7517)"]
    assert "lets no app of another origin" in faults["CORS"]
    assert "the login page can be read by other origins" in faults["CORS"]
    assert "invalid_client: it answered 200" in faults["token endpoint's errors (RFC 6749 5.2)"]
    assert faults["authorize page (RFC 6749 4.1.2.1)"] == "it redirects for a client it does not know"
    assert "its page can be framed" in faults["device authorization (RFC 8628)"]
    assert "userinfo with a wrong token answered 200" in faults["userinfo, introspection (RFC 6750, 7662)"]


def test_an_issuer_that_says_it_is_another_fails_at_once() -> None:
    document = json.dumps({"issuer": "https://other.example"}).encode()
    with serving(lambda *_: (200, {}, document)) as issuer:
        (result,) = smoke.smoke(issuer)
    assert result.fault == "it says its issuer is https://other.example"
