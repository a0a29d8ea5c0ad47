#!/usr/bin/env bash
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The main job on the sandbox, with the collection as a user installs it: plan, apply, drift, passwords.
# `make demo` calls it with DEMO_VENV, an environment that holds nothing but the wheel and what it needs.
set -euo pipefail

bin=$DEMO_VENV/bin
run=$(dirname "$DEMO_VENV")/run
rm -rf "$run"
mkdir -p "$run"
cd "$run"
export PATH=$bin:$PATH

# Only what was installed, nothing of the user's: no configuration, no other copy of the collection.
unset "${!ANSIBLE_@}"
export ANSIBLE_CONFIG=$run/ansible.cfg ANSIBLE_COLLECTIONS_PATH=$run/collections
cat >ansible.cfg <<'CFG'
[defaults]
localhost_warning = false
deprecation_warnings = false
[inventory]
inventory_unparsed_warning = false
CFG
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

say() { printf '\n%s=== %s%s\n' "$bold" "$*" "$plain"; }
show() { printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"; }
# A command line as it could be typed, and then its output.
run() {
  local word line=''
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./=@,:-]*) word="'$word'" ;; esac
    line="$line $word"
  done
  show "${line# }"
  "$@"
}
playbook() { run ansible-playbook "$@"; }
module() { run ansible localhost -m "edgeops.device_trust.$1" -a "$2" --one-line | sed 's/ => .*//'; }

# One value of the sandbox's control API or of its ready line, by the words of its path.
value() {
  python - "$@" <<'PY'
import json, sys, urllib.request

source, *path = sys.argv[1:]
if source.startswith("http"):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    found = json.load(opener.open(source, timeout=10))
else:
    found = json.load(open(source))
for word in path:
    found = found[word]
print(found)
PY
}
writes() { value "$control/requests" ublox writes; }

say "The sandbox: the simulated services, real HTTP servers on this machine"
show device-trust sandbox --json '> sandbox.json &'
device-trust sandbox --json >sandbox.json &
sandbox=$!
trap 'kill $sandbox 2>/dev/null; wait $sandbox 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  [ -s sandbox.json ] && break
  kill -0 $sandbox
  sleep 0.1
done
control=$(value sandbox.json control url)
UBLOX_API_URL=$(value sandbox.json ublox url)
UBLOX_API_KEY=$(value sandbox.json ublox api_key)
UBLOX_API_SECRET=$(value sandbox.json ublox api_secret)
CALAMP_API_URL=$(value sandbox.json calamp url)
CALAMP_USERNAME=$(value sandbox.json calamp username)
CALAMP_PASSWORD=$(value sandbox.json calamp password)
CALAMP_APP_KEY=$(value sandbox.json calamp app_key)
export UBLOX_API_URL UBLOX_API_KEY UBLOX_API_SECRET
export CALAMP_API_URL CALAMP_USERNAME CALAMP_PASSWORD CALAMP_APP_KEY
export HOOK_TOKEN=fake-hook-token-of-the-demo AUDIT_TOKEN=fake-audit-token-of-the-demo
echo "u-blox $UBLOX_API_URL, CalAmp $CALAMP_API_URL; fake credentials in the environment"

sample=$(python -c 'from importlib.resources import files; print(files("ansible_collections.edgeops.device_trust") / "playbooks" / "sample")')
cp -R "$sample" fleet
fleet="-e desired_state_files=fleet/fleet.yml"
show cat fleet/fleet.yml
grep -v '^#' fleet/fleet.yml

say "1. Plan: the declared fleet against the live account; nothing is written"
# shellcheck disable=SC2086
playbook edgeops.device_trust.plan $fleet
echo "Write requests that the sandbox has received: $(writes)"
[ "$(writes)" = 0 ]

say "2. Apply, and apply again"
# shellcheck disable=SC2086
playbook edgeops.device_trust.apply $fleet
before=$(writes)
# shellcheck disable=SC2086
playbook edgeops.device_trust.apply $fleet
echo "Write requests that the sandbox has received: $before after the first apply, $(writes) after the second"
[ "$(writes)" = "$before" ]

say "3. Drift: somebody else changes the account"
module tag "name=downtown state=absent"
module whitelist '{"ids": ["0002000089280007"], "state": "absent"}'
module root_ca "name=fleet.example.com renew_before_days=30"
# shellcheck disable=SC2086
playbook edgeops.device_trust.plan $fleet
# shellcheck disable=SC2086
playbook edgeops.device_trust.apply $fleet
# shellcheck disable=SC2086
playbook edgeops.device_trust.drift $fleet

say "4. Passwords: from CalAmp's service into a vault-encrypted inventory"
echo fake-vault-password-of-the-demo >vault-password
vaulted="-i fleet/inventory --vault-password-file vault-password"
passwords="edgeops.device_trust.passwords -e device_passwords_group=trackers"
written=fleet/inventory/host_vars/tracker-01/device_passwords.yml
run cat fleet/inventory/hosts.yml
# shellcheck disable=SC2086
playbook $vaulted $passwords
run cat $written
find fleet/inventory -type f -exec sha256sum {} + | sort -k 2 >before
# shellcheck disable=SC2086
playbook $vaulted $passwords
find fleet/inventory -type f -exec sha256sum {} + | sort -k 2 >after
cmp before after
echo "All $(wc -l <after | tr -d ' ') files of the inventory are as they were, byte for byte"
# shellcheck disable=SC2086
playbook $vaulted $passwords --tags unlock -e device_passwords_host=tracker-01

say "On real accounts"
cat <<END
The same commands work on your accounts. What changes:
  1. Leave UBLOX_API_URL and CALAMP_API_URL unset: they default to the services' own URLs.
  2. export UBLOX_API_KEY and UBLOX_API_SECRET, and CALAMP_USERNAME, CALAMP_PASSWORD and CALAMP_APP_KEY.
  3. Begin with a copy of $run/fleet: name your own device profiles (they are made
     in the Thingstream portal), CAs, webhooks and the files of your production line; put your devices' numbers
     into the inventory; use your own vault id.
  4. Run the plan first. It only reads.
END
