"""A Python file as a Lambda function: read anew when it changes, and told apart from what can't be one."""

import json
from pathlib import Path

import pytest

from infra.local.functions import EmbeddedLambda
from infra.local.http_request import HttpRequest
from infra.local.python_function import PythonFileError, PythonFunction


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "a_hook.py", "def handler(event, context):\n    return {'first': event}\n")


def test_its_handler_is_asked_in_json(file: Path) -> None:
    function = PythonFunction(file)
    assert function({"a": 1}) == {"first": {"a": 1}}
    assert function.arn == "arn:aws:lambda:us-east-1:000000000000:function:a_hook"


def test_it_is_read_anew_when_it_changes(file: Path) -> None:
    function = PythonFunction(file)
    written(
        file,
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int\n"
        "def handler(event, context):\n    return A(2).b\n",
    )
    assert function({}) == 2


def test_what_is_broken_while_it_runs_is_shown_and_mended(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    function = PythonFunction(file)
    written(file, "def handler(event, context) return 1\n")
    with pytest.raises(SyntaxError):
        function({})
    assert "SyntaxError" in capsys.readouterr().err
    written(file, "def handler(event, context):\n    return object()\n")
    with pytest.raises(TypeError):
        function({})
    written(file, "def handler(event, context):\n    return 'well'\n")
    assert function({}) == "well"


def test_what_stands_beside_it_can_be_imported(file: Path) -> None:
    written(file.with_name("beside_a_hook.py"), "WORD = 'beside'\n")
    written(file, "from beside_a_hook import WORD\ndef handler(event, context):\n    return WORD\n")
    assert PythonFunction(file)({}) == "beside"


@pytest.mark.parametrize(
    ("text", "why"),
    [("x = 1\n", "no function handler"), ("x = (\n", "SyntaxError"), ("1 / 0\n", "ZeroDivisionError")],
)
def test_what_can_not_be_one_is_told_at_once(file: Path, text: str, why: str) -> None:
    with pytest.raises(PythonFileError, match=why):
        PythonFunction(written(file, text))


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(PythonFileError, match=r"nowhere\.py"):
        PythonFunction(tmp_path / "nowhere.py")


def test_it_is_invoked_as_any_function(file: Path) -> None:
    function = PythonFunction(file)
    path = f"/2015-03-31/functions/{function.arn}/invocations"
    answer = EmbeddedLambda((), lambda *_: None, {function.arn: function})(
        HttpRequest("POST", path, "HTTP/1.1", (), b"{}", "127.0.0.1")
    )
    assert json.loads(answer.body) == {"first": {}}
