#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs the unit and integration tests with the oldest and with the newest supported Python of this machine, each with
# the ansible-core that the lock file has for it.
#
# usage: test-matrix.sh [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pythons=$(sh tools/find-python.sh --all)
oldest=$(head -n 1 <<<"$pythons")
newest=$(tail -n 1 <<<"$pythons")
for python in $(printf '%s\n' "$oldest" "$newest" | uniq); do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    home=".venv/tools/matrix-$version"
    if [ ! -e "$home/.installed" ] || [ requirements-dev.txt -nt "$home/.installed" ]; then
        echo "Making $home of requirements-dev.txt"
        "$python" -m venv --clear "$home"
        "$home/bin/python" -m pip --quiet --quiet install --requirement requirements-dev.txt
        "$home/bin/python" -m pip --quiet --quiet install --no-deps --no-build-isolation --editable .
        touch "$home/.installed"
    fi
    echo "Python $version with $("$home/bin/ansible" --version | head -n 1)"
    PATH="$PWD/$home/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$PWD/.dev" \
        pytest -n 2 --dist loadfile tests/unit tests/integration "$@"
done
