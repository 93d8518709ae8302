"""The playground's files: what a browser is told of them, so that nothing of them is made of text."""

import json
import re
from pathlib import Path

import pytest

from chalicelib.endpoints.playground_page import respond
from chalicelib.gateway.request import Request
from chalicelib.gateway.response import Response
from chalicelib.pages import playground

ISSUER = "https://issuer.example"
FOLDER = Path(playground.__file__).parent
SCRIPTS = sorted(FOLDER.rglob("*.js"))


def get(path: str) -> Response:
    request = Request(
        method="GET",
        path=path,
        query="code=canary&error=<script>",
        headers={},
        cookies={},
        body=b"",
        source_ip="",
        request_id="",
    )
    return respond(request, issuer=ISSUER)


@pytest.mark.parametrize("path", ["/playground", "/playground/callback"])
def test_the_page_is_the_same_whatever_is_asked_and_runs_its_own_files_alone(path: str) -> None:
    response = get(path)
    assert response.status == 200
    assert "canary" not in response.body
    files = f"{ISSUER}/playground/{playground.VERSION}/"
    assert response.headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        f"script-src {files}",
        f"style-src {files}",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-frame-options"] == "DENY"


def test_the_page_names_files_that_are_there_and_has_no_script_of_its_own() -> None:
    page = get("/playground").body
    named = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    assert len(named) >= 3
    for path in named:
        assert get(path).status == 200, path
    assert re.findall(r"<script[^>]*>", page) == [
        f'<script type="module" src="/playground/{playground.VERSION}/app.js">'
    ]
    assert not re.search(r"<style|\son\w+=|style=|javascript:", page)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_script_is_served_for_ever_and_imports_what_is_there(path: Path) -> None:
    name = path.relative_to(FOLDER).as_posix()
    response = get(f"/playground/{playground.VERSION}/{name}")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    for imported in re.findall(r'from "([^"]+)"', response.body):
        assert (path.parent / imported).resolve() in SCRIPTS, imported


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_script_turns_text_into_markup_or_code_or_keeps_anything_beyond_its_tab(path: Path) -> None:
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser|"
        r"createContextualFragment|localStorage|indexedDB|document\.cookie|setTimeout\(\s*[\"'`]|postMessage"
    )
    assert not re.search(sinks, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    [
        "/playground/",
        "/playground/app.js",
        "/playground/0000000000000000/app.js",
        f"/playground/{playground.VERSION}/index.html",
        f"/playground/{playground.VERSION}/__init__.py",
        f"/playground/{playground.VERSION}/../style.css",
        f"/playground/{playground.VERSION}/",
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert get(path).status == 404


def test_the_page_is_a_client_by_its_own_documents_url_and_another_url_is_not() -> None:
    document = json.loads(get("/playground/client.json").body)
    assert document["client_id"] == f"{ISSUER}/playground/client.json"
    assert document["redirect_uris"] == [f"{ISSUER}/playground/callback"]
    assert document["token_endpoint_auth_method"] == "none"
    assert json.loads(get("/playground/impostor.json").body) == document


def test_a_tenant_tells_the_page_of_no_clients() -> None:
    assert get("/playground/demo.json").body == "{}"


def test_a_change_of_any_file_is_another_address() -> None:
    files = {"app.js": "one", "style.css": "two"}
    versions = {
        playground._version(files),
        playground._version({**files, "app.js": "other"}),
        playground._version({"app.js": "onestyle.css", "style.css": "two"}),
    }
    assert len(versions) == 3
