"""Names are others' to choose: whatever is in them, a terminal is told words alone."""

import json
from pathlib import Path

import pytest

from tests.admin.conftest import Run, empty
from tests.stores.fresh import name
from tests.support.tenant import Tenant

# Clears the screen, by ESC and by the one byte that stands for ESC [; takes a line back; turns text round.
HOSTILE = "a\x1b[2J\x9b2Jb\r\u202ec"
MOVES = "\x1b\x9b\r\u202e\x07\x08"


def assert_still(text: str) -> None:
    assert not set(text) & set(MOVES)


@pytest.fixture
def client_id(run: Run, tenant: Tenant) -> str:
    empty(tenant, "Clients")  # other tests' need not be such as can be registered
    made = run("clients", "create", "service", "--name", HOSTILE, "--json")
    assert_still(made.out)
    assert made.json["client_name"] == HOSTILE
    return str(made.json["client_id"])


def test_a_question_and_a_list_are_words_alone(run: Run, client_id: str) -> None:
    for ran in (
        run("clients", "delete", client_id, typed="no\n", code=1),
        run("clients", "show", client_id),
        run("clients", "show", client_id, "--json"),
        run("clients", "list", "--limit", "0"),
        run("clients", "list", "--limit", "0", "--json"),
    ):
        assert_still(ran.out + ran.err)
        assert "b" in ran.out


def test_a_refusal_is_words_alone(run: Run) -> None:
    for arguments in (
        ("clients", "show", HOSTILE),
        ("users", "show", HOSTILE),
        ("resource-servers", "show", HOSTILE),
        ("export", f"/nowhere/{HOSTILE}/file"),
    ):
        refused = run(*arguments, code=1)
        assert "�" in refused.err
        assert_still(refused.out + refused.err)


def test_an_export_of_any_name_is_words_alone_and_comes_back_as_it_was(
    run: Run, client_id: str, tmp_path: Path
) -> None:
    exported = run("export", "-").out
    assert_still(exported)
    kept = [json.loads(line)["client"] for line in exported.splitlines() if client_id in line]
    assert [one["client_name"] for one in kept] == [HOSTILE]
    run("clients", "update", client_id, "--name", "Other")
    file = tmp_path / "all.jsonl"
    file.write_text(exported, encoding="utf-8")
    assert_still(run("import", str(file), "--yes").out)
    assert run("clients", "show", client_id, "--json").json["client_name"] == HOSTILE


def test_a_file_of_somebody_else_s_is_told_of_in_words_alone(run: Run) -> None:
    first = json.dumps({"keyturn_export": {"format": HOSTILE}})
    member = json.dumps({"user": {"sub": name(), "claims": {}, "disabled": False, HOSTILE: 1}})
    good = json.dumps({"keyturn_export": {"format": 1}})
    for text in (first, f"{good}\n{member}"):
        refused = run("import", "-", "--yes", typed=text, code=1)
        assert "�" in refused.err
        assert_still(refused.out + refused.err)
