#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Builds the wheel and the Galaxy tarball of this tree into DIST, the same bytes whenever and wherever that is done
# with the same tools. SOURCE_DATE_EPOCH is the time that the files get; without it, that of the last commit.
#
# usage: BIN=<bin of an environment> dist.sh DIST
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p "$1"
dist=$(realpath "$1")
bin=$(realpath "$BIN")
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$(sh tools/copy-tree.sh "$work/tree")
# The rights of files follow the umask of whoever cloned the tree.
find "$tree" -type d -exec chmod 755 {} + -o -perm -u+x -exec chmod 755 {} + -o -exec chmod 644 {} +
cd "$tree"
"$bin/python" -m pip --quiet --quiet wheel --no-deps --no-build-isolation --wheel-dir "$dist" .
"$bin/ansible-galaxy" collection build --output-path "$work" >/dev/null
"$bin/python" - "$work"/*.tar.gz "$dist" <<'PYTHON'
"""Write the tarball again: members and their list by name, all of one time and of nobody."""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path

MANIFEST, FILES = "MANIFEST.json", "FILES.json"
source, target = Path(sys.argv[1]), Path(sys.argv[2])
when = int(os.environ["SOURCE_DATE_EPOCH"])

with tarfile.open(source) as old:
    members = {member.name.removeprefix("./"): member for member in old.getmembers()}
    content = {name: old.extractfile(member).read() for name, member in members.items() if member.isfile()}

listed = json.loads(content[FILES])
listed["files"].sort(key=lambda file: file["name"])
content[FILES] = json.dumps(listed, indent=1).encode()
manifest = json.loads(content[MANIFEST])
manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(content[FILES]).hexdigest()
content[MANIFEST] = json.dumps(manifest, indent=1).encode()

with (
    open(target / source.name, "wb") as raw,
    gzip.GzipFile("", "wb", mtime=when, fileobj=raw) as packed,
    tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
):
    for name in [MANIFEST, FILES, *sorted(members.keys() - {MANIFEST, FILES})]:
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.mtime = members[name].type, members[name].mode, when
        member.size = len(content.get(name, b""))
        new.addfile(member, io.BytesIO(content[name]) if name in content else None)
PYTHON
ls -l "$dist"
