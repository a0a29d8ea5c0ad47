# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running the sandbox: its ready line, its state file, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox import ready, seed
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.control import Control
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.credentials import SITE_KEY
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.exchange import Incoming
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.store import Store
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._sandbox.world import World
from tests.support.raw import CalAmp, Ublox
from tests.support.rules import rule
from tests.support.sandbox import MODULE, Sandbox, run_serve


@pytest.fixture
def store() -> Store:
    world = World(Store())
    seed.load(world)
    return world.store


@rule("process.ready")
def test_the_ready_line_names_the_addresses(store: Store) -> None:
    assert ready.text_line(ready.Address("127.0.0.1", 8123), store) == (
        "device-trust sandbox ready: u-blox http://127.0.0.1:8123/ublox/v1  "
        f"CalAmp http://127.0.0.1:8123/calamp  MT20W http://127.0.0.1:8123/mt20w (site key {SITE_KEY})  "
        "control http://127.0.0.1:8123/_sandbox"
    )


def test_the_ready_line_of_a_wildcard_address_can_be_connected_to(store: Store) -> None:
    assert "http://127.0.0.1:8123/" in ready.text_line(ready.Address("0.0.0.0", 8123), store)
    assert "http://[::1]:8123/" in ready.text_line(ready.Address("::", 8123), store)


@rule("process.ready")
def test_with_json_the_ready_line_has_every_credential_that_a_client_needs(sandbox: Sandbox) -> None:
    line = sandbox.ready
    assert set(line) == {"ublox", "calamp", "mt20w", "control", "ca_bundle", "pid"}
    assert set(line["ublox"]) == {"url", "api_key", "api_secret"}
    assert set(line["calamp"]) == {"url", "username", "password", "app_key", "puls"}
    assert set(line["mt20w"]) == {"url", "site_key", "readers"}
    assert line["ca_bundle"] is None
    assert all("fake" in line["ublox"][name] for name in ("api_key", "api_secret"))


@rule("process.ready", "process.end")
def test_exactly_one_line_is_printed_and_a_signal_ends_it_cleanly() -> None:
    process = subprocess.Popen([sys.executable, "-m", MODULE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"device-trust sandbox ready: ")
    process.send_signal(signal.SIGINT)
    rest, complaints = process.communicate(timeout=10)
    assert (process.returncode, rest, complaints) == (0, b"", b"")


@rule("process.state")
def test_the_state_survives_a_restart_with_its_clock_settings_and_tokens(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with Sandbox("--state", state) as first:
        ublox, calamp = Ublox(first), CalAmp(first)
        with ublox.http, calamp.http:
            ublox.login()
            calamp.login()
            ublox.ok("/tag/create", {"TagName": "kept"})
            first.control("POST", "/calamp/password", {"esn": "1110110001"})
            regenerated = calamp_passwords(first, calamp)
        first.settings(page_size=7)
        first.control("POST", "/clock", {"advance_seconds": 1000})
        before = first.state()
        assert first.stop() == 0
    with Sandbox("--state", state) as second:
        assert second.state() == before
        assert second.control("GET", "/settings")["page_size"] == 7
        assert second.control("GET", "/clock")["offset_seconds"] == 1000
        again = Ublox(second)
        with again.http:
            again.http.headers["Authorization"] = ublox.tokens["AuthToken"]
            assert again.post("/tag/get").status_code == 200
        assert calamp_passwords(second, calamp) == regenerated


def calamp_passwords(sandbox: Sandbox, logged_in: CalAmp) -> str:
    """The passwords of one device, with the token of an earlier login."""
    sandbox.settings(calamp_interval_ms=0)
    client = CalAmp(sandbox)
    with client.http:
        client.http.headers["Authorization"] = logged_in.http.headers["Authorization"]
        answer = client.get("1110110001")
        assert answer.status_code == 200, answer.text
        return answer.text


@rule("process.state")
def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with Sandbox("--state", state) as first:
        ublox = Ublox(first)
        with ublox.http:
            ublox.login()
            ublox.ok("/tag/create", {"TagName": "kept"})
        first.stop(signal.SIGKILL)
    with Sandbox("--state", state) as second:
        assert "kept" in second.state()["tags"]


@rule("process.state")
def test_a_state_file_serves_one_sandbox_at_a_time(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with Sandbox("--state", state):
        done = run_serve(["--state", state])
    assert (done.returncode, done.stdout) == (1, "")
    assert "another sandbox is using it" in done.stderr


def test_a_file_that_is_no_state_file_is_left_alone(tmp_path: Path) -> None:
    text, foreign = tmp_path / "notes.txt", tmp_path / "foreign.db"
    text.write_text("notes " * 500)
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE theirs (id)")
    database.close()
    for path, reason in ((text, "not a sandbox state file"), (foreign, "a database of something else")):
        done = run_serve(["--state", str(path)])
        assert (done.returncode, done.stdout) == (1, "")
        assert reason in done.stderr
    assert text.read_text() == "notes " * 500


def test_seed_and_faults_can_be_files(tmp_path: Path) -> None:
    seed, faults = tmp_path / "seed.yml", tmp_path / "faults.json"
    seed.write_text("tags: [from-a-file]\ncalamp: {test_devices: false}\n")
    faults.write_text(json.dumps([{"kind": "status", "system": "calamp", "params": {"code": 503}}]))
    with Sandbox("--seed", str(seed), "--faults", str(faults)) as running:
        assert running.state()["tags"] == ["from-a-file"]
        assert httpx.get(running.calamp_url + "/api/logout", verify=False).status_code == 503
        running.reset()
        assert running.state()["tags"] == ["from-a-file"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--seed", "/no/such/seed.json"], "cannot read the seed"),
        (["--faults", "/no/such/faults.json"], "cannot read the fault rules"),
        (["--state", "/no/such/folder/state.db"], "cannot use state file"),
        (["--port", "70000"], "cannot listen on 127.0.0.1 port 70000"),
    ],
)
@rule("process.start")
def test_a_start_that_fails_says_why_in_one_line(arguments: list[str], reason: str) -> None:
    done = run_serve(arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_port_in_use_is_named(sandbox: Sandbox) -> None:
    port = str(httpx.URL(sandbox.control_url).port)
    done = run_serve(["--port", port])
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


@pytest.mark.parametrize(
    ("client", "status"),
    [("127.0.0.1", 200), ("127.8.9.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 403), ("", 403)],
)
@rule("control.loopback")
def test_the_control_api_answers_this_machine_only(client: str, status: int) -> None:
    control = Control(World(Store()))
    assert control.answer(Incoming("GET", "/ready", "", {}, b"", 0.0), client).status == status


def test_nothing_outside_the_prefixes_is_found(sandbox: Sandbox) -> None:
    base = sandbox.control_url.removesuffix("/_sandbox")
    for path in ("/", "/v1/tag/get", "/ublox", "/_sandboxes/ready"):
        assert httpx.post(base + path, verify=False).status_code == 404


def test_a_request_that_is_no_http_ends_its_connection_only(sandbox: Sandbox) -> None:
    port = httpx.URL(sandbox.control_url).port
    assert port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(os.urandom(64).replace(b"\n", b"-") + b"\r\n\r\n")
        assert b" 400 " in raw.recv(1000)
    assert sandbox.control("GET", "/ready")["ready"] is True
