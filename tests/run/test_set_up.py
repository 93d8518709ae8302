"""The first start on a machine: what it says where something is missing, and that it can be run again."""

import sys

from tests.run.conftest import Checkout

OLD = 'case "$*" in *"version_info <"*) exit 1;; *) echo 3.9.2;; esac'


def test_too_old_a_python_is_told_with_a_way_out(checkout: Checkout) -> None:
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        checkout.program(name, OLD)
    done = checkout.set_up()
    assert done.returncode == 1
    assert "Keyturn needs Python 3.11 or newer (python3: 3.9.2)." in done.stderr
    assert "make run PYTHON=/path/to/python3" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (checkout.folder / ".venv").exists()


def test_python_that_is_not_there_is_told(checkout: Checkout) -> None:
    done = checkout.set_up(PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert "(/nowhere/python3: not found)" in done.stderr
    assert not (checkout.folder / ".venv").exists()


def test_newer_python_beside_an_old_python3_is_found(checkout: Checkout) -> None:
    checkout.program("python3", OLD)
    for name in ("python3.14", "python3.13"):
        checkout.program(name, "exit 127")
    checkout.program("python3.12", 'case "$*" in *version*) exit 0;; *) echo "$0 $*" >&2; exit 1;; esac')
    done = checkout.set_up()
    assert f"{checkout.programs}/python3.12" in done.stderr
    assert "cannot make a virtual environment" in done.stderr


def test_python_without_venv_is_told_with_the_package_to_install(checkout: Checkout) -> None:
    failing = 'case "$*" in *"-m venv"*) echo "ensurepip is not available"; exit 1;; *) exit 0;; esac'
    checkout.program("python3", failing)
    done = checkout.set_up()
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert "ensurepip is not available" in done.stderr


def test_first_start_without_a_network_says_so(checkout: Checkout) -> None:
    # A loopback port on which nobody listens refuses as quickly as an unplugged cable.
    unplugged = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_CONFIG_FILE": "/dev/null"}
    done = checkout.set_up(PYTHON=sys.executable, **unplugged)
    assert done.returncode == 1
    assert "The packages could not be fetched. Is there a network?" in done.stderr
    assert "Run make again once there is." in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    # The next start must not take this one for done.
    assert not (checkout.folder / ".venv" / "installed-local").exists()


def test_later_start_installs_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.install()
    done = checkout.set_up(PATH="/usr/bin:/bin")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_changed_lock_file_is_installed_anew(checkout: Checkout) -> None:
    checkout.install()
    (checkout.folder / "requirements" / "local.txt").write_text("nothing-of-this-name==1\n")
    done = checkout.set_up(PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null")
    assert done.returncode == 1
    assert "Installing 1 packages" in done.stdout
