# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook mt20w_roll_site_key, against the sandbox and against a host that reads the file it writes."""

from __future__ import annotations

import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.keys import read_site_keys
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.middleware import Mt20wAuthentication
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.stores import MemoryStore
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._mt20w.verifier import Mode, Verifier
from tests.support.playbooks import COLLECTION, Run, run_playbook
from tests.support.sandbox import Sandbox

USB = "A0C1777700000017"
NEXT = "00112233445566778899AABBCCDDEEFF" * 2
CURRENT = "BAE3B37054AFDF441390B29032417F5BF1739AE1B784BF6C6A8A9617CC4D5B19"


def roll(home: Path, phase: str, url: str, *arguments: str, **more: Any) -> Run:
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "mt20w_site_key_url": url,
        "mt20w_site_key_serial": USB,
        "mt20w_site_key_current": CURRENT,
        "mt20w_site_key_next": NEXT,
        **more,
    }
    home.mkdir(exist_ok=True)
    (home / "hosts.json").write_text(json.dumps({"mt20w_hosts": {"hosts": {"door-server": host}}}))
    options = ("-i", str(home / "hosts.json"), "-e", f"mt20w_site_key_phase={phase}", "-vv", *arguments)
    return run_playbook(f"{COLLECTION}.mt20w_roll_site_key", home, *options)


def deploy_tasks(home: Path, sandbox: Sandbox, keys: str = "{{ mt20w_site_keys }}") -> str:
    """A file of tasks that tells the sandbox its keys."""
    body = {"site_keys": keys}
    uri = {"url": f"{sandbox.control_url}/mt20w/site_keys", "method": "POST", "body_format": "json", "body": body}
    path = home / "deploy.yml"
    path.write_text(json.dumps([{"name": "The sandbox has the keys", "ansible.builtin.uri": uri, "no_log": True}]))
    return str(path)


def keys_of(sandbox: Sandbox) -> Any:
    return sandbox.control("GET", "/mt20w")["site_keys"]


def test_a_host_that_does_not_pass_gets_the_keys_from_before(tmp_path: Path, sandbox: Sandbox) -> None:
    # This deployment knows the current key only, whatever it is told.
    deploy = deploy_tasks(tmp_path, sandbox, "{{ [mt20w_site_key_current] }}")
    run = roll(tmp_path, "begin", sandbox.mt20w_url, mt20w_site_key_deploy_tasks=deploy)
    assert run.rc != 0
    assert (
        "door-server did not pass the check with the keys of the phase begin, and has those from before" in run.stdout
    )
    assert keys_of(sandbox) == [CURRENT]


def test_a_host_that_is_not_right_before_is_left_alone(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.control("POST", "/mt20w/reader", {"serial": USB, "commissioned": False})
    run = roll(tmp_path, "begin", sandbox.mt20w_url, mt20w_site_key_deploy_tasks=deploy_tasks(tmp_path, sandbox))
    assert run.rc != 0
    assert "Driver is accepted: failed" in run.stdout
    assert keys_of(sandbox) == [CURRENT]


def test_in_check_mode_nothing_changes(tmp_path: Path, sandbox: Sandbox) -> None:
    deploy = deploy_tasks(tmp_path, sandbox)
    run = roll(tmp_path, "begin", sandbox.mt20w_url, "--check", mt20w_site_key_deploy_tasks=deploy)
    assert run.rc == 0, run.output
    assert keys_of(sandbox) == [CURRENT]


def test_two_keys_that_are_one_are_refused(tmp_path: Path) -> None:
    run = roll(tmp_path, "begin", "http://127.0.0.1:1", mt20w_site_key_next=CURRENT.lower())
    assert run.rc != 0
    assert "are the same key" in run.stdout
    assert CURRENT not in run.output.upper()


async def _application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def host_of(file: Path) -> Iterator[str]:
    """A user's own host: the middleware with the keys of a file, read for each request."""
    store = MemoryStore()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        verifier = Verifier(read_site_keys(file), {USB: Mode.USB}, store)
        await Mt20wAuthentication(_application, verifier)(scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def test_the_key_is_rolled_in_two_phases_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "site_keys"
    file.touch(mode=0o600)
    file.write_text(f"{CURRENT}\n")
    with host_of(file) as url:
        for phase, keys in (("begin", [NEXT, CURRENT]), ("finish", [NEXT])):
            run = roll(tmp_path / "home", phase, url, mt20w_site_key_file=str(file))
            assert run.rc == 0, run.output
            assert [key.raw.hex().upper() for key in read_site_keys(file)] == keys
            assert CURRENT not in run.output
            assert NEXT not in run.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
