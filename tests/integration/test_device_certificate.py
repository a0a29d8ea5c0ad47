# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module device_certificate: told once, done at a heartbeat; the service shows the old certificate until then."""

from __future__ import annotations

from typing import Any

from tests.integration.rehearsal import Rehearsal
from tests.support.playbooks import Run, Task


def device(task: Task, number: int) -> Any:
    return next(found for found in task.account["devices"] if int(found["id"][-2:]) == number)


def on(task: Task, number: int) -> Any:
    """The certificate on the device with this end of its id, after the task; None if it has none."""
    return next((found for found in device(task, number)["certificates"] if found["installed"]), None)


def pending(task: Task) -> int:
    return int(task.result["pending"]["count"])


def steps(task: Task) -> dict[str, int]:
    """On how many devices each step is taken, over all changes."""
    sets = [change["set"]["steps"] for change in task.result["changes"]]
    return {step: ids["count"] for found in sets for step, ids in found.items()}


class TestDeviceCertificate(Rehearsal):
    def test_certificates_that_are_as_declared_are_left_alone(self, run: Run) -> None:
        assert not run["nothing expires soon"].changed
        assert pending(run["nothing expires soon"]) == 0

    def test_a_device_without_a_certificate_is_warned_of_and_left_alone(self, run: Run) -> None:
        (warning,) = run["devices without a certificate"].warnings

        assert "0002000089280013, 0002000089280014 without a certificate" in warning
        assert "device_provisioning gives one" in warning
        assert not run["devices without a certificate"].changed

    def test_a_certificate_that_expires_soon_is_renewed_at_the_next_heartbeat(self, run: Run) -> None:
        before, after = (on(run[name], 1) for name in ("renew", "renew again, after a heartbeat"))

        assert steps(run["renew"]) == {"renew legacy.example.com": 4}
        assert run["renew"].calls()["/ztp/devicecertificate/renew"] == 1
        assert before["serial"] != after["serial"]
        assert before["expires"] < after["expires"]

    def test_a_device_is_told_once_and_pending_until_it_has_done_it(self, run: Run) -> None:
        waiting = {task.name: pending(task) for task in run.collection_tasks if "pending" in task.result}

        assert waiting["renew"] == waiting["renew again, before a heartbeat"] == 4
        assert waiting["renew again, after a heartbeat"] == 0
        assert waiting["transfer"] == waiting["transfer again, before a heartbeat"] == 7
        assert waiting["transfer again, after a heartbeat"] == 0
        assert waiting["delete"] == waiting["delete again, before a heartbeat"] == 2
        assert waiting["delete again, after a heartbeat"] == 0

    def test_a_machine_that_does_not_know_it_asks_once_more(self, run: Run) -> None:
        elsewhere = run["renew always from another machine, which does not know that it was"]

        assert elsewhere.changed
        assert not elsewhere.changed_the_account

    def test_a_transfer_shows_in_the_service_and_needs_no_memory(self, run: Run) -> None:
        assert pending(run["transfer again from another machine, before a heartbeat"]) == 7

    def test_a_certificate_of_another_root_ca_is_transferred(self, run: Run) -> None:
        assert steps(run["transfer"])["transfer from legacy.example.com"] in (3, 4)
        assert on(run["transfer"], 9)["root_ca"] == "legacy.example.com"
        assert on(run["transfer again, after a heartbeat"], 9)["root_ca"] == "fleet.example.com"
        assert on(run["transfer again, after a heartbeat"], 4)["root_ca"] == "legacy.example.com"

    def test_a_new_key_takes_two_heartbeats_without_a_certificate_between_them(self, run: Run) -> None:
        between = run["a new key again, after one heartbeat"]

        assert steps(run["a new key"]) == {"update fleet.example.com": 1}
        assert on(between, 1) is None
        assert pending(between) == 1, "half way is not done"
        assert between.warnings == []
        assert on(run["what is there after two heartbeats"], 1)["root_ca"] == "fleet.example.com"
        assert pending(run["what is there after two heartbeats"]) == 0

    def test_a_revocation_is_done_at_once_by_the_root_ca_of_each_device(self, run: Run) -> None:
        revoke = run["revoke"]

        assert steps(revoke) == {"revoke fleet.example.com": 1, "revoke legacy.example.com": 1}
        assert on(revoke, 1)["revoked"]
        assert on(revoke, 5)["revoked"]
        assert not on(revoke, 2)["revoked"]
        assert pending(revoke) == 0

    def test_present_replaces_a_certificate_that_was_revoked(self, run: Run) -> None:
        assert steps(run["replace what was revoked"]) == {"update fleet.example.com": 1}
        assert pending(run["replace what was revoked again, after one heartbeat"]) == 1
        assert pending(run["replace what was revoked again, after two heartbeats"]) == 0
        assert not on(run["replace what was revoked again, after two heartbeats"], 1)["revoked"]

    def test_absent_removes_the_certificate_and_no_other_comes_by_itself(self, run: Run) -> None:
        gone = run["delete again, after another heartbeat"]

        assert run["delete"].calls()["/ztp/devicecertificate/delete"] == 1
        assert (on(gone, 1), on(gone, 5)) == (None, None)
        assert gone.warnings == []

    def test_revocations_and_removals_have_a_budget(self, run: Run) -> None:
        assert "12 of 12 would be deleted" in run["too many revocations"].message
        assert "allow_delete: {device_certificate: 12}" in run["too many revocations"].message
        assert "12 would be deleted, 11 are allowed" in run["too many removals"].message
        assert run["as many revocations as allowed"].calls()["/ztp/devicecertificate/revoke"] == 12

    def test_a_device_in_the_blacklist_is_left_out_with_a_warning(self, run: Run) -> None:
        warnings = " ".join(run["a device in the blacklist is left out"].warnings)

        assert "0002000089280025 is in the blacklist and left out" in warnings

    def test_names_that_there_are_not_are_refused(self, run: Run) -> None:
        assert "0002000089289999 is not known to the account" in run["an unknown device"].message
        assert "root_ca.flee.example.com does not exist" in run["an unknown root CA"].message
        assert "did you mean 'fleet.example.com'?" in run["an unknown root CA"].message
        assert "tag.cold-chian does not exist" in run["an unknown tag"].message

    def test_everything_that_is_wrong_is_told_at_once_before_any_request(self, run: Run) -> None:
        refused = run["everything that can be wrong"]

        assert refused.calls() == {}
        for words in (
            "device_certificates[0].ids: say which devices are meant: give ids, files or tags",
            "device_certificates[1].validity_days: is missing",
            "device_certificates[2].renew_within_days: must be less than validity_days",
            "device_certificates[3].root_ca: has no meaning for certificates that are to be revoked",
            "device_certificates[4].renew_within_days: has no meaning for certificates that are to be absent",
            "device_certificates[4].validity_days: has no meaning for certificates that are to be absent",
            "device_certificates[5].validity_days: ",
        ):
            assert words in refused.message
