# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for GitHub's ``gh`` where the example workflows call it: comments, issues, runs and artifacts in a folder.

It knows the calls that the workflows make and no others: a call that it does not know fails, and with it the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STORE = Path(os.environ.get("FORGE_STORE", ""))
BOT = "github-actions[bot]"


def load(name: str) -> Any:
    path = STORE / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else []


def save(name: str, data: Any) -> None:
    (STORE / f"{name}.json").write_text(json.dumps(data, indent=1))


def options(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The words of a call, and its options; ``--paginate`` and ``--force`` have no value."""
    words: list[str] = []
    found: dict[str, str] = {}
    left = iter(arguments)
    for word in left:
        if word in {"--paginate", "--force"}:
            found[word] = ""
        elif word.startswith("--"):
            found[word] = next(left)
        else:
            words.append(word)
    return words, found


def api(words: list[str], given: dict[str, str]) -> str:
    (path,) = words
    if re.fullmatch(r"repos/acme/fleet/commits/[0-9a-f]{40}/pulls", path):
        assert given == {"--jq": '.[0].head.sha // "none"'}
        return str(next((pull["head"] for pull in load("pulls") if pull["merged"] == path.split("/")[4]), "none"))
    comments = load("comments")
    if path == "repos/acme/fleet/issues/7/comments" and "--method" not in given:
        wanted = re.fullmatch(
            r'\.\[\] \| select\(\.user\.login == "github-actions\[bot\]" and '
            r'\(\.body \| startswith\("(?P<marker>[^"]+)"\)\)\) \| \.id',
            given["--jq"],
        )
        assert wanted, given
        found = [c["id"] for c in comments if c["login"] == BOT and c["body"].startswith(wanted["marker"])]
        return "\n".join(map(str, found))
    key, _unused, value = given["--field"].partition("=@")
    assert key == "body"
    body = Path(value).read_text()
    assert len(body) <= 65_536
    if path == "repos/acme/fleet/issues/7/comments":
        assert given["--method"] == "POST"
        comments.append({"id": len(comments) + 100, "login": BOT, "body": body})
    else:
        assert given["--method"] == "PATCH"
        (comment,) = [c for c in comments if path == f"repos/acme/fleet/issues/comments/{c['id']}"]
        comment["body"] = body
    save("comments", comments)
    return ""


def run(words: list[str], given: dict[str, str]) -> str:
    if words[0] == "list":
        assert (given["--event"], given["--status"]) == ("pull_request", "success")
        assert (given["--json"], given["--jq"]) == ("databaseId", '.[0].databaseId // "none"')
        found = [
            one["id"]
            for one in reversed(load("runs"))
            if (one["workflow"], one["head"]) == (given["--workflow"], given["--commit"]) and one["ok"]
        ]
        return str(found[0] if found else "none")
    assert words[0] == "download"
    artifact = STORE / "artifacts" / words[1] / given["--name"]
    if not artifact.is_dir():
        raise SystemExit(f"no artifact matches any of the names or patterns provided: {given['--name']}")
    shutil.copytree(artifact, given["--dir"])
    return ""


def issue(words: list[str], given: dict[str, str]) -> str:
    issues = load("issues")
    labelled = [one for one in issues if one["open"] and one["label"] == given.get("--label", one["label"])]
    if words[0] == "list":
        return "".join(str(one["number"]) for one in labelled[:1])
    if words[0] == "create":
        body = Path(given["--body-file"]).read_text()
        new = {"number": len(issues) + 1, "open": True, "label": given["--label"], "title": given["--title"]}
        issues.append({**new, "body": body})
    else:
        (one,) = [one for one in issues if str(one["number"]) == words[1]]
        if words[0] == "edit":
            one["body"] = Path(given["--body-file"]).read_text()
        else:
            assert words[0] == "close"
            one["open"] = False
    save("issues", issues)
    return ""


def label(words: list[str], given: dict[str, str]) -> str:
    assert words[0] == "create"
    assert "--force" in given
    return ""


CALLS: dict[str, Callable[[list[str], dict[str, str]], str]] = {"api": api, "run": run, "issue": issue, "label": label}

if __name__ == "__main__":
    assert os.environ["GH_TOKEN"] == "fake-forge-token"
    answer = CALLS[sys.argv[1]](*options(sys.argv[2:]))
    if answer:
        print(answer)
