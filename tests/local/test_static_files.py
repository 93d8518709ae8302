"""The demo app's files: what is served, how, and that nothing beside the folder is."""

import json
from pathlib import Path

import pytest

from infra.local.http_request import HttpRequest
from infra.local.http_server import HttpResponse
from infra.local.static_files import StaticFiles

ORIGIN = "http://localhost:8001"


@pytest.fixture
def files(tmp_path: Path) -> StaticFiles:
    folder = tmp_path / "app"
    (folder / "vendor").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (folder / "app.js").write_text("'use strict'", encoding="utf-8")
    (folder / "vendor" / "library.js").write_text("1", encoding="utf-8")
    (folder / "vendor" / "LICENSE").write_text("Apache", encoding="utf-8")
    (folder / ".hidden" / "app.js").write_text("hidden", encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    (folder / "link.js").symlink_to(tmp_path / "secret.js")
    return StaticFiles(
        folder, origin=ORIGIN, configuration={"authority": "http://a"}, connect_to=("http://a", "http://b")
    )


def get(
    files: StaticFiles, target: str, *, method: str = "GET", host: str = "localhost:8001"
) -> HttpResponse:
    return files(HttpRequest(method, target, "HTTP/1.1", (("Host", host),), b"", "127.0.0.1"))


@pytest.mark.parametrize(
    ("target", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?code=x", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/vendor/library.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_of_the_folder_are_served_with_their_type(
    files: StaticFiles, target: str, media_type: str
) -> None:
    answer = get(files, target)
    assert answer.status == 200
    assert answer.body
    headers = dict(answer.headers)
    assert headers["content-type"] == media_type
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "target",
    [
        "/nothing.js",
        "/vendor",
        "/vendor/",
        "/vendor/LICENSE",
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/..%2fsecret.js",
        "/vendor/..%2f..%2fsecret.js",
        "/vendor/../../secret.js",
        "//etc/passwd",
        "/link.js",
        "/.hidden/app.js",
        "/app.js%00",
    ],
)
def test_nothing_else_is_served(files: StaticFiles, target: str) -> None:
    assert get(files, target).status == 404


def test_configuration_is_served_as_json(files: StaticFiles) -> None:
    assert json.loads(get(files, "/config.json").body) == {"authority": "http://a"}


def test_scripts_come_from_the_app_alone_and_call_only_what_is_named(files: StaticFiles) -> None:
    policy = dict(get(files, "/").headers)["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self' http://a http://b" in policy
    assert "frame-ancestors 'none'" in policy
    assert not any("unsafe" in directive for directive in policy)


def test_another_name_of_the_host_is_sent_to_the_origin(files: StaticFiles) -> None:
    answer = get(files, "/index.html?a=b", host="127.0.0.1:8001")
    assert answer.status == 308
    assert dict(answer.headers)["location"] == f"{ORIGIN}/index.html?a=b"


def test_only_reading_is_allowed(files: StaticFiles) -> None:
    assert get(files, "/", method="HEAD").status == 200
    answer = get(files, "/", method="POST")
    assert answer.status == 405
    assert dict(answer.headers)["allow"] == "GET, HEAD"
