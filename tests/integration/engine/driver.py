# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies in processes of their own, which can be killed at any instant.

One process imports the engine and forks for each apply, which takes milliseconds where a new interpreter takes a
second. It reads jobs as JSON, one a line, and answers in kind.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Imported before forking, so that each apply finds them there.
import httpx
import jsonschema
import yaml

from ansible_collections.edgeops.device_trust.plugins.module_utils import _engine as engine
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.journal import Journal
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.secret import Secret
from tests.support.waiting import eventually

PRELOADED = (httpx, jsonschema, yaml)
PLANNED = ".planned"
THINKING_SECONDS = 60
ALLOWED = engine.guards({"whitelist": "1000", "webhook": "1000", "tag": "1000", "root_ca": "1000"}, [])


def connection(env: Mapping[str, str]) -> engine.Connection:
    """The connection that environment variables of these names describe."""
    return engine.Connection(env["UBLOX_API_URL"], env["UBLOX_API_KEY"], Secret(env["UBLOX_API_SECRET"]), timeout=20)


def resolve(reference: str) -> str:
    """The value of a secret's reference, of which there are environment variables only here."""
    return os.environ[reference.removeprefix("env:")]


def kill_at(point: str, number: int) -> None:
    """This process will be killed at the ``number``-th request: when its intent is written (``intent``), when it has
    taken effect (``effect``), or when its outcome is written (``outcome``).
    """
    method = "intent" if point == "intent" else "outcome"
    original = getattr(Journal, method)
    calls = itertools.count(1)

    def counted(*args: Any, **more: Any) -> None:
        last = next(calls) == number
        if last and point == "effect":
            os.kill(os.getpid(), signal.SIGKILL)
        original(*args, **more)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(Journal, method, counted)


def run(job: Mapping[str, Any]) -> dict[str, Any]:
    """Plans under the account's lock (or takes up the saved plan) and applies. ``early``: plans before it has the lock,
    as somebody does who thinks about a plan first. ``think``: goes on with its plan when there is a file of that name.
    """
    if job.get("kill"):
        kill_at(*job["kill"])
    where = connection(job["env"])
    state = engine.AccountState(Path(job["state"]))
    applying = engine.Applying(state, job.get("lock_timeout", 0), engine.Execution(job.get("parallel", 4)))
    with engine.connect(where) as account:
        if job.get("early"):
            made, digest = planned(job, account, where, state)
            with engine.apply_under_lock(made, account, applying, digest) as carry_out:
                report = carry_out()
        else:
            with engine.account_lock(state.lock, applying.lock_timeout):
                made, digest = planned(job, account, where, state)
                report = engine.apply_with_journal(made, account, applying, digest)
    return {"planned": len(made.changes), "ok": report.ok, "report": report.as_data(), "text": report.text()}


def planned(
    job: Mapping[str, Any], account: engine.Account, where: engine.Connection, state: engine.AccountState
) -> tuple[engine.Plan, str]:
    """The plan and, if it is a saved one, its digest."""
    if "plan" not in job:
        made = engine.plan(engine.load_files([Path(job["document"])]), account, ALLOWED, state=state)
        if "think" in job:
            think(Path(job["think"]))
        return made, ""
    saved = engine.read_plan(Path(job["plan"]), resolve)
    resume = state if job.get("resume") else None
    made, _unused = engine.revive(saved, account, where, resume=resume, allow_stale=job.get("allow_stale", False))
    return made, saved.digest


def think(about: Path) -> None:
    """Says that the plan is made, and waits for the file ``about``."""
    about.with_suffix(PLANNED).touch()
    eventually(about.exists, "nobody says that it should go on", seconds=THINKING_SECONDS)


def in_a_child(job: Mapping[str, Any]) -> dict[str, Any]:
    """What ``run`` gives, or ``{"killed": SIGNAL}``, or ``{"error": TEXT}``."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = run(job)
        except engine.DeviceTrustError as failure:
            answer = {"error": str(failure)}
        except BaseException:
            answer = {"defect": traceback.format_exc()}
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _unused, status = os.waitpid(child, 0)
    return {"killed": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else dict(json.loads(text))


def main() -> None:
    """Serves until its input ends."""
    for line in sys.stdin:
        print(json.dumps(in_a_child(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
