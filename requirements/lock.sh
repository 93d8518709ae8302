#!/bin/sh
# Writes the lock files anew from pyproject.toml: versions and hashes, for every platform, no addresses.
# Needs uv (pip install uv). Pass --upgrade to take newer versions.
set -eu
cd "$(dirname "$0")/.."
lock() {
  out=$1
  shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --output-file "requirements/$out.txt" "$@"
}
lock runtime pyproject.toml "$@"
lock local pyproject.toml --group local --constraints requirements/runtime.txt "$@"
lock dev pyproject.toml --group local --group package --group test --constraints requirements/local.txt "$@"
# Two tools and what the second imports, installed without dependencies: the first has a hundred.
lock stack --group stack --no-deps "$@"
# Large, and with old versions of what is here: an environment of its own.
lock checkov --group checkov "$@"
