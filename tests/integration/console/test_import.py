# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""import: documents of a live account, of which the plan is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.console.terminal import Console
from tests.support.sandbox import Sandbox

DECLARED = {
    "tag": {"tag": 2},
    "root_ca": {"root_ca": 1},
    "device_profile": {"device_profile": 3},
    "bootstrap_provisioning": {"device_profile": 1, "bootstrap_provisioning": 1},
    "whitelist": {"whitelist": 1},
    "tag_assignment": {"tag_assignment": 1},
    "webhook": {"webhook": 1},
}
TOKENS = {
    "WEBHOOK_TOKEN_OLD_EXAMPLE_COM": "Bearer fake-old-hook-token",
    "WEBHOOK_TOKEN_OLD_EXAMPLE_COM_2": "fake-other",
}

ODD: dict[str, Any] = {
    "tags": [
        "0123",
        "12:30",
        "no",
        "null",
        "- dash",
        "#hash",
        "tag: colon",
        "'quoted'",
        "ünïcode ☃",
        "1e3",
        "!env X",
        "%",
    ],
    "root_cas": [{"name": name, "ca_validity_days": 1825, "device_validity_days": 30} for name in ("0", "1.5", "true")],
    "profiles": [
        {"name": "123", "uid": "AyvylmHVdUiHQzUaCjOmC", "tags": ["no"]},
        {"name": "yes: {no}", "uid": "B" * 21},
    ],
    "whitelist": {"ids": ["0002000089280001", "0000000000000777", "00000000000000FF"]},
    "webhooks": [
        {"url": f"https://old.example.com/{path}", "type": "DEVICE_BOOTSTRAP_EVENT", "token": token}
        for path, token in zip(("a?b=[c]", "hook#1"), TOKENS.values(), strict=True)
    ],
}


@pytest.fixture
def knowing(console: Console) -> Console:
    """A console that knows the tokens of the webhooks."""
    return console.with_variables(**TOKENS)


def test_a_plan_of_what_was_imported_is_empty(console: Console, knowing: Console, home: Path, sandbox: Sandbox) -> None:
    written = console.process("import", "account")
    unset = console("plan", "account", status=1)
    same = knowing("plan", "account", "--detailed-exitcode", status=0)

    assert "Before you plan, set WEBHOOK_TOKEN_OLD_EXAMPLE_COM to the authorization_token of webhook." in written.err
    assert "WEBHOOK_TOKEN_OLD_EXAMPLE_COM is not set" in unset.err
    assert "No changes." in same.out
    assert sandbox.requests()["ublox"]["writes"] == 0
    assert {path.name for path in (home / "account").iterdir()} == {
        "tags.yml", "root_cas.yml", "device_profiles.yml", "whitelist.yml", "whitelist.txt", "webhooks.yml",
        "tag_assignments.yml", "tag_assignments-cold-chain.txt",
    }  # fmt: skip
    assert "# Set WEBHOOK_TOKEN_OLD_EXAMPLE_COM to" in (home / "account" / "webhooks.yml").read_text()
    assert not [path for path in (home / "account").iterdir() if "fake-old-hook-token" in path.read_text()]


@pytest.mark.parametrize(("kind", "declared"), DECLARED.items())
def test_each_kind_alone_plans_to_nothing_and_is_all_there(
    knowing: Console, kind: str, declared: dict[str, int]
) -> None:
    knowing("import", "account", "--only", kind)

    assert knowing("plan", "account", "--detailed-exitcode", "--json", status=0).json["changes"] == []
    assert knowing("validate", "account", "--json").json["declared"] == declared


def test_names_that_yaml_takes_for_something_else_stay_names(knowing: Console, home: Path, sandbox: Sandbox) -> None:
    sandbox.reset(ODD)
    knowing("import", "account")
    one = knowing("import")
    (home / "one.yml").write_text(one.out)

    assert set(yaml.safe_load((home / "account" / "tags.yml").read_text())["tags"]) == set(ODD["tags"])
    for source in ("account", "one.yml"):
        assert knowing("plan", source, "--detailed-exitcode", "--json", status=0).json["changes"] == []
    assert (home / "account" / "whitelist.txt").read_text().split() == sorted(ODD["whitelist"]["ids"])
    assert "- '0002000089280001'\n" in one.out


def test_nothing_is_overwritten_unless_that_is_said(knowing: Console, home: Path) -> None:
    knowing("import", "account", "--only", "tag")
    (home / "account" / "tags.yml").write_text("mine\n")
    refused = knowing("import", "account", status=1)

    assert "account/tags.yml: exists already; --force replaces it" in refused.err
    assert [path.name for path in (home / "account").iterdir()] == ["tags.yml"]
    assert (home / "account" / "tags.yml").read_text() == "mine\n"
    knowing("import", "account", "--force")
    assert "cold-chain" in (home / "account" / "tags.yml").read_text()


def test_the_account_is_named_as_the_credentials_say(knowing: Console) -> None:
    named = knowing.with_variables(UBLOX_ACCOUNT="rehearsal")

    assert "account: rehearsal\n" in named("import").out
    assert "variables" in knowing("import", "--json").json
