#!/bin/sh
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs a tool of ENVIRONMENT in a copy of the tree that lies where a collection lies, so that tools which look names
# up find the collection and nothing else, and leave nothing behind.
#
# usage: in-copy.sh ENVIRONMENT COMMAND [ARGUMENT...]
set -eu
environment=$(realpath "$1")
shift
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM
tree=$(sh "$(dirname "$0")/copy-tree.sh" "$root")
cd "$tree"
PATH="$environment/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$root" ANSIBLE_HOME="$root/home" "$@"
