# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Driver tokens in real plays: the filters and the lookup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.playbooks import COLLECTION, Run, run_tasks
from tests.support.sandbox import Sandbox

USB = "A0C1777700000017"
TOKEN = (
    "MDAwMDAwMDAwMDAwMDAwMEEwQzE3Nzc3MDAwMDAwMTc6RUY4QTdGMTdFMzk5NzNEOTE1NEU3QUZEREQ1RUM5M0E"
    "4QkQxMzcxMEEyQ0E5NDNFMjRDRkY4QUEzOTFEQjhCNDox"
)
KEY = "BAE3B37054AFDF441390B29032417F5BF1739AE1B784BF6C6A8A9617CC4D5B19"
MAKE = f"{COLLECTION}.driver_token"
VERIFY = f"{COLLECTION}.driver_token_verify"
HEADER = f"{COLLECTION}.last_connected"
NUMBER = f"{COLLECTION}.driver_number"


def evaluated(home: Path, **expressions: str) -> dict[str, Any]:
    """The values of expressions, all from one play."""
    values = {name: "{{ " + expression + " }}" for name, expression in expressions.items()}
    run = run_tasks([{"name": "values", "ansible.builtin.set_fact": values}], home, play={"vars": {**_VARS}})
    assert run.rc == 0, run.output
    facts: dict[str, Any] = dict(run["values"].result["ansible_facts"])
    return facts


_VARS = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "key": KEY, "token": TOKEN}


def test_tokens_numbers_and_header_values(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        token=f"'20190111034856' | {MAKE}(key, '{USB}')",
        token_of_a_yaml_number=f"20190111034856 | {MAKE}(site_key=key, serial='{USB}')",
        verified=f"token | {VERIFY}(key)",
        verified_header=f"('Driver ' ~ token) | {VERIFY}(key)",
        other_key=f"token | {VERIFY}(key | replace('BAE3', 'BAE4'))",
        malformed=f"'nonsense' | {VERIFY}(key)",
        header=f"'20190111034856' | {HEADER}(key, 'make')",
        header_hex=f"'20190111034856' | {HEADER}(key, 'make', form='hex')",
        number=f"'20190111034856' | {HEADER}(key, 'make') | {HEADER}(key)",
        numbers=f"query('{NUMBER}', count=5)",
        one=f"lookup('{NUMBER}', '20190111034856')",
        nothing=f"query('{NUMBER}', count=0)",
    )
    assert found["token"] == found["token_of_a_yaml_number"] == TOKEN
    right = {"valid": True, "serial": USB.zfill(32), "number": "20190111034856", "reason": ""}
    assert found["verified"] == found["verified_header"] == right
    assert found["other_key"]["valid"] is found["malformed"]["valid"] is False
    assert "not made with this site key" in found["other_key"]["reason"]
    assert "132 characters, this one has 8" in found["malformed"]["reason"]
    assert (found["header"], len(found["header_hex"])) == ("74p/F+OZc9kVTnr93V7JOg==", 44)
    assert found["number"] == "20190111034856"
    assert len(set(found["numbers"])) == 5
    assert all(len(number) == 14 and number.isdigit() for number in [*found["numbers"], found["one"]])
    assert found["nothing"] == []


def failed(home: Path, expressions: dict[str, str]) -> Run:
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}, "ignore_errors": True}
        for name, expression in expressions.items()
    ]
    return run_tasks(tasks, home, play={"vars": {**_VARS}})


def test_each_wrong_thing_has_a_message_and_none_shows_the_key(tmp_path: Path) -> None:
    wrong = {
        "short key": (f"'20190111034856' | {MAKE}(key[:-2], '{USB}')", "this one has 62; the example in MT20W"),
        "no key": (f"'20190111034856' | {MAKE}(12, '{USB}')", "site_key must be text, not int"),
        "number": (f"'2019' | {MAKE}(key, '{USB}')", "the number must have exactly 14 digits"),
        "serial": (f"'20190111034856' | {MAKE}(key, 'label')", "the serial number must be 1 to 32 hexadecimal digits"),
        "header": (f"'AAAA' | {HEADER}(key)", "must be base64 of one encrypted block of 16 bytes"),
        "header key": (f"'74p/F+OZc9kVTnr93V7JOg==' | {HEADER}(key | replace('BAE3', 'BAE4'))", "14-digit number"),
        "action": (f"'20190111034856' | {HEADER}(key, 'decrypt')", "action must be read or make, not 'decrypt'"),
        "form": (f"'20190111034856' | {HEADER}(key, 'make', form='text')", "form must be one of raw, hex"),
        "count": (f"query('{NUMBER}', count=-1)", "count must be from 0 to 10000, not -1"),
    }
    run = failed(tmp_path, {name: expression for name, (expression, _unused) in wrong.items()})
    for name, (_unused, reason) in wrong.items():
        assert reason in run[name].message, run[name].message
        assert KEY[:20] not in run[name].message
    assert "Traceback" not in run.output


@pytest.mark.parametrize("form", ["raw", "hex"])
def test_a_play_can_act_as_a_reader(tmp_path: Path, sandbox: Sandbox, form: str) -> None:
    sandbox.settings(mt20w_header=form)
    scan = {
        "url": "{{ lookup('env', 'MT20W_HOST_URL') }}/api/credentials/scan",
        "method": "POST",
        "headers": {"Authorization": "Driver {{ number | " + f"{MAKE}(site_key, '{USB}')" + " }}"},
        "body_format": "json",
        "body": {"Primary": " MmBz+Li+C3Pk5GNR8oSsjWY6qa958PdTSAQS4RcbwCk="},
    }
    told = "{{ answer.x_device_last_connected | " + f"{HEADER}(site_key)" + " }}"
    tasks: list[dict[str, Any]] = [
        {"ansible.builtin.set_fact": {"number": "{{ lookup('" + NUMBER + "') }}"}},
        {"name": "first", "ansible.builtin.uri": scan, "register": "answer"},
        {"ansible.builtin.set_fact": {"number": told}},
        {"name": "second", "ansible.builtin.uri": scan},
        {"name": "replayed", "ansible.builtin.uri": {**scan, "status_code": 401}},
    ]
    variables = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play = {"vars": {**variables, "site_key": "{{ lookup('env', 'MT20W_SITE_KEY') }}"}}
    run = run_tasks(tasks, tmp_path, sandbox=sandbox, play=play)
    assert run.rc == 0, run.output
    assert [run[name].result["status"] for name in ("first", "second", "replayed")] == [200, 200, 401]
