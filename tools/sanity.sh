#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# ansible-test sanity on a copy of the tree: all of it with the first and with the last of the Pythons, each with the
# ansible-core that the lock file has for it; with those between, whether the files compile and can be imported.
#
# usage: sanity.sh ENVIRONMENTS PYTHON...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
environments=$1
shift

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tree=$(sh tools/copy-tree.sh "$root/tree")

version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'
}

# ansible-test downloads a program that installs pip, unless one lies here already. Python brings its own.
provide_pip() {
    "$1" - <<'PYTHON'
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
}

# ansible-test hands neither pip's variables nor a proxy's on to pip: they become settings in a home of their own.
make_home() {
    mkdir -p "$HOME/.ansible" "$root/home/.config/pip"
    ln -s "$HOME/.ansible" "$root/home/.ansible"
    "$1" - "$root/home/.config/pip/pip.conf" <<'PYTHON'
import ast
import configparser
import os
import subprocess
import sys

listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
settings = {}
for line in sorted(listed.stdout.splitlines(), key=lambda line: line.startswith(":env:")):
    name, _equals, value = line.partition("=")
    settings[name.rpartition(".")[2]] = ast.literal_eval(value)
for name, variables in {"proxy": ("https_proxy", "HTTPS_PROXY"), "cert": ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")}.items():
    for variable in variables:
        if os.environ.get(variable):
            settings.setdefault(name, os.environ[variable])
written = configparser.RawConfigParser()
written["global"] = {name: value for name, value in settings.items() if value}
with open(sys.argv[1], "w") as file:
    written.write(file)
PYTHON
}

# usage: sanity PYTHON FEWEST [ARGUMENT...]     FEWEST: how many tests must have run, as with none it ends well too
sanity() {
    local python=$1 fewest=$2 version home ran log
    shift 2
    version=$(version_of "$python")
    home="$environments/sanity-$version"
    sh tools/environment.sh "$python" "$home" tools/environments/sanity.txt
    home=$(realpath "$home")
    provide_pip "$home/bin/python"
    [ -d "$root/home" ] || make_home "$home/bin/python"
    log="$root/sanity-$version.log"
    (
        cd "$tree"
        HOME="$root/home" PATH="$home/bin:$PATH" ansible-test sanity --local --color no --truncate 0 --python "$version" "$@"
    ) 2>&1 | tee "$log"
    ran=$(grep -c '^Running sanity test ' "$log" || true)
    if [ "$ran" -lt "$fewest" ] || grep -q '^WARNING: All targets skipped' "$log"; then
        echo "sanity: only $ran tests ran with Python $version, at least $fewest should have" >&2
        return 1
    fi
    echo "sanity: $ran tests passed with Python $version, $("$home/bin/ansible" --version | head -n 1)"
}

first=$1 last=${!#}
for python; do
    if [ "$python" = "$first" ] || [ "$python" = "$last" ]; then
        sanity "$python" 20
    else
        sanity "$python" 2 --test compile --test import
    fi
done
