# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan on an account in memory, over a line that loses requests or answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.executor import Execution, execute
from ansible_collections.edgeops.device_trust.plugins.module_utils._apply.report import Outcome, Report, Status
from ansible_collections.edgeops.device_trust.plugins.module_utils._config.document import load_data
from ansible_collections.edgeops.device_trust.plugins.module_utils._live import errors
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.ids import IdSet
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.live import LiveAccount, Reading
from ansible_collections.edgeops.device_trust.plugins.module_utils._model.request import Request
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.plan import Plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.planner import make_plan
from ansible_collections.edgeops.device_trust.plugins.module_utils._plan.scope import scope_of
from tests.unit.plan.account import Certificate, Device, MemoryAccount, Profile, Refused

CA = {"ca_validity_days": 3650, "device_validity_days": 365}
EVENTS = ["DEVICE_BOOTSTRAP_EVENT", "DEVICE_ERRORS_EVENT", "ROOTCA_EXPIRATION_EVENT"]
HOOK = {"url": "https://hooks.example.com", "authorization_token": "obviously-fake"}


class Fate(Enum):
    """What becomes of a request on its way."""

    ARRIVES = "arrives"
    LOST = "lost before it took effect"
    UNANSWERED = "took effect, and its answer was lost"


class Line:
    """The way to an account; ``fates`` are those of its requests in turn, afterwards all arrive."""

    def __init__(self, account: MemoryAccount, fates: Iterable[Fate] = ()) -> None:
        self.account = account
        self.sent: list[str] = []
        self.read_back: list[str] = []
        self._fates = list(fates)
        self._lock = threading.Lock()

    def send(self, request: Request) -> None:
        with self._lock:
            self.sent.append(f"{request.path} {next(iter(request.body.values()), '')}")
            fate = self._fates.pop(0) if self._fates else Fate.ARRIVES
            if fate is Fate.LOST:
                raise errors.OutcomeUnknown(f"POST {request.path}", "the connection was lost")
            try:
                self.account.send(request)
            except Refused as refused:
                raise errors.Rejected(f"POST {request.path}", f"400: {refused}", 400) from None
            if fate is Fate.UNANSWERED:
                raise errors.OutcomeUnknown(f"POST {request.path}", "the service answered 503")

    def read(self, reading: Reading) -> LiveAccount:
        with self._lock:
            self.read_back += [kind.name for kind in reading.kinds]
            return self.account.read(reading)


def fleet() -> MemoryAccount:
    return MemoryAccount(
        tags={"old": "old"},
        root_cas={"ca-1": {"CACertificateValidity": 3650, "DeviceCertificateValidity": 365}},
        profiles={"UID": Profile("eu", {"old"}, {"RootCA": "ca-1"})},
        whitelist=IdSet.of(["1", "2"]),
        webhooks=dict.fromkeys([(HOOK["url"], event) for event in EVENTS[:2]], "obviously-fake"),
    )


DECLARED: dict[str, Any] = {
    "tags": {"mode": "exclusive", "items": ["new", "other"]},
    "root_cas": {"mode": "exclusive", "items": [{"name": "ca-2", **CA}]},
    "device_profiles": [
        {"name": "eu", "tags": ["new"], "bootstrap_provisioning": {"root_ca": "ca-2"}},
    ],
    "whitelist": {"mode": "exclusive", "ids": ["2", "3"]},
    "webhooks": [{**HOOK, "events": EVENTS[1:]}],
}

WEBHOOK = {"webhooks": DECLARED["webhooks"]}  # three requests: delete, create, create


def devices(number: int = 2) -> MemoryAccount:
    """An account of devices whose certificates end tomorrow."""
    found = {f"{n:016x}": Device(certificate=Certificate("ca-1", f"{n:x}", days=1)) for n in range(number)}
    return MemoryAccount(root_cas={"ca-1": {}}, devices=found)


def plan(account: MemoryAccount, document: dict[str, Any] | None = None) -> Plan:
    desired = load_data(document or DECLARED)
    return make_plan(desired, account.read(scope_of(desired)))


def statuses(report: Report) -> dict[str, Status]:
    return {outcome.change.address: outcome.status for outcome in report.outcomes}


def outcome(report: Report, address: str) -> Outcome:
    return next(outcome for outcome in report.outcomes if outcome.change.address == address)


def test_all_of_a_plan_is_carried_out_and_reported_in_its_order() -> None:
    line = Line(fleet())
    planned = plan(line.account)
    report = execute(planned, line)

    assert report.ok
    assert [outcome.change for outcome in report.outcomes] == list(planned.changes)
    assert not any(outcome.read_back for outcome in report.outcomes)
    assert not line.read_back
    assert not plan(line.account)
    assert report.text() == "Applied: 3 added, 4 changed, 2 deleted."


@pytest.mark.parametrize("parallel", [1, 8])
def test_what_depends_on_something_comes_after_it(parallel: int) -> None:
    line = Line(fleet())
    execute(plan(line.account), line, Execution(parallel=parallel))

    position = {text: index for index, text in enumerate(line.sent)}
    assert position["/tag/create new"] < position["/tag/assign ['new']"] < position["/tag/delete old"]
    provisioned = position["/deviceprofile/bootstrapprovisioning/set UID"]
    assert position["/ztp/rootca/create ca-2"] < provisioned < position["/ztp/rootca/delete ca-1"]


def test_a_failure_stops_what_depends_on_it_and_nothing_else() -> None:
    line = Line(fleet())
    planned = plan(line.account)
    # Somebody else has made it meanwhile, with other validities.
    line.account.root_cas["ca-2"] = {"CACertificateValidity": 1825, "DeviceCertificateValidity": 30}
    report = execute(planned, line)

    assert not report.ok
    assert {address: status for address, status in statuses(report).items() if status is not Status.DONE} == {
        "root_ca.ca-2": Status.FAILED,
        "bootstrap_provisioning.eu": Status.BLOCKED,
        "root_ca.ca-1": Status.BLOCKED,
    }
    assert outcome(report, "root_ca.ca-1").error == "waits for bootstrap_provisioning.eu"
    assert line.account.profiles["UID"].provisioning == {"RootCA": "ca-1"}
    text = report.text()
    assert text.startswith("Applied: 2 added, 3 changed, 1 deleted. 3 of 9 changes were not carried out:\n")
    assert "failed: root_ca.ca-2: POST /ztp/rootca/create: 400: the CA exists" in text


def test_an_error_that_is_not_of_the_line_is_an_outcome_too() -> None:
    class SignedOut(Line):
        def send(self, request: Request) -> None:
            if request.path == "/tag/create":
                raise errors.InvalidConnection("no credentials")
            super().send(request)

    report = execute(plan(fleet()), SignedOut(fleet()))

    assert outcome(report, "tag.new").status is Status.FAILED
    assert outcome(report, "tag.new").error == "no credentials"
    assert outcome(report, "device_profile.eu").status is Status.BLOCKED
    assert outcome(report, "webhook.https://hooks.example.com").status is Status.DONE


def thinned(fates: list[Fate]) -> list[Fate]:
    """With some requests that arrive in between."""
    return [fate for index, lost in enumerate(fates) for fate in ([lost, Fate.ARRIVES] if index % 2 else [lost])]


class TestUnknownOutcomes:
    """A write that may or may not have taken effect is read back; only what is missing is sent."""

    def test_a_write_that_took_effect_is_not_sent_again(self) -> None:
        line = Line(fleet(), [Fate.UNANSWERED])
        report = execute(plan(line.account, {"tags": ["new"]}), line)

        assert line.sent == ["/tag/create new"]
        assert line.read_back == ["tag"]
        assert report.ok
        assert report.outcomes[0].read_back

    def test_one_that_did_not_is(self) -> None:
        line = Line(fleet(), [Fate.LOST])
        report = execute(plan(line.account, {"tags": ["new"]}), line)

        assert line.sent == ["/tag/create new"] * 2
        assert report.ok
        assert report.outcomes[0].read_back

    def test_of_several_only_those_that_are_missing(self) -> None:
        line = Line(fleet(), [Fate.ARRIVES, Fate.UNANSWERED])
        report = execute(plan(line.account, WEBHOOK), line)

        assert [text.split()[0].rpartition("/")[2] for text in line.sent] == ["delete", "create", "create"]
        assert report.ok
        assert not plan(line.account, WEBHOOK)

    def test_what_others_did_to_a_large_set_meanwhile_is_left_alone(self) -> None:
        line = Line(fleet(), [Fate.LOST])
        planned = plan(line.account, {"whitelist": DECLARED["whitelist"]})
        line.account.whitelist = IdSet.of(["1", "2", "9"])
        report = execute(planned, line)

        assert report.ok
        assert line.account.whitelist == IdSet.of(["2", "3", "9"])

    def test_it_is_tried_three_times_at_most(self) -> None:
        line = Line(fleet(), [Fate.LOST] * 10)
        report = execute(plan(line.account, {"tags": ["new"]}), line)

        assert len(line.sent) == 3
        assert report.outcomes[0].status is Status.FAILED
        assert report.outcomes[0].error == "POST /tag/create: the connection was lost"

    def test_when_reading_back_fails_both_are_said(self) -> None:
        class Deaf(Line):
            def read(self, reading: Reading) -> LiveAccount:
                raise errors.Unreachable("POST /tag/get", "cannot reach host")

        report = execute(plan(fleet(), {"tags": ["new"]}), Deaf(fleet(), [Fate.LOST]))

        assert report.outcomes[0].status is Status.FAILED
        assert report.outcomes[0].error == (
            "POST /tag/create: the connection was lost; and reading back failed: POST /tag/get: cannot reach host"
        )
        assert report.changed, "it may have taken effect"

    def test_when_reading_back_shows_something_else_it_is_said(self) -> None:
        line = Line(fleet(), [Fate.LOST])
        planned = plan(line.account, {"device_profiles": [{"name": "eu", "tags": []}]})
        del line.account.profiles["UID"]
        report = execute(planned, line)

        assert report.outcomes[0].status is Status.FAILED
        assert "and reading back showed: device_profile.eu does not exist" in report.outcomes[0].error

    def test_a_refusal_of_what_is_already_there_is_success(self) -> None:
        line = Line(fleet())
        planned = plan(line.account, {"tags": ["new"]})
        line.account.tags["new"] = "New"

        assert execute(planned, line).ok

    @pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED])
    @pytest.mark.parametrize(
        ("section", "item"),
        [("key_rotation", {"type": "CONTINUOUS"}), ("device_certificates", {"renew_within_days": 9, "new_key": True})],
    )
    def test_where_reading_would_not_show_it_nothing_is_read_back_and_nothing_sent_again(
        self, section: str, item: dict[str, Any], fate: Fate
    ) -> None:
        line = Line(devices(), [fate])
        report = execute(
            plan(line.account, {section: [{"name": "a", "ids": list(line.account.devices), **item}]}), line
        )

        assert len(line.sent) == 1
        assert not line.read_back
        assert report.outcomes[0].status is Status.FAILED
        assert report.changed, "it may have taken effect"

    @pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED])
    def test_where_it_does_only_devices_are_told_that_were_not(self, fate: Fate) -> None:
        line = Line(devices(501), [Fate.ARRIVES, fate])
        item = {"name": "a", "ids": list(line.account.devices), "security_heartbeat_seconds": 60}
        report = execute(plan(line.account, {"device_provisioning": [item]}), line)

        assert report.ok
        assert report.outcomes[0].read_back
        assert line.read_back == ["device_provisioning"]
        assert len(line.sent) == (3 if fate is Fate.LOST else 2)
        assert all(device.desired for device in line.account.devices.values())

    def test_devices_that_somebody_blacklisted_meanwhile_are_left_out(self) -> None:
        line = Line(devices())
        first, second = line.account.devices.values()
        item = {"name": "a", "ids": list(line.account.devices), "security_heartbeat_seconds": 60}
        planned = plan(line.account, {"device_provisioning": [item]})
        second.blacklisted = True

        assert execute(planned, line).ok
        assert first.desired
        assert not second.desired

    def test_what_others_did_to_a_tag_meanwhile_is_left_alone(self) -> None:
        line = Line(devices(3), [Fate.UNANSWERED])
        line.account.tags["cold"] = "cold"
        first, second, third = line.account.devices.values()
        planned = plan(line.account, {"tag_assignments": [{"tag": "cold", "ids": list(line.account.devices)[:2]}]})
        third.tags.add("cold")

        assert execute(planned, line).ok
        assert [device.tags for device in (first, second, third)] == [{"cold"}] * 3

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(Fate), max_size=12).map(thinned))
    def test_whatever_is_lost_the_account_is_as_declared_or_the_report_says_where_it_is_not(
        self, fates: list[Fate]
    ) -> None:
        line = Line(fleet(), fates)
        report = execute(plan(line.account), line)

        left = plan(line.account)
        if report.ok:
            assert not left
        done = {outcome.change.address for outcome in report.outcomes if outcome.status is Status.DONE}
        assert not done & {change.address for change in left.changes}


class TestStopping:
    def test_after_a_stop_nothing_is_begun(self) -> None:
        stop = threading.Event()
        heard: list[Outcome] = []

        def stop_after_the_first(outcome: Outcome) -> None:
            heard.append(outcome)
            stop.set()

        line = Line(fleet())
        execution = Execution(parallel=1, stop=stop, on_outcome=stop_after_the_first)
        report = execute(plan(line.account, {"tags": ["a", "b", "c"]}), line, execution)

        assert [outcome.status for outcome in report.outcomes] == [Status.DONE, Status.NOT_STARTED, Status.NOT_STARTED]
        assert [outcome.change for outcome in heard] == [outcome.change for outcome in report.outcomes]
        assert line.sent == ["/tag/create a"]

    def test_a_change_of_many_requests_stops_between_two_of_them(self) -> None:
        stop = threading.Event()

        class Stopping(Line):
            def send(self, request: Request) -> None:
                super().send(request)
                stop.set()

        line = Stopping(fleet())
        report = execute(plan(line.account, WEBHOOK), line, Execution(stop=stop))

        assert len(line.sent) == 1
        assert report.outcomes[0].status is Status.FAILED
        assert report.outcomes[0].error == "stopped after 1 requests of it"
        assert report.changed

    def test_an_interrupt_ends_it_without_beginning_what_waits(self) -> None:
        line = Line(fleet())

        def interrupted(_unused: Outcome) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            execute(
                plan(line.account, {"tags": [f"t{n}" for n in range(500)]}),
                line,
                Execution(parallel=1, on_outcome=interrupted),
            )
        assert len(line.sent) < 500


def test_ten_thousand_changes_take_no_longer_than_their_requests() -> None:
    line = Line(MemoryAccount())
    planned = plan(line.account, {"tags": [f"t{n}" for n in range(10_000)]})
    started = time.process_time()
    report = execute(planned, line)

    assert report.ok
    assert time.process_time() - started < 5
