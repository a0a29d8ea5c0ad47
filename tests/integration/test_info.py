# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that ask: complete lists, ids in one form, no secrets, and what is wrong told before any request."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from cryptography import x509

from tests.integration.rehearsal import PLAYS, Rehearsal, replay
from tests.support.playbooks import COLLECTIONS, Run, Task
from tests.support.sandbox import Sandbox

MODULES = COLLECTIONS / "ansible_collections" / "edgeops" / "device_trust" / "plugins" / "modules"
TRACKERS = [f"00020000892800{number:02d}" for number in range(1, 9)]
ALL = [f"00020000892800{number:02d}" for number in (*range(1, 16), 25)]
OURS = {"_ansible_no_log", "changed", "invocation", "exception", "msg", "warnings"}


@pytest.mark.parametrize("name", sorted(path.stem for path in MODULES.glob("*.py") if "run_query(" in path.read_text()))
def test_every_module_that_asks_is_in_the_play(name: str) -> None:
    assert f" edgeops.device_trust.{name}:" in (PLAYS / "info.yml").read_text()


def documented(task: Task) -> Mapping[str, Any]:
    """What the module's RETURN says."""
    for node in ast.parse((MODULES / f"{task.action.rpartition('.')[2]}.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETURN":
            return yaml.safe_load(ast.literal_eval(node.value))  # type: ignore[no-any-return]
    raise AssertionError(task.action)


def undocumented(value: Any, entry: Mapping[str, Any], where: str) -> Iterator[str]:
    """Documented members that a returned value has not."""
    for item in value if isinstance(value, list) else [value]:
        for name, member in entry.get("contains", {}).items():
            if not isinstance(item, dict) or name not in item:
                yield f"{where}.{name}"
            elif item[name] is not None:
                yield from undocumented(item[name], member, f"{where}.{name}")


def ids_in(value: Any) -> Iterator[Any]:
    """Every id in a result."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from [child] if name == "id" else child if name.endswith("ids") else ids_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from ids_in(child)


@pytest.fixture(scope="module")
def in_check_mode(sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The end of the play: what only asks does the same in check mode, by the same code."""
    return replay("info", sandbox_process, tmp_path_factory.mktemp("home"), "--start-at-task", "activities")


class TestInfo(Rehearsal):
    def test_nothing_is_ever_changed_or_written(self, run: Run) -> None:
        assert [task.name for task in run.collection_tasks if task.changed or task.writes] == []

    def test_what_is_returned_is_what_is_documented(self, run: Run) -> None:
        for task in run.collection_tasks:
            if not task.failed:
                entries = documented(task)
                assert set(task.result) - OURS <= set(entries), task.name
                for name, entry in entries.items():
                    if entry["returned"] == "success":
                        assert list(undocumented(task.result[name], entry, name)) == [], task.name

    def test_ids_are_texts_of_16_digits(self, run: Run) -> None:
        found = [
            device
            for task in run.collection_tasks
            for device in ids_in({name: value for name, value in task.result.items() if name not in OURS})
        ]

        assert len(found) > 50
        assert all(isinstance(device, str) and len(device) == 16 for device in found)

    def test_lists_are_complete_over_all_their_pages(self, run: Run) -> None:
        assert run["all devices"].result["ids"] == ALL
        assert run["all devices"].calls()["/device/list/get"] == 8
        assert run["devices of a profile"].result["ids"] == TRACKERS
        assert run["devices of a tag"].result["ids"] == TRACKERS[:3]
        assert len(run["whitelist and blacklist"].result["ids"]) == 24
        assert run["whitelist and blacklist"].result["blacklisted_ids"] == ["0002000089280025"]
        assert run["tags"].result["tags"] == ["cold-chain", "legacy"]
        assert len(run["notifications of a week"].result["notifications"]) == 6

    def test_profiles_by_name(self, run: Run) -> None:
        trackers = {"name": "trackers-eu", "device_profile_uid": "AyvylmHVdUiHQzUaCjOmC", "tags": ["cold-chain"]}

        assert len(run["profiles, in pages of two"].result["device_profiles"]) == 3
        assert run["profiles by name"].result["device_profiles"] == [trackers]

    def test_an_empty_selection_is_nothing_and_asks_nothing(self, run: Run) -> None:
        assert run["profiles of no tag"].result["device_profiles"] == []
        assert run["profiles of no tag"].calls() == {}

    def test_devices_are_found_by_id_tag_and_serial_number_each_once(self, run: Run) -> None:
        devices = run["information on devices named in every way"].result["devices"]
        (gateway,) = [device for device in devices if device["id"] == "0002000089280013"]

        assert [device["id"][-2:] for device in devices] == ["01", "02", "03", "12", "13"]
        assert gateway["state"] == "ACTIVATED"
        assert gateway["current"]["authorizations"] == {"LocalDPR": "enabled"}
        assert gateway["current"]["security_heartbeat_seconds"] == 86400
        assert gateway["current"]["dates"]["LocalDPR"]

    def test_options_say_what_is_returned(self, run: Run) -> None:
        (device,) = run["information on a device, one option only"].result["devices"]

        assert device["certificates"] == []
        assert device["state"] is device["desired"] is None

    def test_certificates_are_pem_however_the_service_writes_line_ends(self, run: Run) -> None:
        (ca,) = run["one root CA"].result["root_cas"]
        (crl,) = run["revocation lists"].result["crls"]
        proof = run["proof of possession"].result["certificate"]

        certificate = x509.load_pem_x509_certificate(ca["certificate"].encode())
        assert certificate.not_valid_after_utc.date().isoformat() == ca["expires_on"]
        assert x509.load_pem_x509_crl(crl["crl"].encode()).issuer == certificate.subject
        x509.load_pem_x509_certificate(proof.encode()).verify_directly_issued_by(certificate)

    def test_no_token_of_a_webhook_is_returned_even_when_the_service_shows_it(self, run: Run) -> None:
        assert run["webhooks"].result["webhooks"] == [
            {"url": "https://old.example.com/hook", "events": ["DEVICE_BOOTSTRAP_EVENT"]}
        ]
        assert "fake-old-hook-token" not in json.dumps([task.result for task in run.tasks])

    def test_what_happened_to_devices(self, run: Run) -> None:
        (notification,) = run["notifications of one type until now"].result["notifications"]
        (clone,) = run["clones"].result["cloned_events"]
        suspicious = run["suspicious devices"].result["suspicious_devices"]

        assert notification["notification_type"] == "DEVICE_STATE_CHANGE"
        assert notification["payload"] == {"state": "ALLOCATED"}
        assert clone["id"] == "0002000089280004"
        assert [device["id"][-2:] for device in suspicious] == ["05", "06"]
        assert suspicious[0]["reasons"] == ["DUPLICATED_DEV_SERIAL_NUM_SEALING"]
        assert run["activities"].result["last_seen"]
        assert run["activities"].result["activities"]

    def test_usage_is_by_device(self, run: Run) -> None:
        assert [device["id"][-2:] for device in run["usage of 60 days"].result["devices"]] == ["13", "14", "15"]

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (
                "information on wrong ids, all of them reported",
                ["ids[0]: 2000089280001 is a number, not an id (quote it", "ids[1]: 'no id' is not an id"],
            ),
            (
                "notifications of too long ago, of nobody, until before",
                ["one of ids, tags is needed", "is more than 180 days ago; the service goes back no further"],
            ),
            (
                "usage of too long ago, and of ids beside tags",
                ["ids and tags cannot be given together", "is more than 60 days ago"],
            ),
        ],
    )
    def test_what_is_wrong_is_told_at_once_and_before_any_request(self, run: Run, name: str, words: list[str]) -> None:
        refused = run[name]

        assert refused.failed
        assert refused.calls() == {}
        assert [part for part in words if part not in refused.message] == []
        assert len(refused.result["problems"]) == len(words)
