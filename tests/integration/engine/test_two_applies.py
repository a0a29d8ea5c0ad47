# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two applies to one account at once: on one machine the second waits or gives up; from two machines, what has moved is
noticed.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.engine import fleet
from tests.integration.engine.driver import PLANNED
from tests.integration.engine.stage import Driver, Rehearsal, Undisturbed
from tests.support.waiting import eventually


def until_begun(rehearsal: Rehearsal) -> None:
    """Waits until the apply that was started holds the lock and writes."""
    eventually(lambda: fleet.writes(rehearsal.sandbox.requests()), "the apply did not begin")


class Thinker:
    """An apply that has made its plan, and goes on with it when the test says so."""

    def __init__(self, driver: Driver, rehearsal: Rehearsal, name: str, **job: Any) -> None:
        self._decision = rehearsal.folder / name
        self._answer = driver.begin(**rehearsal.job(think=str(self._decision), **job))
        eventually(self._decision.with_suffix(PLANNED).exists, "there is no plan")

    def go_on(self) -> Callable[[], dict[str, Any]]:
        """What it gives waits for the answer."""
        self._decision.touch()
        return self._answer


def slow(rehearsal: Rehearsal) -> None:
    for path in fleet.WRITING_CALLS:
        rehearsal.sandbox.fault("latency", path, system="ublox", ms=20)


def test_on_one_machine_the_second_gives_up_and_names_the_first(
    rehearsal: Rehearsal, undisturbed: Undisturbed, second_driver: Driver
) -> None:
    slow(rehearsal)
    answer = rehearsal.driver.begin(**rehearsal.job())
    until_begun(rehearsal)

    error = second_driver.begin(**rehearsal.job())()["error"]

    holder = re.fullmatch(
        r"another apply to this account is running on this machine \(process (\d+)\); "
        r"wait for it, or give it time with --lock-timeout SECONDS",
        error,
    )
    assert holder
    assert Path(f"/proc/{holder[1]}").exists()
    assert answer()["ok"]
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_on_one_machine_the_second_waits_if_it_is_given_time(
    rehearsal: Rehearsal, undisturbed: Undisturbed, second_driver: Driver
) -> None:
    slow(rehearsal)
    answer = rehearsal.driver.begin(**rehearsal.job())
    until_begun(rehearsal)

    assert second_driver.begin(**rehearsal.job(lock_timeout=60))()["planned"] == 0

    assert answer()["ok"]
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_a_plan_that_was_made_before_the_wait_is_refused(
    rehearsal: Rehearsal, undisturbed: Undisturbed, second_driver: Driver
) -> None:
    slow(rehearsal)
    thinker = Thinker(second_driver, rehearsal, "second", lock_timeout=60, early=True)
    answer = rehearsal.driver.begin(**rehearsal.job())
    until_begun(rehearsal)

    error = thinker.go_on()()["error"]

    assert "has changed since the plan was made" in error
    assert answer()["ok"]
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_the_lock_ends_with_the_process_that_held_it(rehearsal: Rehearsal) -> None:
    assert rehearsal.apply(kill=["intent", 3]) == {"killed": signal.SIGKILL}

    assert rehearsal.apply()["ok"]


def test_from_two_machines_only_one_of_two_plans_is_carried_out(rehearsal: Rehearsal, undisturbed: Undisturbed) -> None:
    here, there = str(rehearsal.save_plan("here.json")), str(rehearsal.save_plan("there.json"))

    assert rehearsal.apply(plan=here)["ok"]
    error = rehearsal.apply(plan=there, state=str(rehearsal.folder / "another-machine"))["error"]

    assert len(error.splitlines()) == fleet.CHANGES
    assert "root_ca.remade has changed since the plan was made" in error
    assert fleet.writes(rehearsal.sandbox.requests()) == undisturbed.writes


def test_from_two_machines_at_the_same_time_nothing_is_made_twice(
    rehearsal: Rehearsal, undisturbed: Undisturbed, second_driver: Driver
) -> None:
    """Both begin before either is done. What one is refused because the other was faster is read back; what is left
    after that is reported as the service's refusal, and the next run finishes it.
    """
    declared = fleet.declaration()
    declared["root_cas"] = [root_ca for root_ca in declared["root_cas"] if root_ca["name"] != "remade"]
    fleet.write_document(rehearsal.document, declared)
    slow(rehearsal)

    first = Thinker(rehearsal.driver, rehearsal, "first")
    second = Thinker(second_driver, rehearsal, "second", state=str(rehearsal.folder / "another-machine"))
    answers = [answer() for answer in (first.go_on(), second.go_on())]

    refused = [line for answer in answers for line in answer["text"].splitlines() if line.startswith("  failed: ")]
    assert [line for line in refused if ": 400: " not in line and ": 404: " not in line] == []
    rehearsal.sandbox.control("DELETE", "/faults")
    assert rehearsal.apply()["ok"]
    assert rehearsal.apply()["planned"] == 0
    account = rehearsal.account()
    names = [root_ca["name"] for root_ca in account["root_cas"]]
    assert len(names) == len(set(names))
    hooks = [(hook["url"], hook["type"]) for hook in account["webhooks"]]
    assert sorted(hooks) == sorted({(hook["url"], hook["type"]) for hook in undisturbed.account["webhooks"]})
