#!/bin/sh
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Lets ansible-builder make the build context of an execution environment with this collection, and looks whether
# what the collection asks for has arrived there.
set -eu
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cat >"$context/execution-environment.yml" <<DEFINITION
version: 3
images:
  base_image: {name: "registry.example.com/ansible/base:latest"}
dependencies:
  ansible_core: {package_pip: "ansible-core>=2.19"}
  ansible_runner: {package_pip: ansible-runner}
  python: $PWD/meta/ee-requirements.txt
  galaxy: {collections: [{name: $PWD, type: dir}]}
DEFINITION
ansible-builder create --file "$context/execution-environment.yml" --context "$context/context"
ansible-builder introspect --sanitize "${PWD%/ansible_collections/*}" | tee "$context/found"
# It leaves out what ansible-core brings, as PyYAML.
for package in cryptography httpx jsonschema; do
    grep -iq "$package" "$context/found" || { echo "the collection's $package is not found" >&2; exit 1; }
done
