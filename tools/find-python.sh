#!/bin/sh
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prints the path of the first Python that can make this project's environments. A name being on PATH proves nothing
# (a version manager's shim may stand there for a Python that is not installed), so each one is run.
#
# usage: find-python.sh [PYTHON...]      names or paths; nothing else is tried then
#        find-python.sh --all            every supported version, each once

probe='
import sys
if not (3, 11) <= sys.version_info < (3, 14):
    sys.exit("is Python %d.%d; 3.11, 3.12 or 3.13 is needed" % sys.version_info[:2])
for name in ("venv", "ensurepip", "ssl", "sqlite3"):
    try:
        __import__(name)
    except ImportError:
        sys.exit("is Python %d.%d without its module %s" % (sys.version_info[:2] + (name,)))
print(sys.executable)
'
if [ "${1-}" = --all ]; then
    for version in 3.11 3.12 3.13; do
        # pyenv keeps Pythons that its shims on PATH do not start.
        for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/"python$version"; do
            "$candidate" -c "$probe" 2>/dev/null && break
        done
    done
    exit 0
fi
[ $# -gt 0 ] || set -- python3.13 python3.12 python3.11 python3
reasons=''
for candidate; do
    if ! command -v "$candidate" >/dev/null 2>&1; then
        reason='is not installed'
    elif reason=$("$candidate" -c "$probe" 2>&1); then
        printf '%s\n' "$reason"
        exit 0
    fi
    reasons="$reasons
  $candidate: $(printf '%s\n' "$reason" | head -n 1)"
done
cat >&2 <<MESSAGE
No usable Python was found. Tried:$reasons

Needed: Python 3.11, 3.12 or 3.13 with the modules venv and ensurepip.
  Debian, Ubuntu:  apt-get install python3-venv
  elsewhere:       name a Python with PYTHON=, as in: make test PYTHON=/opt/python3.12/bin/python3
MESSAGE
exit 1
