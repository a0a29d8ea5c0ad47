#!/bin/sh
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Copies the project's files, and nothing that make has made, to ROOT/ansible_collections/edgeops/device_trust.
# ansible-test wants a real directory of that name outside the work tree: in a link it fails, and below a folder
# that git ignores it skips everything and looks green.
#
# usage: copy-tree.sh ROOT
set -eu
cd "$(dirname "$0")/.."
target="$1/ansible_collections/edgeops/device_trust"
mkdir -p "$target"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    # A file that is deleted and not yet committed is still in git's list.
    { git ls-files -co --exclude-standard; git ls-files -d; git ls-files -d; } | sort | uniq -u
else
    find . \( -path './.*' -o -name __pycache__ -o -path ./dist -o -path ./build -o -path ./htmlcov \) -prune -o -type f -print
fi | tar --files-from - --create --file - | tar --extract --file - --directory "$target"
printf '%s\n' "$target"
