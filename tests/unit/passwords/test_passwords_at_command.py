# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that unlock a device."""

from __future__ import annotations

import pytest

from ansible_collections.edgeops.device_trust.plugins.filter.at_command import at_command
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.at_command import (
    Form,
    unlock_command,
)
from ansible_collections.edgeops.device_trust.plugins.plugin_utils._passwords.errors import Unquotable

AWKWARD = ["Nyfuwk83{", "Fake}'\\$?%^=", "-fake-leading", "fake with spaces", "FakeÄ", "{{ fake }}"]


@pytest.mark.parametrize("password", AWKWARD)
def test_the_password_stands_exactly_between_double_quotes(password: str) -> None:
    assert at_command(password) == f'AT$PW "{password}"'


@pytest.mark.parametrize("password", AWKWARD)
def test_the_forms_for_text_messages_hold_it_exactly(password: str) -> None:
    assert at_command(password, "sms_r0") == f"!R0P{password}"
    assert at_command(password, "sms_prefix", command="!R3,70,0") == f"!#{password},!R3,70,0"


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("password", ['Fake"12', "fake\n", "fake\r", "fake\x00", "\tfake", "fake\x7f", "fake\u2028"])
def test_a_password_that_would_change_the_command_is_refused_without_showing_it(password: str, form: Form) -> None:
    with pytest.raises(Unquotable) as caught:
        unlock_command(password, form, "!R0" if form is Form.SMS_PREFIX else None)
    assert "fake" not in str(caught.value).lower()


def test_a_comma_ends_the_password_of_the_prefix_form() -> None:
    with pytest.raises(Unquotable, match="comma"):
        unlock_command("fake,12", Form.SMS_PREFIX, "!R0")
    assert unlock_command("fake,12", Form.AT) == 'AT$PW "fake,12"'


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(Unquotable, match="empty"):
        unlock_command("")


@pytest.mark.parametrize("command", [None, ""])
def test_the_prefix_form_needs_a_command(command: str | None) -> None:
    with pytest.raises(Unquotable, match="needs command"):
        unlock_command("fake", Form.SMS_PREFIX, command)


@pytest.mark.parametrize("form", [Form.AT, Form.SMS_R0])
def test_the_other_forms_take_no_command(form: Form) -> None:
    with pytest.raises(Unquotable, match="takes no command"):
        unlock_command("fake", form, "!R0")


def test_a_command_of_two_lines_is_refused() -> None:
    with pytest.raises(Unquotable, match="one line"):
        unlock_command("fake", Form.SMS_PREFIX, "!R0\nATZ")


def test_the_shape_shows_the_length_only() -> None:
    assert at_command("Nyfuwk83{", shape=True) == 'AT$PW "<9 characters>"'
    assert at_command("Nyfuwk83{", "sms_r0", shape=True) == "!R0P<9 characters>"


@pytest.mark.parametrize(
    ("platform", "firmware", "form"),
    [
        ("lmu32", None, "at"),
        ("edgecore", None, "at"),
        ("edgecore", "3.2.0,1", "sms_r0"),
        ("lmu32", None, "sms_prefix"),
        ("router_linux", "4.1f", "sms_prefix"),
        ("router_linux", "v4.10a", "sms_prefix"),
    ],
)
def test_a_form_that_the_firmware_understands_is_made(platform: str, firmware: str | None, form: str) -> None:
    command = "!R0" if form == "sms_prefix" else None
    assert "fake" in at_command("fake", form, command, platform=platform, firmware=firmware)


@pytest.mark.parametrize(
    ("platform", "firmware", "words"),
    [
        ("router_linux", "4.1e", "router_linux 4.1e does not understand the form sms_prefix; use sms_r0 or at"),
        ("router_linux", None, "it depends on the firmware, which was not given"),
        ("edgecore", "3.2.0,1", "the specification leaves it open whether edgecore 3.2.0,1 understands"),
        ("router_linux", "newest", "the firmware 'newest' is not a version"),
        ("toaster", None, "platform must be one of lmu32, router_linux, edgecore, not 'toaster'"),
        (None, "4.1f", "firmware says nothing without platform"),
    ],
)
def test_a_form_that_it_may_not_understand_is_an_error_and_not_silence(
    platform: str | None, firmware: str | None, words: str
) -> None:
    from ansible.errors import AnsibleFilterError

    with pytest.raises(AnsibleFilterError) as caught:
        at_command("fake-secret", "sms_prefix", "!R0", platform=platform, firmware=firmware)
    assert words in str(caught.value)
    assert "fake-secret" not in str(caught.value)


def test_the_filter_refuses_what_is_no_text_and_forms_that_do_not_exist() -> None:
    from ansible.errors import AnsibleFilterError

    with pytest.raises(AnsibleFilterError, match="must be text, not dict"):
        at_command({"atCmdSms": "fake"})
    with pytest.raises(AnsibleFilterError, match="form must be one of at, sms_r0, sms_prefix"):
        at_command("fake", "sms")
