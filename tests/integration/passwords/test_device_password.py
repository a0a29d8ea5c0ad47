# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup device_password in real plays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.passwords.exotic import exotic_service
from tests.integration.passwords.plays import Desk, Run
from tests.support.sandbox import Sandbox

LOOKUP = "edgeops.device_trust.device_password"
AWKWARD = {
    "1001": "Fake{}\"'\\$?%^=",
    "1002": "--fake-leading-dashes",
    "1003": "{{ lookup('pipe', 'echo fake-executed') }}",
    "1004": "{% raw %}fake",
    "1005": "fake with spaces ",
    "1006": "0123456789",
    "1007": "null",
    "1008": "[fake, list]",
    "1009": "fake: {# comment #}",
}


def query(*terms: str, **options: str) -> str:
    """The expression that asks the lookup."""
    arguments = [repr(LOOKUP), *map(repr, terms), *(f"{name}={value!r}" for name, value in options.items())]
    return f"query({', '.join(arguments)})"


def attempts(desk: Desk, expressions: dict[str, str]) -> tuple[dict[str, Any], Run]:
    """The messages of failing expressions by name, from one play."""
    tasks: list[dict[str, Any]] = []
    for name, expression in expressions.items():
        tasks.append(
            {
                "name": name,
                "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"},
                "register": name,
                "ignore_errors": True,
            }
        )
    result = desk.path / "messages.json"
    messages = {name: "{{ " + name + ".msg }}" for name in expressions}
    content = {"dest": str(result), "content": "{{ messages | to_json }}"}
    tasks.append({"ansible.builtin.copy": content, "vars": {"messages": messages}})
    run = desk.play(tasks).ok()
    return json.loads(result.read_text()), run


def test_many_devices_by_all_kinds_of_keys_and_in_all_fields(desk: Desk, sandbox: Sandbox) -> None:
    expression = (
        "{'esns': " + query("1110110002", "1110110001", "1110110002") + ", "
        "'imeis': " + query("35-969807-000000-2", "359698070000004", key="imei", field="wifi0") + ", "
        "'macs': " + query("02ca.1a00.0006", key="mac", field="wifi0", method="get") + ", "
        "'whole': " + query("1110110001", field="all") + ", "
        "'nothing': " + query() + "}"
    )
    values = desk.evaluate(expression)
    assert values["esns"] == ["Iqvzhv38?", "Nyfuwk83{", "Iqvzhv38?"]
    assert values["imeis"] == ["Esn-1110110003", "Esn-1110110005"]
    assert values["macs"] == ["Esn-1110110007"]
    assert values["nothing"] == []
    (whole,) = values["whole"]
    assert whole["esn"] == "1110110001"
    assert whole["mac"] is None
    assert whole["modifiedOn"] == "2021-05-13T19:19:16.414+00:00"
    assert {"user", "atCmdSms", "guiEngr", "gui1", "wifi0", "ukey"} < whole.keys()
    asked = sandbox.requests()["calamp"]["by_path"]
    assert {path.rpartition("/")[2]: count for path, count in asked.items()} == {
        "login": 1,
        "logout": 1,
        "all": 2,
        "mac": 1,
    }


def test_awkward_passwords_come_out_exactly_and_are_not_templated_again(tmp_path: Path) -> None:
    with exotic_service({esn: {"atCmdSms": password} for esn, password in AWKWARD.items()}) as service:
        desk = Desk(tmp_path, service.environment)
        desk.hosts(tracker_1={})
        values = desk.evaluate(query(*AWKWARD) + " + [again]", variables={"again": "{{ " + query("1003") + "[0] }}"})
    assert values == [*AWKWARD.values(), AWKWARD["1003"]]


def test_missing_devices_are_an_error_a_warning_or_nothing(desk: Desk) -> None:
    some = query("1110110001", "42", "43", missing="warn")
    assert desk.evaluate(some) == ["Nyfuwk83{"]
    assert "Skipping ESN 42: the password manager has no password for it" in desk.last.said
    assert "Skipping ESN 43" in desk.last.said
    assert desk.evaluate(query("42", "1110110001", missing="skip")) == ["Nyfuwk83{"]
    assert "42" not in desk.last.said
    messages, _unused = attempts(desk, {"missing": query("1110110001", "42", "43")})
    assert "the password manager has no password for: ESN 42, ESN 43." in messages["missing"]


def test_a_field_that_a_device_does_not_have_is_missing(tmp_path: Path) -> None:
    with exotic_service({"1001": {"atCmdSms": "fake", "wifi0": None}}) as service:
        desk = Desk(tmp_path, service.environment)
        desk.hosts(tracker_1={})
        messages, _unused = attempts(desk, {"field": query("1001", field="wifi0")})
    assert "ESN 1001 (field wifi0)" in messages["field"]


def test_each_wrong_thing_has_a_message_of_its_own_and_none_shows_a_secret(desk: Desk, sandbox: Sandbox) -> None:
    wrong = {
        "impossible": query("1110110001", "not-an-esn", "35"),
        "user": query("1110110001", username="nobody@example.com"),
        "password": query("1110110001", password="fake-wrong-password"),
        "app_key": query("1110110001", app_key="fake-wrong-app-key"),
        "unset": query("1110110001", app_key=""),
        "plain": query("1110110001", api_url="http://connect.example.com"),
        "unreachable": query("1110110001", api_url="http://127.0.0.1:1"),
        "tls": query("1110110001", api_url=sandbox.calamp_url.replace("http:", "https:")),
        "not_json": query("1110110001", "1110110002", method="get"),
    }
    sandbox.fault("garbage", "/api/devices/passwords/esn", "calamp")
    messages, run = attempts(desk, wrong)
    words = {
        "impossible": "ESN 'not-an-esn' is impossible",
        "user": "POST /api/login: the user 'nobody@example.com' with this password is not accepted (401)",
        "password": "POST /api/login: the user 'sandbox@example.com' with this password is not accepted (401)",
        "app_key": "POST /api/login: the app key is not accepted (401)",
        "unset": "app_key is not set: give it as the option app_key, as the variable calamp_app_key or in the "
        "environment as CALAMP_APP_KEY",
        "plain": "api_url is plain http to 'connect.example.com': credentials would travel in clear",
        "unreachable": "POST /api/login: cannot reach 127.0.0.1:1",
        "tls": "POST /api/login: no trusted TLS connection to 127.0.0.1",
        "not_json": "GET /api/devices/passwords/esn: the answer (status 200",
    }
    assert {name: words[name] in message for name, message in messages.items()} == dict.fromkeys(wrong, True)
    assert "Traceback" not in run.said
    assert all("fake-" not in message for message in messages.values())
    assert desk.service["CALAMP_PASSWORD"] not in run.said


def test_connection_options_come_from_variables_too_templates_and_vaulted_ones_included(
    desk: Desk, sandbox: Sandbox
) -> None:
    calamp = sandbox.ready["calamp"]
    encrypted = desk.run(
        "ansible-vault", "encrypt_string", "--vault-password-file", "vault-password", "--name", "calamp_password",
        calamp["password"],
    ).ok()  # fmt: skip
    group = desk.inventory / "group_vars"
    group.mkdir()
    (group / "all.yml").write_text(
        f"{encrypted.stdout}\nuser: sandbox\ncalamp_username: '{{{{ user }}}}@example.com'\n"
        f"calamp_app_key: {calamp['app_key']}\ncalamp_api_url: {calamp['url']}\n"
    )
    nowhere = dict.fromkeys(desk.service, "")
    assert desk.evaluate(query("1110110001"), **nowhere) == ["Nyfuwk83{"]
    assert calamp["password"] not in desk.last.said
    written = desk.playbook("edgeops.device_trust.passwords", "-e", "device_passwords_group=trackers", **nowhere).ok()
    assert "3 written" in written.said


@pytest.mark.parametrize("place", ["inventory", "files", "lists"])
def test_a_play_over_many_hosts_asks_for_all_of_them_at_once(place: str, desk: Desk, sandbox: Sandbox) -> None:
    numbers = {f"tracker_{number}": str(1110110000 + number) for number in range(1, 31)}
    desk.hosts(**{name: {} if place == "files" else {"esn": esn} for name, esn in numbers.items()})
    if place == "lists":
        desk.hosts(**{name: {"esns": [esn, str(int(esn) + 100)]} for name, esn in numbers.items()})
    for name, esn in numbers.items() if place == "files" else ():
        path = desk.inventory / "host_vars" / f"{name.replace('_', '-')}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"esn": esn}))
    terms = "*esns" if place == "lists" else "esn"
    look = {"that": f"query('{LOOKUP}', {terms}) | length == {2 if place == 'lists' else 1}", "quiet": True}
    tasks = [{"ansible.builtin.assert": look, "no_log": True}] * 2
    run = desk.play(tasks, "-f", "6", hosts="trackers").ok()
    assert run.stdout.count("ok=2 ") == 30
    asked = sandbox.requests()["calamp"]["by_path"]
    counted = {path.rpartition("/")[2]: count for path, count in asked.items()}
    # The first who ask may be more than one, and then have to be answered before the others are known.
    assert counted.pop("all") <= 2
    assert counted == {"login": 1, "logout": 1}


def test_wrong_credentials_are_tried_once_however_many_hosts_fail(desk: Desk, sandbox: Sandbox) -> None:
    """More might lock the account."""
    desk.hosts(**{f"tracker_{number}": {"esn": str(1110110000 + number)} for number in range(1, 31)})
    look = {"ansible.builtin.assert": {"that": f"query('{LOOKUP}', esn) | length == 1"}, "ignore_errors": True}
    run = desk.play([look] * 2, "-f", "6", hosts="trackers", CALAMP_PASSWORD="fake-wrong-password").ok()
    assert run.stdout.count("ignored=2 ") == 30
    asked = sandbox.requests()["calamp"]["by_path"]
    assert {path.rpartition("/")[2]: count for path, count in asked.items()} == {"login": 1}


def test_a_vaulted_password_of_the_account_is_decrypted_once_for_all_hosts(desk: Desk, sandbox: Sandbox) -> None:
    calamp = sandbox.ready["calamp"]
    encrypted = desk.run(
        "ansible-vault", "encrypt_string", "--vault-password-file", "vault-password", "--name", "calamp_password",
        calamp["password"],
    ).ok()  # fmt: skip
    (desk.inventory / "group_vars").mkdir()
    (desk.inventory / "group_vars" / "all.yml").write_text(encrypted.stdout)
    look = {"that": f"lookup('{LOOKUP}', esn) | length == 9", "quiet": True}
    run = desk.play([{"ansible.builtin.assert": look, "no_log": True}], hosts="trackers", CALAMP_PASSWORD="").ok()
    assert run.stdout.count("ok=1 ") == 3
    assert calamp["password"] not in run.said


def prefetched(desk: Desk, look: str, prefetch: dict[str, Any], *arguments: str, **more: Any) -> Run:
    """A run in which password_prefetch goes before a play of lookups."""
    shared = {"gather_facts": False, "connection": "local"}
    fetch = {"edgeops.device_trust.password_prefetch": prefetch, "register": "outcome"}
    shown = {"ansible.builtin.debug": {"var": "outcome"}}
    task = {"ansible.builtin.assert": {"that": look, "quiet": True}, "no_log": True}
    plays = [
        {"hosts": "localhost", **shared, "tasks": [fetch, shown]},
        {"hosts": "trackers", **shared, "tasks": [task]},
    ]
    (desk.path / "prefetched.yml").write_text(json.dumps(plays))
    return desk.playbook("prefetched.yml", *arguments, **more)


def test_what_was_fetched_before_is_not_asked_for_by_lookups(desk: Desk, sandbox: Sandbox) -> None:
    esns = [str(1110110000 + number) for number in range(1, 502)]
    desk.hosts(**{f"tracker_{number}": {"esn": esns[number]} for number in range(12)}, site={"esn": esns[12:]})
    look = f"query('{LOOKUP}', *[esn] | flatten) | length > 0"
    run = prefetched(desk, look, {"hosts": "trackers"}, "-f", "6", "-vvvv").ok()
    assert '"devices": 501' in run.said
    assert '"requests": 3' in run.said
    assert "Nyfuwk83" not in run.said
    asked = sandbox.requests()["calamp"]["by_path"]
    assert {path.rpartition("/")[2]: count for path, count in asked.items()} == {"login": 1, "all": 2, "logout": 1}


def test_what_is_wrong_with_the_account_or_a_number_is_one_error_at_the_beginning(desk: Desk, sandbox: Sandbox) -> None:
    look = f"query('{LOOKUP}', esn) | length == 1"
    refused = prefetched(desk, look, {"hosts": "trackers"}, CALAMP_PASSWORD="fake-wrong-password")
    assert refused.status != 0
    assert "is not accepted (401)" in refused.said
    assert refused.said.count("fatal: ") == 1
    assert "fake-wrong-password" not in refused.said
    desk.hosts(tracker_1={"esn": "1110110001"}, tracker_8={}, tracker_9={"esn": "42"})
    refused = prefetched(desk, look, {"hosts": "trackers"})
    assert "1 hosts do not have the variable esn: tracker-8." in refused.said
    refused = prefetched(desk, look, {"devices": {"tracker-1": "1110110001", "tracker-9": "42"}})
    assert "the password manager has no password for: ESN 42 of host tracker-9" in refused.said
    passed = prefetched(desk, "true", {"hosts": "trackers", "missing": "skip"}).ok()
    assert '"unnumbered": [ "tracker-8" ]' in passed.said
    assert '"missing": [ { "device": "42", "host": "tracker-9", "key": "esn" } ]' in passed.said
    assert '"devices": 1' in passed.said


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_the_forks_after_a_prefetch_find_the_lookups_loaded(strategy: str, desk: Desk) -> None:
    probe = desk.path / "lookup_plugins" / "loaded.py"
    probe.parent.mkdir()
    probe.write_text(
        "import sys\n"
        "from ansible.plugins.lookup import LookupBase\n"
        "class LookupModule(LookupBase):\n"
        "    def run(self, terms, variables=None, **kwargs):\n"
        "        return [any(name.startswith(term) for name in sys.modules) for term in terms]\n"
    )
    ours, filters = f"ansible_collections.{LOOKUP.rpartition('.')[0]}.plugins.lookup", "ansible.plugins.filter.core_"
    look = f"query('loaded', '{ours}.device_password', '{ours}.inventory_password', '{filters}') == [true, true, true]"
    run = prefetched(desk, look, {"hosts": "trackers"}, ANSIBLE_STRATEGY=strategy).ok()
    assert run.stdout.count("ok=1 ") == 3


def test_what_is_loaded_early_hides_no_filter_of_a_role_that_is_included_later(desk: Desk) -> None:
    role = desk.path / "roles" / "later"
    for folder in ("filter_plugins", "test_plugins", "tasks"):
        (role / folder).mkdir(parents=True)
    (role / "filter_plugins" / "own.py").write_text(
        "class FilterModule:\n    def filters(self):\n        return {'own': lambda text: f'own {text}'}\n"
    )
    (role / "test_plugins" / "own.py").write_text(
        "class TestModule:\n    def tests(self):\n        return {'owned': lambda text: text.startswith('own ')}\n"
    )
    (role / "tasks" / "main.yml").write_text(
        json.dumps([{"ansible.builtin.assert": {"that": ["esn | own is owned", "esn is not owned"]}}])
    )
    fetch = {"edgeops.device_trust.password_prefetch": {"hosts": "trackers"}, "run_once": True}
    later = {"ansible.builtin.include_role": {"name": "later"}}

    run = desk.play([fetch, {"ansible.builtin.assert": {"that": "esn | length > 3"}}, later], hosts="trackers").ok()
    assert run.recap("ok", "tracker-2") == 3
