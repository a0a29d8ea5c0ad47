# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and messages end to end: the sandbox's devices seal, the lookups and the filter of a play open."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.support.playbooks import COLLECTION, Run, run_tasks
from tests.support.sandbox import Sandbox

DEVICE = "0002000089280001"
WORDS = "temperature=4.5 °C, door=shut"
PARAMETERS = f"{COLLECTION}.e2e_parameters"
SYMMETRIC_KEY = f"{COLLECTION}.e2e_symmetric_key"
DECRYPT = f"{COLLECTION}.e2e_decrypt"
INTEGRITY = ", purpose='integrity'"


def sealed(sandbox: Sandbox, **how: Any) -> Mapping[str, Any]:
    """A message of a device, with its parts."""
    plaintext = base64.b64encode(WORDS.encode()).decode()
    parts = sandbox.control("POST", "/fleet/encrypt", {"id": DEVICE, "plaintext": plaintext, **how})
    body, mac = base64.b64decode(parts["body"]), base64.b64decode(parts["mac"])
    return {**parts, "message": parts["header"] + body.hex() + mac.hex()}


def show(name: str, expression: str) -> dict[str, Any]:
    return {"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {expression} }}}}"}, "ignore_errors": True}


def opened(message: str, header: str, options: str = "", result: str = "text") -> str:
    """The expression that opens a message with the parameters of a header."""
    return f"'{message}' | {DECRYPT}(lookup('{PARAMETERS}', '{header}'{options}), result='{result}')"


@pytest.fixture(scope="module")
def messages(sandbox_process: Sandbox) -> Mapping[str, Mapping[str, Any]]:
    sandbox_process.reset()
    cs1 = "AES_128_CS1_HMAC_SHA256"
    return {
        "CCM, version 1": sealed(sandbox_process),
        "CCM, version 2": sealed(sandbox_process, version=2),
        "CS1": sealed(sandbox_process, cipher_suite=cs1),
        "CCM, readable": sealed(sandbox_process, encrypted=False),
        "CS1, readable": sealed(sandbox_process, encrypted=False, cipher_suite=cs1),
    }


@pytest.fixture(scope="module")
def run(
    messages: Mapping[str, Mapping[str, Any]], sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    first, readable = messages["CCM, version 1"], messages["CCM, readable"]
    tasks = [
        *(
            show(name, opened(parts["message"], parts["message"], INTEGRITY if "readable" in name else ""))
            for name, parts in messages.items()
        ),
        show("base64", opened(first["message"], first["header"], result="base64")),
        show("two headers", f"query('{PARAMETERS}', '{first['header']}', '{messages['CS1']['header']}')"),
        show("down", f"lookup('{PARAMETERS}', '{DEVICE}', direction='downlink')"),
        show("down, integrity", f"lookup('{PARAMETERS}', '{DEVICE}', direction='downlink'{INTEGRITY})"),
        show("symmetric key", f"lookup('{SYMMETRIC_KEY}', '{first['key_id']}')"),
        show("symmetric key of 128 bits", f"lookup('{SYMMETRIC_KEY}', '{first['key_id']}', key_length=128)"),
        show("nothing", f"query('{PARAMETERS}', [])"),
        show("another message's parameters", opened(first["message"], messages["CCM, version 2"]["header"])),
        show("no header", f"lookup('{PARAMETERS}', 'no header')"),
        show("a device that is a number", f"lookup('{PARAMETERS}', 2000089280001, direction='downlink')"),
        show("a header of nobody", f"lookup('{PARAMETERS}', '1101ffffffffffff621f7593c47f0000')"),
        show("a key of 192 bits", f"lookup('{SYMMETRIC_KEY}', '{first['key_id']}', key_length=192)"),
        show("cut off", opened(readable["message"][:30], readable["header"], INTEGRITY)),
    ]
    return run_tasks(tasks, tmp_path_factory.mktemp("home"), sandbox=sandbox_process)


@pytest.mark.parametrize("name", ["CCM, version 1", "CCM, version 2", "CS1", "CCM, readable", "CS1, readable"])
def test_what_a_device_has_sent_is_read(run: Run, name: str) -> None:
    assert run[name].message == WORDS


def test_a_whole_message_may_be_given_and_only_its_header_is_sent(
    run: Run, messages: Mapping[str, Mapping[str, Any]]
) -> None:
    """The service refuses what is longer than a header, so that it cannot have got the message."""
    assert len(messages["CS1"]["message"]) > len(messages["CS1"]["header"])
    assert run["CS1"].calls() == {"/authenticate": 1, "/e2e/uplink/protectionparameters/get": 1}


def test_bytes_can_be_had_as_base64(run: Run) -> None:
    assert base64.b64decode(run["base64"].message).decode() == WORDS


def test_all_terms_of_a_lookup_are_asked_with_one_sign_in(run: Run) -> None:
    found: Any = run["two headers"].result["msg"]

    assert [parameters["cipher_suite"] for parameters in found] == ["AES_128_CCM", "AES_128_CS1_HMAC_SHA256"]
    assert {parameters["id"] for parameters in found} == {DEVICE}
    assert run["two headers"].asked("auth") == 1


def test_parameters_for_the_way_down_seal_what_the_device_then_opens(run: Run, sandbox_process: Sandbox) -> None:
    down: Any = run["down"].result["msg"]
    iv, key, code = (base64.b64decode(down[name]) for name in ("aes_iv", "encryption_key", "authentication_key"))
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    body = encryptor.update(b"open=20 minutes.") + encryptor.finalize()
    parts = {"iv": iv, "body": body, "mac": hmac.digest(code, iv + body, "sha256")[:16]}
    sent = {name: base64.b64encode(data).decode() for name, data in parts.items()}

    opened = sandbox_process.control("POST", "/fleet/decrypt", {"id": DEVICE, "kiv": down["kiv"], **sent})

    assert base64.b64decode(opened["plaintext"]) == b"open=20 minutes."
    assert "encryption_key" not in run["down, integrity"].result["msg"]


def test_symmetric_keys_have_the_length_asked_for(run: Run) -> None:
    long, short = (run[name].result["msg"] for name in ("symmetric key", "symmetric key of 128 bits"))

    assert [len(base64.b64decode(answer["key"])) for answer in (long, short)] == [32, 16]
    assert long["id"] == DEVICE


def test_no_terms_ask_nothing(run: Run) -> None:
    assert run["nothing"].result["msg"] == []
    assert run["nothing"].calls() == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("another message's parameters", "the authentication code is wrong"),
        ("no header", "encrypted_header: 'no header' must be the first 16 bytes of the message"),
        ("a device that is a number", "id: 2000089280001 is a number, not an id"),
        ("a header of nobody", "POST /e2e/uplink/protectionparameters/get: 404"),
        ("a key of 192 bits", "192"),
        ("cut off", "header and authentication code alone have"),
    ],
)
def test_what_cannot_be_answered_says_why(run: Run, name: str, words: str) -> None:
    assert run[name].failed
    assert words in run[name].message


def test_no_traceback_is_shown_and_no_key_is_left_on_disk(run: Run) -> None:
    key = run["symmetric key"].result["msg"]["key"]
    files = [path for path in Path(run.home).rglob("*") if path.is_file() and path.name != "task_log.jsonl"]

    assert "Traceback (most recent call last)" not in run.output
    assert [path for path in files if key in path.read_text(errors="replace")] == []
