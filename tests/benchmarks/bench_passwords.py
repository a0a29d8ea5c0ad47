# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What device passwords cost for a fleet, against the sandbox: `make bench-passwords`.

It prints each figure beside what it should be compared with: the pace of the service, the time of the same play with
plain variables, the time that the encryption alone takes. Figures of one machine are for their proportions. The same
play takes a few percent more or less from one time to the next, so the plays to compare take turns, ``--repeat`` times,
and their medians are compared; processor time varies less than time on the clock. On a busy machine the bounds on
seconds say little.

In the end it says which bounds are met. Exit status 1 if one is missed that no busy machine can be blamed for: a count
of requests or of files.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ansible.parsing.vault import VaultSecret

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.inventory.vault import Vault
from tests.integration.passwords.plays import BIN, Desk
from tests.support.sandbox import Sandbox

FIRST_ESN, MOST_KEYS, PACE_SECONDS = 1110110001, 500, 0.1
# The host's own file; or the vault, its record and the variable beside it.
FILES_OF_A_CHANGE = {"host": 1, "group": 3}
PACE_FACTOR, REFRESH_SECONDS = 1.25, 3.0
LOOKUP = "{{ lookup('edgeops.device_trust.device_password', esn) }}"
# Where a play takes its passwords from: its playbook, and the expression. "env" takes no password, but is the least
# that a lookup can cost: a builtin one that asks nobody.
WAYS = {
    "plain": ("use.yml", "{{ plain }}"),
    "env": ("use.yml", "{{ lookup('ansible.builtin.env', 'PATH') }}"),
    "lookup": ("use.yml", LOOKUP),
    "prefetched": ("prefetch.yml", LOOKUP),
    "host": ("use.yml", "{{ device_password }}"),
    "group": ("use.yml", "{{ device_password }}"),
}


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds on the clock, seconds of all processors, and the most memory of one process."""

    wall: float
    cpu: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s   {self.cpu:8.1f} s CPU   {self.megabytes:6.0f} MB"


@dataclass(frozen=True)
class Bound:
    """What must not be exceeded; ``by_design`` when that depends on no machine."""

    what: str
    value: float
    limit: float
    unit: str = ""
    by_design: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.limit

    def __str__(self) -> str:
        verdict = "met   " if self.met else "MISSED"
        ratio = f", {self.value / self.limit:.2f} of it" if self.limit else ""
        return f"{verdict} {self.what}: {self.value:.4g}{self.unit}, bound {self.limit:.4g}{self.unit}{ratio}"


@dataclass
class Bench:
    """A desk with an inventory of ``hosts`` trackers that the sandbox knows."""

    sandbox: Sandbox
    desk: Desk
    hosts: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    plain: dict[int, Spent] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """The least data requests for all hosts."""
        return -(-self.hosts // MOST_KEYS)

    @property
    def pace(self) -> float:
        """Seconds that the service's own pace makes of them."""
        return self.requests * PACE_SECONDS

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
        return Spent(wall, cpu, after.ru_maxrss / 1024)

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


def inventory(bench: Bench, layout: str, repeat: int) -> None:
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
    again = median([bench.playbook(*play) for _unused in range(repeat)])
    asked = {name: -(-count // repeat) for name, count in bench.asked().items()}
    touched = sum(1 for path, stamp in stamps(bench.desk).items() if before.get(path) != stamp)
    beside = f"{asked['data']} requests, {touched} files touched; {again.wall - bench.pace:+.1f} s over the pace"
    what = f"{layout}: refresh, nothing new"
    bench.say(what, again, beside, over=again.wall - bench.pace, touched=touched, **asked)
    bench.bounds += [
        Bound(f"{what}, data requests", asked["data"], bench.requests, by_design=True),
        Bound(f"{what}, files touched", touched, 0, by_design=True),
        Bound(f"{what}, the pace and {REFRESH_SECONDS:g} s", again.wall, bench.pace + REFRESH_SECONDS, " s"),
    ]
    bench.sandbox.control("POST", "/calamp/password", {"esn": str(FIRST_ESN)})
    one = bench.playbook(*play)
    touched = sum(1 for path, stamp in stamps(bench.desk).items() if before.get(path) != stamp)
    bench.say(f"{layout}: refresh, one new password", one, f"{touched} files touched", touched=touched)
    written = FILES_OF_A_CHANGE[layout]
    bench.bounds.append(Bound(f"{layout}: one new password, files touched", touched, written, by_design=True))


def use(bench: Bench, forks: Sequence[int], ways: Sequence[str], repeat: int) -> None:
    """A play over all hosts with passwords from each place, in turns, beside the same play with plain variables."""
    for many in forks:
        taken: dict[str, list[Spent]] = {way: [] for way in ways}
        asked: dict[str, Mapping[str, int]] = {}
        for way in [*ways] * repeat:
            playbook, expression = WAYS[way]
            (bench.desk.path / "vars.json").write_text(json.dumps({"used": expression}))
            bench.asked()
            taken[way].append(bench.playbook(playbook, "-e", "@vars.json", "-f", str(many)))
            asked[way] = bench.asked()
            print(f"    measured {many} forks, {way}: {taken[way][-1]}", file=sys.stderr, flush=True)
        for way in ways:
            report_use(bench, many, way, median(taken[way]), asked[way])


def report_use(bench: Bench, forks: int, way: str, spent: Spent, asked: Mapping[str, int]) -> None:
    plain = bench.plain.setdefault(forks, spent) if way == "plain" else bench.plain.get(forks)
    beside, what = "", f"{forks} forks: {way}"
    if plain is not None:
        beside = f"{spent.wall / plain.wall:.2f} x plain, {spent.wall - plain.wall:+.1f} s"
        beside += f", {1000 * (spent.cpu - plain.cpu) / bench.hosts:+.1f} ms CPU a host"
    if WAYS[way][1] == LOOKUP:
        beside += f", {asked['data']} requests, {asked['logins']} login"
        bench.bounds.append(Bound(f"{what}, data requests", asked["data"], bench.requests, by_design=True))
        bench.bounds.append(Bound(f"{what}, logins", asked["logins"], 1, by_design=True))
        if plain is not None:
            most = plain.wall + PACE_FACTOR * bench.pace
            bench.bounds.append(Bound(f"{what}, plain variables and {PACE_FACTOR} x the pace", spent.wall, most, " s"))
    bench.say(what, spent, beside, forks=forks, **asked)


def median(taken: Sequence[Spent]) -> Spent:
    """The middle of each figure."""
    return Spent(*(statistics.median(getattr(spent, name) for spent in taken) for name in ("wall", "cpu", "megabytes")))


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
    fetch = {
        "hosts": "localhost",
        **shared,
        "tasks": [{"edgeops.device_trust.password_prefetch": {"hosts": "trackers"}}],
    }
    (desk.path / "prefetch.yml").write_text(json.dumps([fetch, {"ansible.builtin.import_playbook": "use.yml"}]))
    nothing = {"ansible.builtin.meta": "noop"}
    (desk.path / "empty.yml").write_text(json.dumps([{"hosts": "localhost", **shared, "tasks": [nothing]}]))


def measure(bench: Bench, options: argparse.Namespace) -> None:
    bench.prepare()
    write_plays(bench.desk)
    without_inventory = [way for way in WAYS if way in options.use and way not in FILES_OF_A_CHANGE]
    use(bench, options.forks, without_inventory, options.repeat)
    for layout in options.layouts:
        if options.parts or layout in options.use:
            inventory(bench, layout, options.repeat)
        if "list" in options.parts:
            listing(bench, layout)
        if layout in options.use:
            use(bench, options.forks, [layout], options.repeat)
        for folder in ("host_vars", "group_vars"):
            shutil.rmtree(bench.desk.inventory / folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, nargs="+", default=[10_000])
    parser.add_argument("--forks", type=int, nargs="*", default=[2, 20])
    parser.add_argument("--parts", nargs="*", choices=["inventory", "list"], default=["inventory", "list"])
    parser.add_argument("--layouts", nargs="*", choices=["host", "group"], default=["host", "group"])
    parser.add_argument("--use", nargs="*", choices=[*WAYS], default=["plain", "env", "lookup", "prefetched"])
    parser.add_argument("--repeat", type=int, default=1, help="How often to measure what is compared.")
    parser.add_argument("--json", type=Path, help="Write all figures to this file, too.")
    options = parser.parse_args()
    figures: dict[int, dict[str, Any]] = {}
    for hosts in options.hosts:
        print(f"{hosts} hosts, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}", flush=True)
        with Sandbox() as sandbox, tempfile.TemporaryDirectory() as directory:
            bench = Bench(sandbox, Desk(Path(directory), sandbox.env()), hosts)
            measure(bench, options)
        figures[hosts] = {"rows": bench.rows, "bounds": [{**asdict(bound), "met": bound.met} for bound in bench.bounds]}
        if bench.bounds:
            print("Bounds", *bench.bounds, sep="\n  ", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    bounds = [bound for item in figures.values() for bound in item["bounds"]]
    return 1 if any(bound["by_design"] and not bound["met"] for bound in bounds) else 0


if __name__ == "__main__":
    sys.exit(main())
