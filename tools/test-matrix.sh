#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs tests with the oldest and the newest supported Python of this machine, each with the ansible-core that the lock
# file has for it, or with that of the two alone which .venv is not of. The environment for .venv's Python is .venv.
#
# usage: test-matrix.sh both|other [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
wanted=$1
shift

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

pythons=$(sh tools/find-python.sh --all | grep . || echo .venv/bin/python)
oldest=$(head -n 1 <<<"$pythons")
newest=$(tail -n 1 <<<"$pythons")
own=$(version_of .venv/bin/python)
ran=''
for python in $(printf '%s\n' "$oldest" "$newest" | uniq); do
    version=$(version_of "$python")
    home=.venv
    if [ "$version" = "$own" ]; then
        [ "$wanted" = both ] || continue
    else
        home=".venv/tools/matrix-$version"
        sh tools/environment.sh "$python" "$home" requirements-dev.txt
        "$home/bin/python" -m pip --quiet --quiet install --no-deps --no-build-isolation --editable .
    fi
    echo "Python $version with $("$home/bin/ansible" --version | head -n 1)"
    PATH="$PWD/$home/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$PWD/.dev" \
        pytest -n 2 --dist loadfile "$@"
    ran=yes
done
if [ -z "$ran" ]; then
    echo "There is no supported Python here but $own, on which \`make test\` runs everything"
fi
