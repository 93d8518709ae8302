#!/bin/sh
# Makes .venv with the packages of requirements/<set>.txt: `sh infra/local/setup.sh local` (or dev).
# What is there already is left alone, so that later starts need no network.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "$*"; }
fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

packages=$1
lock=requirements/$packages.txt
[ -f "$lock" ] || fail "There is no $lock. Run this from a complete checkout."

# dev has all that local has.
wanted=$(cksum <"$lock")
for stamp in ".venv/installed-$packages" .venv/installed-dev; do
  [ -f "$stamp" ] || continue
  set_of_stamp=${stamp##*-}
  if new_enough .venv/bin/python && [ "$(cat "$stamp")" = "$(cksum <"requirements/$set_of_stamp.txt")" ]; then
    exit 0
  fi
done

# PYTHON names one; otherwise it is the first that is new enough.
if [ -n "${PYTHON:-}" ]; then
  set -- "$PYTHON"
else
  set -- python3 python3.14 python3.13 python3.12 python3.11
fi
python=
for candidate in "$@"; do
  if new_enough "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  found=$("$1" -c 'import sys; print(".".join(map(str, sys.version_info[:3])))' 2>/dev/null || printf 'not found')
  fail "Keyturn needs Python 3.11 or newer ($1: $found).
Install one, or name one that is there: make run PYTHON=/path/to/python3"
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! new_enough .venv/bin/python; then
  say "Making .venv with $("$python" --version) ..."
  log=$("$python" -m venv --clear .venv 2>&1) ||
    fail "$python cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv
It said: $(printf '%s' "$log" | head -n 1)"
fi

count=$(grep -c '^[A-Za-z0-9]' "$lock")
say "Installing $count packages (about a minute, this once) ..."
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 2 --timeout 20 \
  --require-hashes --requirement "$lock" >.venv/install.log 2>&1; then
  if grep -qiE 'connection|resolution|timed out|unreachable|no matching distribution' .venv/install.log; then
    fail "The packages could not be fetched. Is there a network? This step needs one, later starts do not.
Run make again once there is. (Details: .venv/install.log)"
  fi
  fail "The packages could not be installed. (Details: .venv/install.log)
$(grep -i error .venv/install.log | head -n 1)"
fi
rm -f .venv/install.log
printf '%s\n' "$wanted" >".venv/installed-$packages"
