#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# ansible-test sanity on a copy of the tree, with the Python of ENVIRONMENT; then, with each other Python given,
# whether the files compile and can be imported.
#
# usage: sanity.sh ENVIRONMENT [PYTHON...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
environment=$(realpath "$1")
shift

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tree=$(sh tools/copy-tree.sh "$root/tree")

# ansible-test downloads a program that installs pip, unless one lies here already. Python brings its own.
"$environment/bin/python" - <<'PYTHON'
import re
from pathlib import Path

import ansible_test

source = (Path(ansible_test.__file__).parent / "_internal/python_requirements.py").read_text()
cache = Path("~/.ansible/test/cache").expanduser()
cache.mkdir(parents=True, exist_ok=True)
for version in re.findall(r"\bpip='([0-9.]+)'", source):
    bootstrap = cache / f"get_pip_{version.replace('.', '_')}.py"
    if not bootstrap.exists():
        bootstrap.write_text(
            "import subprocess, sys\n"
            'subprocess.check_call([sys.executable, "-m", "ensurepip", "--upgrade", "--default-pip"])\n'
        )
PYTHON

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

mkdir "$root/bin"
export PATH="$environment/bin:$root/bin:$PATH"

sanity() {
    local python=$1 fewest=$2 log
    shift 2
    log="$root/sanity-$python.log"
    (cd "$tree" && ansible-test sanity --local --color no --truncate 0 --python "$python" "$@") 2>&1 | tee "$log"
    # With nothing to test it ends well too.
    local ran
    ran=$(grep -c '^Running sanity test ' "$log" || true)
    if [ "$ran" -lt "$fewest" ] || grep -q '^WARNING: All targets skipped' "$log"; then
        echo "sanity: only $ran tests ran with Python $python, at least $fewest should have" >&2
        return 1
    fi
    echo "sanity: $ran tests passed with Python $python"
}

own=$(version_of "$environment/bin/python")
sanity "$own" 20
for python; do
    version=$(version_of "$python")
    if [ "$version" != "$own" ]; then
        ln -s "$python" "$root/bin/python$version"
        sanity "$version" 2 --test compile --test import
    fi
done
