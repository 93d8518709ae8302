"""The playground: static files, and the headers under which a browser runs them.

It shares its origin with the pages where people sign in, so nothing of it is ever made of text: it has no
inline script, loads none from elsewhere, and the browser itself refuses to turn text into markup
(Trusted Types). Its scripts stand under a path that changes with them, so they may be kept for ever.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.record import Record

_HERE = Path(__file__).parent
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_PAGE = "index.html"
# As on the pages where people sign in.
_SHARED = {name: _HERE.parent / name for name in ("palette.css", "elements.css")}

ROOT = "/playground"
REDIRECT_PATH = f"{ROOT}/callback"
# What `make run` tells the page: its demo clients, and docs/flows.md. Anywhere else there is nothing to tell.
DEMO_PATH = f"{ROOT}/demo.json"
GUIDE_PATH = f"{ROOT}/flows.md"
# A client by its URL, and a URL that says it is that one.
DOCUMENT_PATH, IMPOSTOR_PATH = f"{ROOT}/client.json", f"{ROOT}/impostor.json"


class StaticFile(Record):
    """One file, and what a browser is told of it."""

    body: str
    headers: Mapping[str, str]


def _read() -> dict[str, str]:
    own = {path.relative_to(_HERE).as_posix(): path for path in _HERE.rglob("*") if path.is_file()}
    named = {
        name: path for name, path in {**own, **_SHARED}.items() if path.suffix in {".js", ".css", ".html"}
    }
    return {name: named[name].read_text(encoding="utf-8") for name in sorted(named)}


def _version(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, body in files.items():
        digest.update(f"{name}\0{body}\0".encode())
    return digest.hexdigest()[:16]


_FILES = _read()
VERSION = _version(_FILES)
_KEPT = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def policy(issuer: str) -> str:
    """The page's Content-Security-Policy: scripts and styles of this version alone, requests to this server
    alone, and no text that becomes markup or script.
    """
    files = f"{issuer}{ROOT}/{VERSION}/"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {files}",
            f"style-src {files}",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def page(issuer: str) -> StaticFile:
    """The page itself, which shows tokens and is therefore stored nowhere."""
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": policy(issuer),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
    return StaticFile(_FILES[_PAGE].replace("{version}", VERSION), headers)


def client_document(issuer: str) -> dict[str, Any]:
    """The page as a client of draft-ietf-oauth-client-id-metadata-document."""
    return {
        "client_id": f"{issuer}{DOCUMENT_PATH}",
        "client_name": "Playground",
        "client_uri": f"{issuer}{ROOT}",
        "redirect_uris": [f"{issuer}{REDIRECT_PATH}"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }


def file_at(path: str) -> StaticFile | None:
    """The script or stylesheet at a path such as /playground/VERSION/app.js, None where there is none."""
    name = path.removeprefix(f"{ROOT}/{VERSION}/")
    body = None if name in {path, _PAGE} else _FILES.get(name)
    if body is None:
        return None
    return StaticFile(body, {**_KEPT, "content-type": _MEDIA_TYPES[name[name.rindex(".") :]]})
