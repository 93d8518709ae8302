"""The artefact's own steps, on packages of a few files. `make package` runs them on the real one."""

import hashlib
import importlib.util
import os
import py_compile
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra import package_archive, package_stage
from infra.build import check_agreement, check_lint
from infra.build_error import BuildError
from infra.expand import Template, to_yaml
from infra.package_check import check_handlers
from infra.target import this_machine


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def files_of(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


HANDLERS = {
    "endpoints/__init__.py": "",
    "endpoints/good.py": "import os\nNAME = os.environ['TENANT_NAME']\ndef handler(event, context): ...\n",
    "endpoints/missing.py": "import jwt\ndef handler(event, context): ...\n",
    "endpoints/empty.py": "handler = None\n",
}


def test_a_handler_is_imported_with_its_functions_variables(tmp_path: Path) -> None:
    package = write(tmp_path, HANDLERS)
    check_handlers(package, {"endpoints.good.handler": {"TENANT_NAME": "Keyturn"}})
    with pytest.raises(BuildError, match=r"endpoints\.good\.handler .*KeyError: 'TENANT_NAME'"):
        check_handlers(package, {"endpoints.good.handler": {}})


def test_a_library_that_is_installed_and_not_in_the_zip_is_missed(tmp_path: Path) -> None:
    assert importlib.util.find_spec("jwt")
    package = write(tmp_path, HANDLERS)
    with pytest.raises(BuildError, match=r"endpoints\.missing\.handler .*No module named 'jwt'"):
        check_handlers(package, {"endpoints.missing.handler": {}})


def test_a_handler_that_cannot_be_called_is_refused(tmp_path: Path) -> None:
    package = write(tmp_path, HANDLERS)
    with pytest.raises(BuildError, match=r"endpoints\.empty\.handler .*cannot be called"):
        check_handlers(package, {"endpoints.empty.handler": {}})


def test_a_zip_is_the_same_bytes_for_the_same_content(tmp_path: Path) -> None:
    archives = []
    for name, moment in (("first", 0), ("second", 1_000_000_000)):
        package = write(tmp_path / name, {"a/one.py": "KINDS = {'x', 'y', 'z'}\n", "two.txt": "2"})
        for path in package.rglob("*.*"):
            os.utime(path, (moment, moment))
        package_archive.compile_modules(package, sys.executable)
        archives.append(tmp_path / f"{name}.zip")
        package_archive.write_zip(package, archives[-1])
    first, second = (archive.read_bytes() for archive in archives)
    assert first == second


def test_compiled_modules_are_used_whatever_their_source_says(tmp_path: Path) -> None:
    package = write(tmp_path, {"one.py": "print('compiled')\n"})
    package_archive.compile_modules(package, sys.executable)
    write(tmp_path, {"one.py": "print('source')\n"})
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import one"], cwd=package, capture_output=True, text=True, check=True
    )
    assert done.stdout == "compiled\n"


def test_compiled_modules_name_their_source_where_lambda_has_it(tmp_path: Path) -> None:
    package = write(tmp_path, {"a/one.py": ""})
    package_archive.compile_modules(package, sys.executable)
    (compiled,) = package.rglob("*.pyc")
    expected = tmp_path / "expected.pyc"
    py_compile.compile(
        str(package / "a/one.py"),
        cfile=str(expected),
        dfile="/var/task/./a/one.py",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    assert b"/var/task/a/one.py" in compiled.read_bytes()
    assert compiled.read_bytes()[:8] == expected.read_bytes()[:8]


def test_what_the_compiler_warns_of_stops_the_build(tmp_path: Path) -> None:
    package = write(tmp_path, {"a/odd.py": "x = 1\nassert (x, 'always true')\n"})
    with pytest.raises(BuildError, match=r"a/odd\.py.*SyntaxError"):
        package_archive.compile_modules(package, sys.executable)


def test_a_module_that_does_not_compile_is_named(tmp_path: Path) -> None:
    package = write(tmp_path, {"a/broken.py": "def x(:\n"})
    with pytest.raises(BuildError, match=r"a/broken\.py.*SyntaxError"):
        package_archive.compile_modules(package, sys.executable)


def test_what_no_function_uses_is_left_out(tmp_path: Path) -> None:
    kept = {
        "chalicelib/endpoints/token.py",
        "jwt/__init__.py",
        "cffi-2.1.1.dist-info/licenses/LICENSE",
        "_cffi_backend.so",
    }
    left_out = {
        "app.py",
        "chalice/app.py",
        "cffi/api.py",
        "jwt/__pycache__/__init__.cpython-311.pyc",
        "jwt-2.0.dist-info/RECORD",
        "jwt/tests/test_jwt.py",
    }
    package = write(tmp_path, dict.fromkeys(kept | left_out, ""))
    package_archive.prune(package)
    assert files_of(package) == kept


def test_the_staged_copy_has_no_caches_and_no_earlier_deployment(tmp_path: Path) -> None:
    root = write(
        tmp_path / "root",
        {
            "app.py": "",
            "chalicelib/endpoints/token.py": "",
            "chalicelib/pages/templates/login.html": "",
            "chalicelib/__pycache__/x.cpython-311.pyc": "",
            ".chalice/config.json": "{}",
            ".chalice/deployments/0123.zip": "",
            "secret.env": "",
        },
    )
    package_stage.stage(root, tmp_path / "staged")
    assert files_of(tmp_path / "staged") == {
        "app.py",
        "chalicelib/endpoints/token.py",
        "chalicelib/pages/templates/login.html",
        ".chalice/config.json",
        "requirements.txt",
    }


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library to install, and pip without any other place to find one."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel = shelf / "thing-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("thing.py", "")
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr(
            "thing-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("thing-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return wheel


def test_a_library_is_installed_with_its_locked_hash_and_no_other(wheel: Path, tmp_path: Path) -> None:
    lock, vendor = tmp_path / "runtime.txt", tmp_path / "vendor"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"thing==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    package_stage.install(lock, vendor, this_machine())
    assert (vendor / "thing.py").is_file()
    lock.write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"^pip could not install .*DO NOT MATCH THE HASHES"):
        package_stage.install(lock, vendor, this_machine())
    lock.write_text("thing==1.0\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"^pip could not install .*Hashes are required"):
        package_stage.install(lock, vendor, this_machine())


def test_a_library_that_cannot_be_had_stops_the_build(wheel: Path, tmp_path: Path) -> None:
    wheel.unlink()
    lock, vendor = tmp_path / "runtime.txt", tmp_path / "vendor"
    lock.write_text(f"thing==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"^pip could not install .*No matching distribution"):
        package_stage.install(lock, vendor, this_machine())


def test_every_locked_library_has_its_hash() -> None:
    text = package_stage.LOCK.read_text(encoding="utf-8").replace("\\\n", "")
    locked = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert locked
    assert all("--hash=sha256:" in line for line in locked)
    assert "://" not in text


def test_a_function_in_the_template_alone_is_refused(source: Template) -> None:
    functions = {
        name: {**one, "Properties": dict(one["Properties"])} for name, one in source["Resources"].items()
    }
    del functions["Token"]["Properties"]["Handler"]
    with pytest.raises(BuildError, match=r"Token and app\.py has not"):
        check_agreement({**source, "Resources": functions})


def test_a_function_in_app_alone_is_refused(source: Template) -> None:
    extra = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Handler": "x", "Role": "arn:aws:iam::0:role/x"},
    }
    with pytest.raises(BuildError, match=r"Extra and infra/template\.yaml has not"):
        check_agreement({**source, "Resources": {**source["Resources"], "Extra": extra}})


def test_a_template_with_a_fault_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "expanded.yaml"
    path.write_text(to_yaml({"Resources": {"Topic": {"Type": "AWS::SNS::Topics"}}}), encoding="utf-8")
    with pytest.raises(BuildError, match=r"cfn-lint finds 1 .*E3006"):
        check_lint(path)


def test_a_zip_unpacks_to_what_was_packed(tmp_path: Path) -> None:
    package = write(tmp_path / "package", {"a/one.py": "1", "b.txt": ""})
    package_archive.write_zip(package, tmp_path / "one.zip")
    with ZipFile(tmp_path / "one.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert files_of(tmp_path / "unpacked") == files_of(package)
    assert package_archive.unzipped_size(tmp_path / "one.zip") == 1
