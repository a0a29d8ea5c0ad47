# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipelines of ``docs/examples/fleet-repository``, run against the sandbox: their own shell and the real console.

The sandbox is the account ``production``; ``staging`` is a second one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.gitops.runner import EXAMPLE, Ended, Forge, Job, gitlab_jobs, run_gitlab
from tests.support.sandbox import Sandbox

PLAN, APPLY, DRIFT = (f"device-trust-{name}.yml" for name in ("plan", "apply", "drift"))
PRODUCTION = "fleet/production/fleet.yml"
HOOK_TOKEN = "fake-canary-hook-token"


@pytest.fixture
def forge(sandbox: Sandbox, tmp_path: Path) -> Forge:
    env = {name: value for name, value in sandbox.env().items() if name.startswith("UBLOX")}
    return Forge(tmp_path, {**env, "HOOK_TOKEN": HOOK_TOKEN})


def job(forge: Forge, workflow: str, name: str, commit: str, run: str = "1", event: str = "pull_request") -> Ended:
    environ = {"UBLOX_API_URL": forge.secrets["UBLOX_API_URL"]}  # in the examples that of the service
    return Job(forge, workflow, name, "production", commit, run, event, environ).go()


def pull_request(forge: Forge, run: str = "1") -> Ended:
    """Plans what is on the branch, as the workflow of a pull request does."""
    head = forge.git("rev-parse", "HEAD")
    ended = job(forge, PLAN, "plan", head, run)
    forge.store("runs", [*forge.stored("runs"), {"id": run, "workflow": PLAN, "head": head, "ok": ended.ok}])
    return ended


def merge(forge: Forge) -> str:
    """Merges the branch into main with a commit of its own."""
    head = forge.git("rev-parse", "HEAD")
    forge.git("checkout", "--quiet", "main")
    forge.git("merge", "--quiet", "--no-ff", "--message", "Merge", head)
    merged = forge.git("rev-parse", "HEAD")
    forge.store("pulls", [*forge.stored("pulls"), {"head": head, "merged": merged}])
    return merged


def branch(forge: Forge) -> None:
    forge.git("checkout", "--quiet", "-b", "change")
    forge.edit(PRODUCTION, "tags: [cold-chain, downtown]\nroot", "tags: [cold-chain, downtown, harbour]\nroot")
    forge.commit("A tag for the harbour")


def writes(sandbox: Sandbox) -> int:
    return int(sandbox.requests()["ublox"]["writes"])


def test_a_pull_request_is_commented_with_its_plan_and_merged_it_is_applied_exactly(
    forge: Forge, sandbox: Sandbox
) -> None:
    branch(forge)
    planned = pull_request(forge)
    assert planned.ok, planned.log
    assert writes(sandbox) == 0
    (comment,) = forge.stored("comments")
    assert comment["body"].startswith("<!-- device-trust plan production -->\n### Plan for account `production`\n")
    assert '+ tag "harbour"' in comment["body"]
    assert comment["body"] in planned.summary

    applied = job(forge, APPLY, "apply", merge(forge), "2", "push")

    assert applied.ok, applied.log
    assert "harbour" in sandbox.state()["tags"]
    published = [path for path in (forge.folder / "store").rglob("*") if path.is_file()]
    assert {"plan.json", "plan.md", "plan.html"} <= {path.name for path in published}
    assert not [path for path in published if HOOK_TOKEN in path.read_text()]
    assert HOOK_TOKEN not in planned.log + applied.log


def test_a_later_push_changes_the_comment_and_adds_none(forge: Forge) -> None:
    branch(forge)
    forge.store("comments", [{"id": 1, "login": "somebody", "body": "<!-- device-trust plan production --> mine"}])
    pull_request(forge)
    forge.edit(PRODUCTION, "harbour", "airport")
    forge.commit("Another one")
    pull_request(forge, "2")

    theirs, ours = forge.stored("comments")
    assert "airport" in ours["body"]
    assert "harbour" not in ours["body"]
    assert theirs["body"].endswith("mine")


def test_without_a_plan_the_comment_says_why_and_the_check_fails(forge: Forge) -> None:
    branch(forge)
    forge.edit(PRODUCTION, "root_ca: fleet.example.com", "root_ca: flet.example.com")
    forge.commit("A slip")

    ended = pull_request(forge)

    assert not ended.ok
    (comment,) = forge.stored("comments")
    assert comment["body"].startswith("<!-- device-trust plan production -->\n### No plan for account `production`\n")
    assert "    fleet/production/fleet.yml:20:" in comment["body"]
    assert "flet.example.com" in comment["body"]
    assert not (forge.folder / "store" / "artifacts").exists()


def test_when_main_has_moved_nothing_is_applied(forge: Forge, sandbox: Sandbox) -> None:
    branch(forge)
    pull_request(forge)
    forge.git("checkout", "--quiet", "main")
    forge.edit(PRODUCTION, "renew_before_days: 60", "renew_before_days: 90")
    forge.commit("Meanwhile")
    forge.git("checkout", "--quiet", "change")

    ended = job(forge, APPLY, "apply", merge(forge), "2", "push")

    assert not ended.ok
    assert "No plan was reviewed for these files: main has moved since. Start this workflow by hand." in ended.log
    assert writes(sandbox) == 0


def test_when_the_account_has_moved_nothing_is_applied_and_started_by_hand_it_is(
    forge: Forge, sandbox: Sandbox
) -> None:
    branch(forge)
    pull_request(forge)
    seed = {"tags": ["harbour"], "profiles": [{"name": "trackers-eu"}, {"name": "trackers-us"}]}
    sandbox.reset({**seed, "calamp": {"test_devices": False}})
    merged = merge(forge)

    ended = job(forge, APPLY, "apply", merged, "2", "push")
    assert not ended.ok
    assert "tag.harbour has changed since the plan was made: it exists now" in ended.log
    assert writes(sandbox) == 0

    assert job(forge, APPLY, "replan", merged, "3", "workflow_dispatch").ok
    assert job(forge, APPLY, "apply", merged, "3", "workflow_dispatch").ok
    assert "fleet.example.com" in [ca["name"] for ca in sandbox.state()["root_cas"]]


def test_an_apply_that_fails_leaves_its_journal(forge: Forge, sandbox: Sandbox) -> None:
    branch(forge)
    pull_request(forge)
    sandbox.fault("status", "/ztp/rootca/create", system="ublox", code=400, body={"message": "Not today."})

    ended = job(forge, APPLY, "apply", merge(forge), "2", "push")

    assert not ended.ok
    assert "Not today." in ended.log
    (journal,) = (forge.folder / "store" / "artifacts" / "2" / "journal-production").iterdir()
    assert "root_ca.fleet.example.com" in journal.read_text()
    assert HOOK_TOKEN not in journal.read_text()


def test_drift_opens_one_issue_and_closes_it(forge: Forge, sandbox: Sandbox) -> None:
    main = forge.git("rev-parse", "HEAD")
    for night in (1, 2):
        assert not job(forge, DRIFT, "drift", main, str(night), "schedule").ok
    (issue,) = forge.stored("issues")
    assert (issue["title"], issue["open"]) == ("Drift: account production", True)
    assert '+ tag "downtown"' in issue["body"]
    assert writes(sandbox) == 0

    job(forge, APPLY, "replan", main, "3", "workflow_dispatch")
    applied = job(forge, APPLY, "apply", main, "3", "workflow_dispatch")
    assert applied.ok, applied.log

    assert job(forge, DRIFT, "drift", main, "4", "schedule").ok
    (issue,) = forge.stored("issues")
    assert not issue["open"]


def test_the_documents_of_every_account_are_valid_without_any_secret(forge: Forge) -> None:
    forge.secrets = {"UBLOX_API_URL": "http://127.0.0.1:1"}

    ended = job(forge, PLAN, "validate", "HEAD")

    assert ended.ok, ended.log


class Gitlab(ThreadingHTTPServer):
    """The part of GitLab's API that has the notes of merge request 3 of project 5."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Notes)
        self.notes: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Notes(BaseHTTPRequestHandler):
    server: Gitlab

    def do_GET(self) -> None:
        assert self.path == "/projects/5/merge_requests/3/notes?sort=asc&per_page=100"
        self._answer(self.server.notes)

    def do_POST(self) -> None:
        self.server.notes.append({"id": len(self.server.notes) + 1, "body": self._body()})
        self._answer(self.server.notes[-1])

    def do_PUT(self) -> None:
        (note,) = [n for n in self.server.notes if self.path == f"/projects/5/merge_requests/3/notes/{n['id']}"]
        note["body"] = self._body()
        self._answer(note)

    def _body(self) -> str:
        """The one field of a form as curl sends it."""
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        head, _unused, rest = form.partition("\r\n\r\n")
        assert 'name="body"' in head
        return rest.rpartition("\r\n--")[0]

    def _answer(self, data: Any) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "fake-bot-token"
        content = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def gitlab() -> Iterator[Gitlab]:
    with Gitlab() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_same_with_gitlab(forge: Forge, sandbox: Sandbox, gitlab: Gitlab) -> None:
    branch(forge)
    request = {"CI_API_V4_URL": gitlab.url, "CI_MERGE_REQUEST_IID": "3", "BOT_TOKEN": "fake-bot-token"}
    for _unused in ("pushed", "pushed again"):
        planned = run_gitlab(forge, "plan-production", "change", request)
        assert planned.ok, planned.log
    (note,) = gitlab.notes
    assert note["body"].startswith("<!-- device-trust plan production -->\n### Plan for account `production`\n")
    assert '+ tag "harbour"' in note["body"]

    forge.edit(PRODUCTION, "version: 1", "version: 2")
    forge.commit("A slip")
    assert not run_gitlab(forge, "plan-production", "change", request).ok
    assert "No plan for account `production`" in gitlab.notes[0]["body"]
    forge.git("reset", "--quiet", "--hard", "HEAD^")
    merged = merge(forge)
    assert writes(sandbox) == 0

    planned = run_gitlab(forge, "plan-production", merged, {})
    assert planned.ok, planned.log
    applied = run_gitlab(forge, "apply-production", merged, {}, planned.clone)
    assert applied.ok, applied.log
    assert "harbour" in sandbox.state()["tags"]

    assert run_gitlab(forge, "drift-production", merged, {}).ok
    sandbox.reset()
    assert not run_gitlab(forge, "drift-production", merged, {}).ok
    assert run_gitlab(forge, "validate", merged, {}).ok


def test_in_both_pipelines_each_account_has_jobs_of_its_own() -> None:
    jobs = gitlab_jobs()
    accounts = sorted(path.name for path in (EXAMPLE / "fleet").iterdir())

    assert set(jobs) == {"validate", *(f"{stage}-{a}" for stage in ("plan", "apply", "drift") for a in accounts)}
    for name, job in jobs.items():
        if name != "validate":
            assert job["variables"] == {"ACCOUNT": name.split("-")[1], "UBLOX_ACCOUNT": name.split("-")[1]}
