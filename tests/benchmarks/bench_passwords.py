# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What device passwords cost for a fleet, against the sandbox: `make bench-passwords`.

It prints each figure beside what it should be compared with: the pace of the service, the time of the same play with
plain variables, the time that the encryption alone takes. Figures of one machine are for their proportions.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.parsing.vault import VaultSecret

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault
from tests.integration.passwords.plays import BIN, Desk
from tests.support.sandbox import Sandbox

FIRST_ESN, MOST_KEYS, PACE_SECONDS = 1110110001, 500, 0.1
LOOKUP = "{{ lookup('edgeops.device_trust.device_password', esn) }}"


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds on the clock, seconds of all processors, and the most memory of one process."""

    wall: float
    cpu: float
    megabytes: float
    output: str

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s   {self.cpu:8.1f} s CPU   {self.megabytes:6.0f} MB"


@dataclass
class Bench:
    """A desk with an inventory of ``hosts`` trackers that the sandbox knows."""

    sandbox: Sandbox
    desk: Desk
    hosts: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    plain: dict[int, Spent] = field(default_factory=dict)

    @property
    def pace(self) -> float:
        """Seconds that the service's own pace makes of the data requests for all hosts."""
        return -(-self.hosts // MOST_KEYS) * PACE_SECONDS

    def prepare(self) -> None:
        esns = [str(FIRST_ESN + number) for number in range(self.hosts)]
        self.sandbox.reset({"calamp": {"test_devices": False, "devices": [{"esn": esn} for esn in esns]}})
        hosts = {f"tracker-{number:05d}": {"esn": esn, "plain": f"Fake{esn}{{"} for number, esn in enumerate(esns)}
        (self.desk.inventory / "hosts.json").write_text(json.dumps({"trackers": {"hosts": hosts}}))

    def spend(self, *command: str, **environment: str) -> Spent:
        quiet = {"ANSIBLE_DISPLAY_OK_HOSTS": "0", "ANSIBLE_DEPRECATION_WARNINGS": "0"}
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), "-i", "inventory", *command[1:]],
            cwd=self.desk.path,
            env=self.desk.environment(**quiet, **environment),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        self.desk.wait_for_brokers()
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Spent(wall, cpu, after.ru_maxrss / 1024, done.stdout)

    def playbook(self, *arguments: str) -> Spent:
        return self.spend("ansible-playbook", "--vault-password-file", "vault-password", *arguments)

    def asked(self) -> Mapping[str, int]:
        """Requests since the last time: data, logins, and those that the service rejected."""
        told = self.sandbox.requests()["calamp"]
        self.sandbox.control("POST", "/requests/reset")
        by_name: dict[str, int] = {"login": 0, "all": 0}
        for path, count in told["by_path"].items():
            by_name[path.rpartition("/")[2]] = count
        rejected = sum(1 for entry in told["last"] if entry["status"] == 429)
        return {"data": by_name["all"], "logins": by_name["login"], "rejected": rejected}

    def say(self, what: str, spent: Spent, beside: str = "", **figures: object) -> None:
        print(f"  {what:44s} {spent}   {beside}", flush=True)
        self.rows.append({"what": what, "wall": spent.wall, "cpu": spent.cpu, "mb": spent.megabytes, **figures})


def inventory(bench: Bench, layout: str) -> None:
    """Writing, refreshing and updating the vaulted inventory."""
    options = ["-e", "device_passwords_group=trackers", "-e", f"device_passwords_layout={layout}"]
    play = ("edgeops.device_trust.passwords", *options)
    bench.asked()
    floor = encryption_seconds() * bench.hosts / (os.cpu_count() or 1) if layout == "host" else 0.0
    empty = bench.playbook("empty.yml")
    bench.say(f"{layout}: a play that does nothing", empty)
    first = bench.playbook(*play)
    asked = bench.asked()
    beside = f"{asked['data']} requests; pace {bench.pace:.1f} s, encryption alone {floor:.1f} s on all cores"
    bench.say(f"{layout}: first run", first, beside, floor=floor, pace=bench.pace, **asked)
    before = stamps(bench.desk)
    again = bench.playbook(*play)
    asked = bench.asked()
    touched = sum(1 for path, stamp in stamps(bench.desk).items() if before.get(path) != stamp)
    over = again.wall - empty.wall - bench.pace
    beside = f"{asked['data']} requests, {touched} files touched; {over:+.1f} s over the empty play and the pace"
    bench.say(f"{layout}: refresh, nothing new", again, beside, over=over, touched=touched, **asked)
    bench.sandbox.control("POST", "/calamp/password", {"esn": str(FIRST_ESN)})
    one = bench.playbook(*play)
    touched = sum(1 for path, stamp in stamps(bench.desk).items() if before.get(path) != stamp)
    bench.say(f"{layout}: refresh, one new password", one, f"{touched} files touched", touched=touched)


def use(bench: Bench, forks: Sequence[int], way: str, expression: str) -> None:
    """A play over all hosts with passwords from one place, beside the same play with plain variables."""
    (bench.desk.path / "vars.json").write_text(json.dumps({"used": expression}))
    for many in forks:
        bench.asked()
        spent = bench.playbook("use.yml", "-e", "@vars.json", "-f", str(many))
        asked = bench.asked()
        plain = bench.plain.setdefault(many, spent)
        beside = f"{spent.wall / plain.wall:.2f} x plain, {spent.wall - plain.wall:+.1f} s"
        beside += f", {1000 * (spent.cpu - plain.cpu) / bench.hosts:+.1f} ms CPU a host"
        if asked["data"]:
            allowed = 1.25 * bench.pace
            beside += f" (1.25 x pace is {allowed:.1f} s), {asked['data']} requests, {asked['logins']} login"
        bench.say(f"{many} forks: {way}", spent, beside, forks=many, **asked)


def listing(bench: Bench, layout: str) -> None:
    spent = bench.spend("ansible-inventory", "--vault-password-file", "vault-password", "--list")
    bench.say(f"{layout}: ansible-inventory --list", spent)


def encryption_seconds() -> float:
    """How long one core takes to encrypt one password."""
    vault = Vault([("default", VaultSecret(b"fake-vault-password"))])
    started = time.process_time()
    for _unused in range(50):
        vault.encrypt("Fakepw01{")
    return (time.process_time() - started) / 50


def stamps(desk: Desk) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in desk.inventory.rglob("*")
        if path.is_file() and path.name != "hosts.json"
    }


def write_plays(desk: Desk) -> None:
    shared: dict[str, Any] = {"gather_facts": False, "connection": "local"}
    task = {"ansible.builtin.assert": {"that": "used | length > 3", "quiet": True}, "no_log": True}
    (desk.path / "use.yml").write_text(json.dumps([{"hosts": "trackers", **shared, "tasks": [task]}]))
    nothing = {"ansible.builtin.meta": "noop"}
    (desk.path / "empty.yml").write_text(json.dumps([{"hosts": "localhost", **shared, "tasks": [nothing]}]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, nargs="+", default=[10_000])
    parser.add_argument("--forks", type=int, nargs="*", default=[2, 20])
    parser.add_argument("--parts", nargs="*", choices=["inventory", "list"], default=["inventory", "list"])
    parser.add_argument("--layouts", nargs="*", choices=["host", "group"], default=["host", "group"])
    parser.add_argument("--use", nargs="*", choices=["plain", "lookup", "host", "group"], default=["plain", "lookup"])
    parser.add_argument("--json", type=Path, help="Write all figures to this file, too.")
    options = parser.parse_args()
    figures = {}
    for hosts in options.hosts:
        print(f"{hosts} hosts, {os.cpu_count()} cores", flush=True)
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as directory:
            bench = Bench(sandbox, Desk(Path(directory), sandbox.env()), hosts)
            bench.prepare()
            write_plays(bench.desk)
            for way, expression in (("plain", "{{ plain }}"), ("lookup", LOOKUP)):
                if way in options.use:
                    use(bench, options.forks, way, expression)
            for layout in options.layouts:
                if options.parts or layout in options.use:
                    inventory(bench, layout)
                if "list" in options.parts:
                    listing(bench, layout)
                if layout in options.use:
                    use(bench, options.forks, layout, "{{ device_password }}")
                for folder in ("host_vars", "group_vars"):
                    shutil.rmtree(bench.desk.inventory / folder, ignore_errors=True)
            figures[hosts] = bench.rows
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
