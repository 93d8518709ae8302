"""The files of the house: short, named after what is in them, and of nobody's machine."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 250
MEASURED = {".py", ".html", ".js", ".css", ".yaml", ".yml", ".sh"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
# In two parts each, so that this file does not hold what it looks for.
NOT_HERE = {
    "a package registry": "|".join(
        ["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npm", "npmjs" + r"\.com"]
    ),
    "a path of somebody's machine": r"(?<![\w.:/])/" + "(?:home/[a-z]|Users/[A-Za-z]|root/|work/)",
}


@cache
def tracked() -> tuple[Path, ...]:
    """The repository's files, those of others (vendor) apart."""
    done = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is no clone of a repository")
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and "vendor" not in path.parts)


def text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_a_file_is_short_or_says_why_not_in_its_first_lines() -> None:
    too_long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix in MEASURED
        and (count := len(text(path).splitlines())) > MAX_LINES
        and "one file, however long" not in " ".join(text(path).split("\n")[:10])
    }
    assert too_long == {}


def test_a_file_is_named_after_what_is_in_it() -> None:
    named = {str(path.relative_to(ROOT)) for path in tracked() if path.stem.lower() in EMPTY_NAMES}
    assert named == set()


@pytest.mark.parametrize("what", NOT_HERE)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(NOT_HERE[what])
    found = {str(path.relative_to(ROOT)): pattern.findall(text(path)) for path in tracked()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_lock_files_carry_versions_and_hashes_and_no_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    for lock in locks:
        lines = text(lock)
        assert "://" not in lines
        assert "--index-url" not in lines
        requirements = re.findall(r"^[A-Za-z0-9]", lines, re.MULTILINE)
        pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[[a-z0-9,_-]+\])?==", lines, re.MULTILINE)
        assert len(requirements) == len(pinned)
        assert lines.count("--hash=sha256:") >= len(pinned)
