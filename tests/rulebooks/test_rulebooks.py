# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebooks of the collection, run with ansible-rulebook, on what the sandbox really delivers over HTTPS."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.event_source import TOKEN, free_port
from tests.support.hook_receiver import HOST, _make_certificate
from tests.support.living import CA, DAY, ENABLED, Living, authorizations, device
from tests.support.raw import Ublox
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@contextmanager
def rulebook(name: str, folder: Path, sandbox: Sandbox, event: str, **variables: str) -> Iterator[Path]:
    """A running rulebook that the sandbox delivers the event to; the file with what it prints."""
    port = free_port()
    settings = {
        "UBLOX_HOOK_HOST": "127.0.0.1",
        "UBLOX_HOOK_PORT": str(port),
        "UBLOX_HOOK_CERTIFICATE": str(_make_certificate(folder)),
        "UBLOX_HOOK_TOKEN": TOKEN,
        "DEVICE_TRUST_EVENTS": str(folder / "device-trust-events"),
        **variables,
    }
    (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
    command = [os.environ["ANSIBLE_RULEBOOK"], "--inventory", "inventory.yml", "--print-events"]
    command += ["--rulebook", f"edgeops.device_trust.{name}", "--env-vars", ",".join(settings)]
    environment = {**os.environ, **sandbox.env(), **settings}
    environment["PATH"] = f"{Path(command[0]).parent}:{os.environ['PATH']}"
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev"), "DEVICE_TRUST_STATE": str(folder / "state")}
    printed = folder / "printed"
    with printed.open("w") as output:
        running = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: listens(port), printed)
            sandbox.settings(webhook_ca=str(folder / "ca.pem"), webhook_hosts={HOST: f"127.0.0.1:{port}"})
            hook = {"NotificationURL": f"https://{HOST}/ublox", "AuthorizationToken": TOKEN, "NotificationType": event}
            ublox = Ublox(sandbox)
            with ublox.http:
                ublox.login()
                ublox.ok("/notification/webhook/create", hook)
            yield printed
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def until(done: Any, printed: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(printed.read_text())
        time.sleep(0.1)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def reports(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in folder.glob("device-trust-events/*.json")]


@pytest.fixture
def living(sandbox: Sandbox) -> Iterator[Living]:
    ublox = Ublox(sandbox)
    with ublox.http:
        ublox.login()
        yield Living(sandbox, ublox)


def test_an_unknown_device_is_reported_and_the_tag_for_it_exists(
    tmp_path: Path, sandbox: Sandbox, living: Living
) -> None:
    with rulebook("unknown_device", tmp_path, sandbox, "DEVICE_BOOTSTRAP_EVENT") as printed:
        living.bootstrap(device(16), "trackers-eu")
        living.bootstrap("0002000099990001", "trackers-eu")
        until(lambda: reports(tmp_path), printed)

    [report] = reports(tmp_path)
    assert report["event"]["device"] == "0002000099990001"
    assert report["tag"] == "to-be-checked"
    assert "to-be-checked" in json.dumps(living.ublox.ok("/tag/get"))


def test_a_certificate_that_expires_is_reported_and_renewed(tmp_path: Path, sandbox: Sandbox, living: Living) -> None:
    living.root_ca(CA, days=1825, device_days=30)
    living.zero_touch(device(1))
    living.beat(device(1))
    any_time = {"UBLOX_HOOK_REPLAY_WINDOW": "0"}  # as the sandbox's clock goes ahead
    event = "DEVICE_CERTIFICATE_EXPIRATION_EVENT"
    with rulebook("certificate_expiring", tmp_path, sandbox, event, **any_time) as printed:
        sandbox.control("POST", "/clock", {"advance_seconds": 24 * DAY})
        until(lambda: "PLAY RECAP" in printed.read_text(), printed)

    assert {report["event"]["payload"]["CertificateAuthorityName"] for report in reports(tmp_path)} == {CA}
    expiring = living.certificate(device(1))
    living.beat(device(1))
    assert living.certificate(device(1)).not_valid_after_utc > expiring.not_valid_after_utc


def test_changed_properties_start_a_look_for_drift(tmp_path: Path, sandbox: Sandbox, living: Living) -> None:
    (tmp_path / "fleet.yml").write_text("version: 1\ntags: [cold-chain, not-there]\n")
    variables = {"DESIRED_STATE_FILES": str(tmp_path / "fleet.yml")}
    with rulebook("properties_changed", tmp_path, sandbox, "DEVICE_PROPERTIES_CHANGE_EVENT", **variables) as printed:
        living.provision(device(1), Authorizations=authorizations(LocalDPR=ENABLED))
        living.beat(device(1))
        until(lambda: "run_playbook - ERROR" in printed.read_text(), printed)

    told = printed.read_text()
    assert '+ tag "not-there"' in told
    assert "The account has drifted" in told
    assert told.count("[received event]") == 1
