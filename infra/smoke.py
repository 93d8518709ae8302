"""Checks a deployed tenant from outside: `python -m infra.smoke https://login.example.com`.

It needs no client, no account and no AWS: it asks what anybody may ask, and expects the answers the
specifications want. Nothing is written but a log line per request.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from infra.smoke_transport import Answer, SmokeError, ask, certificate_days, old_tls_is_refused

_ORIGIN = "https://app.example"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NOBODY = "smoke-test-no-such-client"
_POLICY = "content-security-policy"
_DAYS = 14
Metadata = dict[str, object]


@dataclass(frozen=True, slots=True)
class Result:
    """One check: what must hold, and why it does not (empty where it does)."""

    what: str
    fault: str = ""


def smoke(issuer: str) -> list[Result]:
    """Runs every check. A server that answers nothing gives one result, with its fault."""
    results: list[Result] = []
    metadata: Metadata = {}
    try:
        metadata = _metadata(issuer)
    except SmokeError as error:
        return [Result("discovery (OpenID Connect Discovery 1.0, RFC 8414)", str(error))]
    results.append(Result("discovery (OpenID Connect Discovery 1.0, RFC 8414)"))
    for what, check in _CHECKS.items():
        if check is _tls and _is_plain(issuer):
            continue
        try:
            faults = [fault for fault in check(issuer, metadata) if fault]
        except SmokeError as error:
            faults = [str(error)]
        results.append(Result(what, "; ".join(faults)))
    return results


def _metadata(issuer: str) -> Metadata:
    paths = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
    first, second = (_json(ask(issuer + path), 200) for path in paths)
    if first != second:
        raise SmokeError("the two documents differ")
    if first.get("issuer") != issuer:
        raise SmokeError(f"it says its issuer is {first.get('issuer')}")
    for name, value in first.items():
        if name.endswith(("_endpoint", "_uri", "_iframe")) and not str(value).startswith(f"{issuer}/"):
            raise SmokeError(f"{name} is elsewhere: {value}")
    return first


def _jwks(_: str, metadata: Metadata) -> Iterator[str]:
    keys = _json(ask(str(metadata["jwks_uri"])), 200).get("keys")
    if not isinstance(keys, list) or not keys:
        yield "it has no keys"
        return
    for key in keys:
        if not {"kty", "kid"} <= set(key):
            yield f"a key lacks kty or kid: {sorted(key)}"
        if {"d", "p", "q", "k"} & set(key):
            yield "A PRIVATE KEY IS PUBLISHED"
    # By kty: one RSA key serves RS256 and PS256, so it names no alg (RFC 7517 section 4.4).
    missing = {"EC", "RSA"} - {key.get("kty") for key in keys}
    yield f"no {' and no '.join(sorted(missing))} key" if missing else ""


def _cors(issuer: str, metadata: Metadata) -> Iterator[str]:
    preflight = {"Origin": _ORIGIN, "Access-Control-Request-Method": "POST"}
    for url in (str(metadata["token_endpoint"]), str(metadata["jwks_uri"])):
        answer = ask(url, "OPTIONS", headers=preflight)
        if answer.headers.get("access-control-allow-origin") not in {"*", _ORIGIN}:
            yield f"{urlsplit(url).path} lets no app of another origin call it"
    answer = ask(f"{issuer}/login", headers={"Origin": _ORIGIN})
    yield (
        "the login page can be read by other origins"
        if "access-control-allow-origin" in answer.headers
        else ""
    )


def _token_errors(_: str, metadata: Metadata) -> Iterator[str]:
    url = str(metadata["token_endpoint"])
    form = urlencode({"grant_type": "client_credentials", "client_id": _NOBODY, "client_secret": "x"})
    answer = ask(url, "POST", headers=_FORM, body=form)
    yield _expect_error(answer, 401, "invalid_client")
    yield "" if "www-authenticate" in answer.headers else "401 without WWW-Authenticate"
    yield _no_store(answer)
    yield _expect_error(ask(url, "POST", headers=_FORM, body=""), 400, "invalid_request")
    answer = ask(url)
    yield "" if answer.status == 405 and "POST" in answer.headers.get("allow", "") else _got("GET", answer)  # noqa: PLR2004


def _authorize(_: str, metadata: Metadata) -> Iterator[str]:
    asked = {"client_id": _NOBODY, "response_type": "code", "redirect_uri": "https://evil.example/"}
    answer = ask(f"{metadata['authorization_endpoint']}?{urlencode(asked)}", headers={"Accept": "text/html"})
    if answer.status in range(300, 400):
        yield "it redirects for a client it does not know"
        return
    yield "" if answer.status == 400 else _got("an unknown client", answer)  # noqa: PLR2004
    yield "" if answer.headers.get("content-type", "").startswith("text/html") else "its error is no page"
    policy = answer.headers.get(_POLICY, "")
    yield "" if "frame-ancestors 'none'" in policy else "its pages can be framed"
    yield _no_store(answer)


def _protected(_: str, metadata: Metadata) -> Iterator[str]:
    answer = ask(str(metadata["userinfo_endpoint"]), headers={"Authorization": "Bearer nonsense"})
    yield "" if answer.status == 401 else _got("userinfo with a wrong token", answer)  # noqa: PLR2004
    yield "" if "bearer" in answer.headers.get("www-authenticate", "").lower() else "userinfo names no scheme"
    form = urlencode({"token": "nonsense"})
    answer = ask(str(metadata["introspection_endpoint"]), "POST", headers=_FORM, body=form)
    yield "" if answer.status == 401 else _got("introspection by nobody", answer)  # noqa: PLR2004


def _is_plain(issuer: str) -> bool:
    return issuer.startswith("http://")


def _tls(issuer: str, _: Metadata) -> Iterator[str]:
    days = certificate_days(issuer)
    yield f"the certificate ends in {days} days" if days < _DAYS else ""
    yield "" if old_tls_is_refused(issuer) else "TLS 1.1 is accepted"


def _device(issuer: str, metadata: Metadata) -> Iterator[str]:
    form = urlencode({"client_id": _NOBODY})
    answer = ask(str(metadata["device_authorization_endpoint"]), "POST", headers=_FORM, body=form)
    yield _expect_error(answer, 401, "invalid_client")
    yield _no_store(answer)
    page = ask(f"{issuer}/device")
    yield "" if page.status == 200 else _got("the page for its code", page)  # noqa: PLR2004
    yield "" if "frame-ancestors 'none'" in page.headers.get(_POLICY, "") else "its page can be framed"


_CHECKS: dict[str, Callable[[str, Metadata], Iterator[str]]] = {
    "TLS 1.2 or newer, certificate": _tls,
    "JWKS (RFC 7517)": _jwks,
    "CORS": _cors,
    "token endpoint's errors (RFC 6749 5.2)": _token_errors,
    "authorize page (RFC 6749 4.1.2.1)": _authorize,
    "device authorization (RFC 8628)": _device,
    "userinfo, introspection (RFC 6750, 7662)": _protected,
}


def _json(answer: Answer, status: int) -> Metadata:
    if answer.status != status:
        raise SmokeError(_got("it", answer))
    try:
        document: Metadata = json.loads(answer.body)
    except ValueError:
        raise SmokeError("it is no JSON") from None
    return document


def _expect_error(answer: Answer, status: int, code: str) -> str:
    try:
        found = _json(answer, status).get("error")
    except SmokeError as error:
        return f"{code}: {error}"
    return "" if found == code else f"{found} instead of {code}"


def _no_store(answer: Answer) -> str:
    return "" if "no-store" in answer.headers.get("cache-control", "") else "it may be cached"


def _got(what: str, answer: Answer) -> str:
    return f"{what} answered {answer.status}"


def report(results: list[Result]) -> int:
    """Prints a line per check, and answers how many failed."""
    for result in results:
        sys.stdout.write(f"  {'FAIL' if result.fault else 'ok  '}  {result.what}\n")
        if result.fault:
            sys.stdout.write(f"        {result.fault}\n")
    sys.stdout.flush()
    return sum(1 for result in results if result.fault)


def main(arguments: list[str] | None = None) -> int:
    """Checks one issuer; 1 where anything is not as it must be."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.smoke", description="Checks a tenant from outside."
    )
    parser.add_argument("issuer", help="https://login.example.com")
    issuer = parser.parse_args(arguments).issuer.rstrip("/")
    if not issuer:
        sys.stderr.write("Which issuer? make smoke ISSUER=https://login.example.com\n")
        return 1
    sys.stdout.write(f"{issuer}{' (plain HTTP, so TLS is not checked)' if _is_plain(issuer) else ''}\n")
    failed = report(smoke(issuer))
    sys.stdout.write(f"{failed} failed.\n" if failed else "All well.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
