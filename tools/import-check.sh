#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Checks a tarball with galaxy-importer. What it merely warns of is an error here. Where galaxy.yml has no URL of a
# repository yet, without which it looks at nothing else, a copy with some URL is checked, and that is said.
#
# usage: import-check.sh ENVIRONMENT TARBALL
set -euo pipefail
environment=$(realpath "$1")
tarball=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/galaxy-importer.cfg" <<SETTINGS
[galaxy-importer]
ansible_test_local_image = False
check_required_tags = False
infra_osd = False
local_image_docker = False
log_level_main = INFO
require_v1_or_greater = False
run_ansible_doc = True
run_ansible_lint = True
run_ansible_test = False
run_flake8 = False
SETTINGS
checked="$work/$(basename "$tarball")"
unnamed=$("$environment/bin/python" - "$tarball" "$checked" <<'PYTHON'
"""Copies a tarball, with a URL of a repository if it has none; prints whether it had none."""

import io
import json
import sys
import tarfile

with tarfile.open(sys.argv[1]) as old, tarfile.open(sys.argv[2], "w:gz") as new:
    for member in old:
        content = old.extractfile(member).read() if member.isfile() else b""
        if member.name == "MANIFEST.json":
            manifest = json.loads(content)
            if not manifest["collection_info"].get("repository"):
                manifest["collection_info"]["repository"] = "https://repository.invalid/"
                print("yes")
            content = json.dumps(manifest).encode()
            member.size = len(content)
        new.addfile(member, io.BytesIO(content))
PYTHON
)
cd "$work"
export GALAXY_IMPORTER_CONFIG="$work/galaxy-importer.cfg" PATH="$environment/bin:$PATH"
"$environment/bin/python" -m galaxy_importer.main "$checked" 2>&1 | tee "$work/log"
# That there are ignore files is all that it says of them; each line has its reason in tools/sanity_ignores.py.
if grep -E '^(WARNING|ERROR)' "$work/log" | grep -v 'Ignore files skip ansible-test sanity tests' >&2; then
    exit 1
fi
grep -q 'Importer processing completed successfully' "$work/log"
if [ -n "$unnamed" ]; then
    echo "import-check: clean but for one thing: galaxy.yml has no repository URL, and Galaxy takes nothing without" >&2
fi
