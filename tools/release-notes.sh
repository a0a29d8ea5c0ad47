#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Writes the release notes of the version that galaxy.yml says, anew if there are some.
#
# usage: release-notes.sh ENVIRONMENT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
home=$PWD
environment=$(realpath "$1")
version=$(sed -n 's/^version: //p' galaxy.yml)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cd "$(sh tools/copy-tree.sh "$root")"
again=()
if grep -q "^  $version:" changelogs/changelog.yaml 2>/dev/null; then
    again=(--update-existing)
fi
PATH="$environment/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$root" ANSIBLE_HOME="$root/home" \
    antsibull-changelog release --version "$version" --reload-plugins "${again[@]}"
cp CHANGELOG.md "$home/CHANGELOG.md"
cp changelogs/changelog.yaml "$home/changelogs/changelog.yaml"
