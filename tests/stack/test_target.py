"""What a package is for: the template says it, the build keeps to it, and its checks find what is not."""

import hashlib
import json
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.build import default_target
from infra.build_error import BuildError
from infra.expand import Template, expand
from infra.package_check import check_binaries, make_twin
from infra.package_manifest import Manifest, ManifestError, read_manifest
from infra.package_stage import LOCK
from infra.runtime_python import VARIABLE, runtime_interpreter, this_interpreter
from infra.target import RUNTIMES, Target, this_machine, with_target

ARM = Target("python3.13", "arm64")
TAGGED = "lib/_x.cpython-313-aarch64-linux-gnu.so"


def test_python_3_13_on_arm64_is_the_default(functions: dict[str, Any]) -> None:
    assert default_target() == ARM
    assert {(one["Runtime"], *one["Architectures"]) for one in functions.values()} == {
        ("python3.13", "arm64")
    }


def test_a_package_for_another_target_has_functions_for_it(source: Template) -> None:
    chalices = {
        name: {**one, "Properties": dict(one["Properties"])} for name, one in source["Resources"].items()
    }
    chalices["Token"]["Properties"]["Runtime"] = "python3.9"
    aimed = expand(with_target({**source, "Resources": chalices}, Target("python3.12", "x86_64")))
    found = [
        one["Properties"] for one in aimed["Resources"].values() if one["Type"] == "AWS::Lambda::Function"
    ]
    assert {(one["Runtime"], *one["Architectures"]) for one in found} == {("python3.12", "x86_64")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"runtime": "python3.9"}, "RUNTIME=python3.9 is none of python3.11, python3.12, python3.13."),
        ({"architecture": "x86"}, "ARCHITECTURE=x86 is none of arm64, x86_64."),
    ],
)
def test_a_target_lambda_has_not_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(BuildError) as refused:
        default_target(runtime=given.get("runtime", ""), architecture=given.get("architecture", ""))
    assert str(refused.value) == said


def test_wheels_are_for_the_c_library_of_lambdas_system() -> None:
    assert ARM.platforms[-1] == "manylinux_2_34_aarch64"
    assert Target("python3.11", "x86_64").platforms[-1] == "manylinux_2_26_x86_64"


def test_the_lock_holds_for_any_python_and_processor() -> None:
    # pip judges a marker by the Python it runs on, not by the one it fetches for.
    markers = [line.split(";")[1] for line in LOCK.read_text(encoding="utf-8").splitlines() if " ; " in line]
    known = {"platform_python_implementation != 'PyPy'", "implementation_name != 'PyPy'"}
    parts = {part.strip(" \\") for marker in markers for part in marker.split(" and ")}
    assert parts <= known


def elf(machine: int, *, bits: int = 2) -> bytes:
    """The beginning of a file of machine code: 183 is aarch64, 62 is x86_64."""
    return b"\x7fELF" + bytes((bits, 1, 1)) + bytes(9) + struct.pack("<HH", 3, machine)


def written(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def test_libraries_for_the_target_are_good(tmp_path: Path) -> None:
    good = {TAGGED: elf(183), "lib/_rust.abi3.so": elf(183), "lib/one.py": b"", "lib/data.bin": b"\x7fELM"}
    check_binaries(written(tmp_path, good), ARM, compiled=False)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("lib/_rust.abi3.so", elf(62), "lib/_rust.abi3.so is for x86_64, not for aarch64."),
        ("lib/libssl.so.3", elf(62), "lib/libssl.so.3 is for x86_64, not for aarch64."),
        ("lib/tool", elf(40), "lib/tool is for 40, not for aarch64."),
        (TAGGED, elf(183, bits=1), f"{TAGGED} is for another, not for aarch64."),
        (TAGGED, b"\xcf\xfa\xed\xfe", f"{TAGGED} is no machine code of Linux."),
        ("lib/_x.pyd", b"MZ", "lib/_x.pyd is no machine code of Linux."),
        (
            "lib/_x.cpython-311-aarch64-linux-gnu.so",
            elf(183),
            "lib/_x.cpython-311-aarch64-linux-gnu.so is not for python3.13 on arm64.",
        ),
        (
            "lib/__pycache__/one.cpython-312.pyc",
            b"",
            "lib/__pycache__/one.cpython-312.pyc is not for python3.13 on arm64.",
        ),
    ],
)
def test_what_is_for_another_target_is_found(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(BuildError) as refused:
        check_binaries(written(tmp_path, {name: content}), ARM, compiled=False)
    assert str(refused.value) == f"The package is no good: {said}"


def test_a_module_without_byte_code_is_found_where_there_should_be_some(tmp_path: Path) -> None:
    written(tmp_path, {"lib/one.py": b"", "lib/__pycache__/one.cpython-313.pyc": b"", "lib/two.py": b""})
    with pytest.raises(BuildError, match=r"lib/two\.py is not compiled"):
        check_binaries(tmp_path, ARM, compiled=True)


def test_a_twin_is_the_package_with_this_machines_libraries(tmp_path: Path) -> None:
    package = written(
        tmp_path / "package", {TAGGED: elf(183), "lib/one.py": b"1", "lib/_rust.abi3.so": elf(183)}
    )
    here = {"lib/_x.cpython-311-darwin.so": b"2", "lib/_rust.abi3.so": b"3", "lib/one.py": b"other"}
    libraries = written(tmp_path / "libraries", here)
    make_twin(package, libraries, tmp_path / "twin")
    twin = {path.relative_to(tmp_path / "twin").as_posix(): path for path in (tmp_path / "twin").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in twin.items()} == here | {"lib/one.py": b"1"}


def test_a_library_this_machine_has_not_is_told(tmp_path: Path) -> None:
    package = written(tmp_path / "package", {TAGGED: elf(183)})
    with pytest.raises(BuildError, match=r"there is no lib/_x for this machine"):
        make_twin(package, written(tmp_path / "libraries", {"a": b""}), tmp_path / "twin")


def program(directory: Path, name: str, script: str) -> str:
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def other() -> Target:
    """A target this Python is not of."""
    (first, *_) = (one for one in RUNTIMES if one != this_machine().runtime)
    return Target(first, "arm64")


def test_this_python_compiles_for_its_own_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert runtime_interpreter(this_machine()) == this_interpreter()


def test_a_python_in_the_path_compiles_for_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, other: Target
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert runtime_interpreter(other) is None
    # As a version manager's stand-in does, for which no such Python is chosen.
    program(tmp_path / "bin", other.runtime, "exit 127")
    assert runtime_interpreter(other) is None
    program(tmp_path / "bin", other.runtime, "echo another")
    assert runtime_interpreter(other) is None
    program(tmp_path / "bin", other.runtime, f"echo {other.version}.5")
    found = runtime_interpreter(other)
    assert found
    assert found.version == f"{other.version}.5"


@pytest.mark.parametrize(
    ("named", "is_"), [(sys.executable, this_interpreter().version), ("no", "no CPython")]
)
def test_a_python_that_is_named_and_another_is_refused(
    monkeypatch: pytest.MonkeyPatch, other: Target, named: str, is_: str
) -> None:
    monkeypatch.setenv(VARIABLE, named)
    with pytest.raises(
        BuildError, match=f"{VARIABLE}={named} is {is_}, and the package is for {other.runtime}"
    ):
        runtime_interpreter(other)


def manifest(**changed: Any) -> Manifest:
    digest = hashlib.sha256(b"zip").hexdigest()
    said = {
        "runtime": "python3.13",
        "architecture": "arm64",
        "compiled_by": "3.13.5",
        "imported_by": "3.13.5",
    }
    sizes = {"sha256": digest, "zipped": 3, "unzipped": 3, "twin": True, "libraries": {}}
    return Manifest(**{**said, **sizes, **changed})


def test_a_package_without_byte_code_says_so_and_the_way_out() -> None:
    assert manifest().warning() == ""
    warning = manifest(compiled_by="", imported_by="3.11.7").warning()
    assert "no byte code" in warning
    assert "uv python install 3.13" in warning
    assert "RUNTIME_PYTHON=/path/to/python3.13" in warning


def test_a_manifest_is_of_the_zip_beside_it(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="There is no "):
        read_manifest(tmp_path, b"zip")
    manifest().write(tmp_path)
    assert read_manifest(tmp_path, b"zip") == manifest()
    with pytest.raises(ManifestError, match="is of another zip than the one beside it"):
        read_manifest(tmp_path, b"another")
    (tmp_path / "package.json").write_text(json.dumps({"runtime": "python3.13"}), encoding="utf-8")
    with pytest.raises(ManifestError, match="is of another version of this command"):
        read_manifest(tmp_path, b"zip")
